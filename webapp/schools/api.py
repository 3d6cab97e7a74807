"""API."""

from flask import Blueprint

api = Blueprint("schools_api", __name__, url_prefix="/api/v1")
