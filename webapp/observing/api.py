"""API."""

from flask import Blueprint

api = Blueprint("observing_api", __name__, url_prefix="/api/v1")
