"""API."""

from flask import Blueprint

api = Blueprint("heatmap_api", __name__, url_prefix="/api/v1")
