"""Faults that strike inside the server, at a moment that only it knows. A test arms one by laying a file down.

Nothing of the program is changed: SQLAlchemy and WSGI tell what it does.
"""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, event

FOLDER = "FAULTS_INSIDE"
STORED = "INSERT INTO observation"
"""How a statement begins that stores what was heard."""
SYNC = "/api/v1/sync"
DEFAULT_PAGES = 0xFFFFFFFE
DEFAULT_TIMEOUT = 10_000


class Inside(StrEnum):
    """What may strike: the first three once, the others for as long as they are armed."""

    KILLED_BEFORE_COMMIT = "killed-before-commit"
    KILLED_BEFORE_ANSWER = "killed-before-answer"
    KILLED_MID_ANSWER = "killed-mid-answer"
    DISK_FULL = "disk-full"
    IMPATIENT = "impatient"
    """Waits for SQLite's lock a moment, not ten seconds."""


reached: ContextVar[str] = ContextVar("reached", default="")
"""How far this request has come with what was heard: stored, then committed."""


Strikes = Callable[[Inside], bool]


def install(app: Flask, folder: Path) -> None:
    """From now on whatever is armed in the folder strikes."""

    def strikes(fault: Inside) -> bool:
        try:
            (folder / fault).unlink()
        except FileNotFoundError:
            return False
        return True

    _watch_commits(strikes)
    _press_databases(folder)
    app.wsgi_app = _around(app.wsgi_app, strikes)  # type: ignore[method-assign]  # as Flask's documentation does it


def _watch_commits(strikes: Strikes) -> None:
    @event.listens_for(Engine, "after_cursor_execute")
    def _after(_connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip().startswith(STORED):
            reached.set("stored")

    @event.listens_for(Engine, "commit")
    def _commit(_connection: Connection) -> None:
        if reached.get() == "stored":
            if strikes(Inside.KILLED_BEFORE_COMMIT):
                _die()
            reached.set("committed")


def _press_databases(folder: Path) -> None:
    # Before SQLite's lock is asked for.
    @event.listens_for(Engine, "begin", insert=True)
    def _begin(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            _press(connection, full=(folder / Inside.DISK_FULL).exists(), short=(folder / Inside.IMPATIENT).exists())


def _around(inner: Any, strikes: Strikes) -> Any:
    def around(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        reached.set("")
        answer: Iterable[bytes] = inner(environ, start_response)
        if reached.get() == "committed" and strikes(Inside.KILLED_BEFORE_ANSWER):
            _die()
        if environ["PATH_INFO"] == SYNC and strikes(Inside.KILLED_MID_ANSWER):
            return _half(answer)
        return answer

    return around


def _press(connection: Connection, *, full: bool, short: bool) -> None:
    """A database that may not grow, and one that waits for nobody; or neither."""
    pressed = (full, short)
    if connection.info.get("pressed", (False, False)) == pressed:
        return
    connection.info["pressed"] = pressed
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one() if full else DEFAULT_PAGES
    connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    connection.exec_driver_sql(f"PRAGMA busy_timeout={50 if short else DEFAULT_TIMEOUT}")


def _half(answer: Iterable[bytes]) -> Iterator[bytes]:
    whole = b"".join(answer)
    yield whole[: len(whole) // 2]
    _die()


def _die() -> None:
    """As a power cut ends all processes of a server."""
    os.killpg(0, signal.SIGKILL)
