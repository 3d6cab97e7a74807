"""Addresses that leave the browser: on paper, in a letter, in a QR code."""

from flask import current_app, request


def public(path: str) -> str:
    """The whole address of a page, at BASE_URL or, where that is not set, at the host of this request."""
    base: str | None = current_app.config["SETTINGS"].base_url
    return (base or request.host_url.rstrip("/")) + path
