"""`/sw.js`, `/manifest.webmanifest`, `/offline`."""

from flask import Blueprint

pages = Blueprint("pwa", __name__)
