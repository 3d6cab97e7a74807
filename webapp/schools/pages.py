"""Pages."""

from flask import Blueprint

pages = Blueprint("schools", __name__)
