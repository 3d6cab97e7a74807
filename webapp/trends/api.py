"""API."""

from flask import Blueprint

api = Blueprint("trends_api", __name__, url_prefix="/api/v1")
