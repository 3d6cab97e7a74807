"""Files that somebody is about to import, and what was said of them: kept in the database, for a day at most."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.culture.vocabulary import TRAITS, GroupSize, Setting, usual_setting
from webapp.culture.words import GROUP_SIZE_NAMES, SETTING_NAMES, TRAIT_WORDS
from webapp.extensions import begin_writing
from webapp.observing.exporting import COLUMNS
from webapp.observing.import_columns import NONE, Columns, Kind, Names, Words, normal
from webapp.observing.import_times import Order
from webapp.observing.models import LONGEST_FILE_NAME, Upload
from webapp.people.models import Person
from webapp.schools import places
from webapp.schools.models import School
from webapp.web.csv_tables import Table, read
from webapp.web.languages import LANGUAGES
from webapp.web.plain_text import tidied

KEPT_FOR: Final = timedelta(days=1)


def keep(session: Session, school: School, person: Person, *, name: str, data: bytes, now: datetime) -> UUID:
    """Keeps a file instead of the one that this person had chosen before; commits.

    Raises:
        NoTableError: it is no table that can be read.
    """
    read(data)
    school_id, person_id = school.id, person.id
    begin_writing(session)
    forget(session, now)
    session.execute(delete(Upload).where(Upload.school_id == school_id, Upload.person_id == person_id))
    kept = Upload(
        school_id=school_id,
        person_id=person_id,
        file_name=printable(name),
        content=zlib.compress(data, 1),
        uploaded_at=now,
    )
    session.add(kept)
    session.commit()
    return kept.id


def printable(name: str) -> str:
    """A file's name as it is shown."""
    return tidied("".join(each for each in name if each.isprintable()))[:LONGEST_FILE_NAME].strip() or "CSV"


def one(session: Session, school: School, person: Person, upload_id: UUID, now: datetime) -> Upload | None:
    """The person's own file in this school; None when it is forgotten, or was never theirs."""
    asked = select(Upload).where(Upload.id == upload_id, Upload.school_id == school.id, Upload.person_id == person.id)
    return session.scalars(asked.where(Upload.uploaded_at > now - KEPT_FOR)).first()


def latest(session: Session, school: School, person: Person, now: datetime) -> Upload | None:
    """The file that this person is about to import."""
    asked = select(Upload).where(Upload.school_id == school.id, Upload.person_id == person.id)
    return session.scalars(asked.where(Upload.uploaded_at > now - KEPT_FOR)).first()


def forget(session: Session, now: datetime) -> None:
    """Forgets every file that was kept for long enough, in the caller's transaction."""
    session.execute(delete(Upload).where(Upload.uploaded_at <= now - KEPT_FOR))


def table_of(upload: Upload) -> Table:
    """What is in the file."""
    return read(zlib.decompress(upload.content))


def columns_of(upload: Upload) -> Columns | None:
    """What was said of its columns; None before that."""
    said = json.loads(upload.said).get("columns")
    if said is None:
        return None
    said["answers"] = tuple(said["answers"])
    said["order"] = Order(said["order"])
    return Columns(**said)


def words_of(upload: Upload) -> Words | None:
    """What was said of its words; None before that."""
    said = json.loads(upload.said).get("words")
    return None if said is None else {Kind(kind): meant for kind, meant in said.items()}


def say(session: Session, upload: Upload, *, columns: Columns | None = None, words: Words | None = None) -> None:
    """Notes down what was said of the file, and commits; nothing when it was forgotten meanwhile.

    Other columns hold other words.
    """
    id_ = upload.id
    begin_writing(session)
    kept = session.get(Upload, id_)
    if kept is not None:
        said: dict[str, Any] = json.loads(kept.said)
        if columns is not None and columns != columns_of(kept):
            said = {"columns": asdict(columns), "before": said.get("words") or said.get("before") or {}}
        if words is not None:
            said["words"] = words
        kept.said = json.dumps(said)
    session.commit()


def discard(session: Session, upload: Upload) -> None:
    """Forgets the file; commits."""
    id_ = upload.id
    begin_writing(session)
    session.execute(delete(Upload).where(Upload.id == id_))
    session.commit()


def said_before(upload: Upload) -> Words:
    """What was said of words while other columns were chosen."""
    said = json.loads(upload.said)
    return {Kind(kind): meant for kind, meant in (said.get("words") or said.get("before") or {}).items()}


def names(session: Session, school: School) -> Names:
    """What places, settings, traits and sizes of a group are called: on the wire, and in each language."""
    found: dict[Kind, dict[str, str]] = {kind: {} for kind in Kind}
    # A name in use goes before one that was archived or merged.
    for place in sorted(places.all_of(session, school), key=lambda place: place.archived):
        found[Kind.PLACE].setdefault(normal(place.name), str(place.id))
    for language in LANGUAGES:
        with force_locale(language):
            _add(found[Kind.SETTING], ((each, _(SETTING_NAMES[each])) for each in Setting))
            _add(found[Kind.TRAIT], ((each.word, _(TRAIT_WORDS[each].name)) for each in TRAITS))
            _add(found[Kind.SIZE], ((each, _(GROUP_SIZE_NAMES[each])) for each in GroupSize))
            _add(found[Kind.TRAIT], ((NONE, _("None of these")), (NONE, _("None"))))
    return found


def usual(session: Session, school: School) -> dict[UUID, Setting]:
    """The setting that goes with each place of the school."""
    return {place.id: usual_setting(place.kind) for place in places.all_of(session, school)}


def own_columns(table: Table) -> Columns | None:
    """The columns of a file that `export` wrote; None of any other."""
    if table.headings != COLUMNS:
        return None
    at = {name: number for number, name in enumerate(COLUMNS)}
    return Columns(
        time=at["time"],
        place=at["place"],
        setting=at["setting"],
        answers=tuple(at[trait.word] for trait in TRAITS),
        size=at["group_size"],
        source=at["id"],
    )


def _add(names: dict[str, str], said: Iterable[tuple[str, str]]) -> None:
    for word, name in said:
        names.setdefault(normal(word), str(word))
        names.setdefault(normal(name), str(word))
