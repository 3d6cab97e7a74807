"""`asset('pages/site.js')` in a template: the address of the built file with its hash in the name."""

import json
from functools import lru_cache
from pathlib import Path
from typing import cast

from flask import Flask, Response, request, url_for

from webapp.settings import STATIC

ONE_YEAR = 31_536_000


class NotBuiltError(Exception):
    """The front end was not built, or has no such file."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not among the built files; run `make run`, or `npm run build`")


def init_app(app: Flask) -> None:
    """Makes `asset` known to templates, and lets browsers keep hashed files for good."""
    app.jinja_env.globals.update(asset=asset)
    app.after_request(_keep_hashed)


def asset(name: str) -> str:
    """The address of a built file.

    Raises:
        NotBuiltError: there is none of that name.
    """
    hashed = _manifest().get(name)
    if hashed is None:
        raise NotBuiltError(name)
    return url_for("static", filename=hashed)


def _manifest() -> dict[str, str]:
    file = STATIC / "manifest.json"
    return _names(file, file.stat().st_mtime_ns if file.exists() else 0)


@lru_cache(maxsize=2)
def _names(file: Path, stamp: int) -> dict[str, str]:
    """Read again when the file changes: `stamp` is part of the key."""
    return cast(dict[str, str], json.loads(file.read_text(encoding="utf-8"))) if stamp else {}


def _keep_hashed(answer: Response) -> Response:
    if request.endpoint == "static" and answer.status_code in {200, 304}:
        name = request.path.removeprefix("/static/")
        hashed = name in _manifest().values()
        answer.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable" if hashed else "no-cache"
    return answer
