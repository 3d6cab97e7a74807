"""API."""

from flask import Blueprint

api = Blueprint("signing_in_api", __name__, url_prefix="/api/v1")
