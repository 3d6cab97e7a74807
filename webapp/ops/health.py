"""Whether the server lives and is ready."""

from flask import Blueprint

pages = Blueprint("health", __name__)
