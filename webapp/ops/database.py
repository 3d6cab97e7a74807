"""Whether the database answers, and whether its tables are those that this release needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from webapp.extensions import alembic, db

Command = TypeVar("Command", bound=Callable[..., None])

MIGRATE = "listenin db upgrade"


def fault() -> str | None:
    """What keeps the database from being used, in one line that says what to do; None when nothing does."""
    try:
        migrated = _revisions()
    except OperationalError as wrong:
        return f"The database {shown()} does not answer: {_reason(wrong)}"
    needed = set(alembic.script_directory.get_heads())
    if migrated == needed:
        return None
    known = {script.revision for script in alembic.script_directory.walk_revisions()}
    if migrated - known:
        return f"The database {shown()} was migrated by a later release; install that release"
    return f"The database {shown()} is not migrated; run: {MIGRATE}"


def shown() -> str:
    """The database's address, without its password."""
    return make_url(current_app.config["SETTINGS"].database_url).render_as_string(hide_password=True)


def needed(command: Command) -> Command:
    """A command that needs the tables: without them it ends with one line."""

    @with_appcontext
    @wraps(command)
    def checked(*args: Any, **kwargs: Any) -> None:
        found = fault()
        if found is not None:
            raise click.ClickException(found)
        command(*args, **kwargs)

    return cast(Command, checked)


def _revisions() -> set[str]:
    db.session.rollback()
    try:
        return set(db.session.scalars(text("SELECT version_num FROM alembic_version")))
    except OperationalError:
        # On SQLite a table that is not there is an operational error too; then the database itself answers.
        db.session.rollback()
        db.session.execute(text("SELECT 1"))
        return set()
    except DatabaseError:
        return set()
    finally:
        db.session.rollback()


def _reason(wrong: OperationalError) -> str:
    return " ".join(str(wrong.orig).split())
