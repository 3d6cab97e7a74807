"""Every door is shut unless its view says for whom it is open; and writes come from this site only."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from werkzeug.exceptions import Forbidden

from webapp.web.problems import ForeignOriginError

View = TypeVar("View", bound=Callable[..., Any])
DOOR = "__door__"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def open_to_all(view: View) -> View:
    """Marks a view that needs nobody to be signed in."""
    return mark(view, "open to all")


def mark(view: View, door: str) -> View:
    """Writes on the view for whom it is open; a view without a mark answers 403."""
    setattr(view, DOOR, door)
    return view


def init_app(app: Flask) -> None:
    """Checks the mark and the origin before every view."""
    app.before_request(_shut)


def _shut() -> None:
    if request.endpoint is None:
        return
    if request.method not in READING and not _from_here():
        raise ForeignOriginError
    view = current_app.view_functions[request.endpoint]
    if request.endpoint != "static" and not hasattr(view, DOOR):
        raise Forbidden("This door was never opened.")


def _from_here() -> bool:
    """Fetch Metadata first, Origin where a browser does not send it; neither means no browser."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
