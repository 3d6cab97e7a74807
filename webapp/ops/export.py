"""`export`: all observations of a school in a file."""

import os
import uuid
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.extensions import db
from webapp.observing import exporting
from webapp.ops import database
from webapp.ops.wrong_input import WrongInputError
from webapp.schools.models import School
from webapp.web.downloads import write
from webapp.web.sheets import Kind

ENDINGS = ", ".join(f".{kind}" for kind in Kind)


@click.command("export")
@click.argument("school")
@click.argument("file", type=click.Path(path_type=Path))
@database.needed
def export(school: str, file: Path) -> None:
    """Write all observations of SCHOOL (its name, or its id) into FILE, by whose ending .csv, .xlsx or .json.

    No observer and no note is in it. Only whoever runs this may read the file.
    """
    kind = _kind(file)
    found = school_said(db.session, school)
    _check_free(file)
    name, n = found.name, exporting.count(db.session, found)
    half = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}")
    try:
        with os.fdopen(os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as into:
            write(into, exporting.content(db.session, found, kind, datetime.now(UTC)))
        half.rename(file)
    except OSError as wrong:
        raise click.ClickException(f"{file} cannot be written: {wrong.strerror or wrong}") from None
    finally:
        half.unlink(missing_ok=True)
    click.echo(f"{name}: {n} observations in {file}")


def _kind(file: Path) -> Kind:
    try:
        return Kind(file.suffix.removeprefix(".").lower())
    except ValueError:
        raise WrongInputError(f"FILE: {file.name!r} has no ending that is known; use one of {ENDINGS}") from None


def school_said(session: Session, said: str) -> School:
    """The school that is meant by a name or an id.

    Raises:
        WrongInputError: there is none, or several have the name.
    """
    found = list(session.scalars(select(School).where(School.name == said).order_by(School.id)))
    if not found and (id_ := _id(said)):
        found = list(session.scalars(select(School).where(School.id == id_)))
    if len(found) > 1:
        ids = ", ".join(str(each.id) for each in found)
        raise WrongInputError(f"SCHOOL: {len(found)} schools have the name {said!r}; say which by its id: {ids}")
    if not found:
        names = ", ".join(session.scalars(select(School.name).order_by(School.name, School.id).limit(10)))
        raise WrongInputError(f"SCHOOL: there is no school {said!r}" + (f"; there are: {names}" if names else " yet"))
    return found[0]


def _id(said: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(said)
    except ValueError:
        return None


def _check_free(file: Path) -> None:
    if not file.parent.is_dir():
        raise WrongInputError(f"FILE: there is no folder {file.parent}; make it first")
    if file.exists():
        raise WrongInputError(f"FILE: {file} is there already; choose another name, or remove it first")
