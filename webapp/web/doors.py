"""Every door is shut unless its view says for whom it is open; and writes come from this site only."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, request
from werkzeug.exceptions import Forbidden

from webapp.web.problems import ForeignOriginError

View = TypeVar("View", bound=Callable[..., Any])
DOOR = "__door__"
GUARD = "__guard__"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def open_to_all(view: View) -> View:
    """Marks a view that needs nobody to be signed in."""

    @wraps(view)
    def entered(**address: Any) -> Any:
        return view(**address)

    return cast(View, mark(entered, "open to all", open_to_all))


def mark(entered: Callable[..., Any], door: str, guard: Callable[[Any], Any]) -> Callable[..., Any]:
    """Writes on a guarded view for whom it is open, and what guards it; a view without a mark answers 403."""
    setattr(entered, DOOR, door)
    setattr(entered, GUARD, guard)
    return entered


def behind_door_of(view: Callable[..., Any], other: View) -> View:
    """`other`, guarded as `view` is; `view` is not called."""
    return cast(View, getattr(view, GUARD)(other))


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
