"""`import`: observations from a file that `export` wrote, all or nothing."""

from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from webapp.extensions import db
from webapp.observing import import_columns, import_preview, import_telling, imports, uploads
from webapp.observing.import_columns import Columns, Words
from webapp.ops import database
from webapp.ops.export import school_said
from webapp.ops.wrong_input import WrongInputError
from webapp.schools.models import School
from webapp.web.csv_tables import LARGEST_FILE, NoTableError, Table, read


@click.command("import")
@click.argument("school")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would come in, and store nothing.")
@database.needed
def import_file(school: str, file: Path, dry_run: bool) -> None:
    """Bring the observations of FILE.csv, which `export` wrote, into SCHOOL (its name, or its id): all or nothing.

    Places are found by their names. What is there already is not stored twice. Files of other programs are brought in
    on the page School › Listen-ins, which asks what their columns and words mean.
    """
    found = school_said(db.session, school)
    table = _table(file)
    columns = uploads.own_columns(table)
    if columns is None:
        raise WrongInputError(
            f"FILE: {file.name} is not a CSV file that `export` wrote; "
            "bring it in on the page School › Listen-ins, which asks what its columns mean"
        )
    now = datetime.now(UTC)
    words = _words(db.session, found, table, columns)
    reading = import_preview.read(db.session, found, table, columns=columns, words=words, now=now)
    for fault in reading.faults:
        click.echo(f"line {fault.number}: {import_telling.of_line(fault)}", err=True)
    if reading.faults:
        raise click.ClickException(f"{reading.faulty} lines of {file} have something wrong; nothing came in")
    if dry_run:
        new = len(imports.fresh(db.session, found, reading.lines))
        click.echo(_told(found.name, file, new, len(reading.lines) - new, "would come in"))
        return
    name = found.name
    done = imports.bring_in(db.session, found, reading.lines, file_name=file.name, now=now)
    db.session.commit()
    click.echo(_told(name, file, done.n, done.there_already, "came in"))


def _table(file: Path) -> Table:
    try:
        with file.open("rb") as data:
            return read(data.read(LARGEST_FILE + 1))
    except OSError as wrong:
        raise WrongInputError(f"FILE: {file} cannot be read: {wrong.strerror or wrong}") from None
    except NoTableError as wrong:
        raise WrongInputError(f"FILE: {file}: {import_telling.of_file(wrong)}") from None


def _words(session: Session, school: School, table: Table, columns: Columns) -> Words:
    """What the words mean, as far as that is certain."""
    names = uploads.names(session, school)
    found: dict[import_columns.Kind, dict[str, str]] = {}
    for kind, words in import_columns.words_of(table, columns).items():
        meant = {word: import_columns.guess_word(kind, word, names) for word in words}
        found[kind] = {word: meaning for word, meaning in meant.items() if meaning is not None}
    return found


def _told(school: str, file: Path, n: int, there_already: int, how: str) -> str:
    also = f"; {there_already} were there already" if there_already else ""
    return f"{school}: {n} observations {how} from {file}{also}"
