"""Answers travel compressed: a phone in a stairwell has little network."""

from flask import Flask
from flask_compress import Compress

TEXTS = [
    "text/html",
    "text/css",
    "text/javascript",
    "text/plain",
    "text/csv",
    "application/json",
    "application/problem+json",
    "application/manifest+json",
    "image/svg+xml",
]


def init_app(app: Flask) -> None:
    """Compresses texts with Brotli, or with what else the browser takes."""
    app.config.update(
        COMPRESS_MIMETYPES=TEXTS,
        COMPRESS_ALGORITHM=["br", "gzip"],
        # Static files are streamed, which gzip cannot be here; who takes no Brotli gets deflate.
        COMPRESS_ALGORITHM_STREAMING=["br", "deflate"],
        COMPRESS_BR_LEVEL=5,
    )
    Compress(app)
