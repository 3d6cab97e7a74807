"""Every observation of a school, to take along: where, when and what was heard; no observer, no note, no walk."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.culture.disclosure import EXACT_TIME_FOR
from webapp.culture.vocabulary import TRAITS, GroupSize, PlaceKind, Setting
from webapp.observing.models import Observation
from webapp.schools.models import Place, School
from webapp.web.sheets import A_DATE, Column, Kind, Row, Sheet, csv_pieces, json_pieces

AT_ONCE: Final = 1000
KINDS: Final = tuple(PlaceKind)
SETTINGS: Final = tuple(Setting)
GROUP_SIZES: Final = tuple(GroupSize)
TRAIT_COLUMNS: Final = tuple(trait.word for trait in TRAITS)
COLUMNS: Final = ("id", "time", "place", "floor", "kind", "setting", *TRAIT_COLUMNS, "group_size")
# A spreadsheet's time knows no zone, so what it was ahead of UTC stands beside it.
SHEET: Final = (
    Column("id", 38), Column("time", 17, A_DATE), Column("utc_offset", 10), Column("place", 32), Column("floor", 6),
    Column("kind", 14), Column("setting", 14), *(Column(word, 13) for word in TRAIT_COLUMNS), Column("group_size", 11),
)  # fmt: skip
OBSERVATIONS: Final = (
    select(
        Observation.id,
        Observation.observed_at,
        Place.name,
        Place.floor,
        Place.kind_code,
        Observation.setting_code,
        Observation.heard,
        Observation.group_size_code,
    )
    .join(Place, Place.id == Observation.place_id)
    .order_by(Observation.observed_at, Observation.id)
    # Fetched as they are written, so that a hundred thousand never are in memory together.
    .execution_options(yield_per=AT_ONCE)
)
"""One statement, and so one moment: what is recorded meanwhile is in the next file."""


def count(session: Session, school: School) -> int:
    """How many observations the school has."""
    return session.scalar(select(func.count()).where(Observation.school_id == school.id)) or 0


def content(session: Session, school: School, kind: Kind, now: datetime) -> Iterator[bytes] | tuple[Sheet, Sheet]:
    """All observations as a file of this kind: pieces of bytes, or sheets."""
    if kind is Kind.XLSX:
        return _sheets(session, school, now)
    if kind is Kind.CSV:
        return csv_pieces(chain((COLUMNS,), rows(session, school)))
    head = {"school": school.name, "timezone": school.timezone, "exported_at": _at(school, now)}
    return json_pieces(head, "observations", COLUMNS, rows(session, school))


def rows(session: Session, school: School) -> Iterator[Row]:
    """A row an observation, in the order of COLUMNS, the earliest first; times in the school's zone."""
    zone = school.zone
    for id_, at, place, floor, kind, setting, heard, size in session.execute(
        OBSERVATIONS.where(Observation.school_id == school.id)
    ):
        yield (
            str(id_),
            at.astimezone(zone),
            place,
            floor,
            KINDS[kind],
            SETTINGS[setting],
            *(1 if trait & heard else 0 for trait in TRAITS),
            None if size is None else GROUP_SIZES[size],
        )


def _sheets(session: Session, school: School, now: datetime) -> tuple[Sheet, Sheet]:
    about = (Column("", 16), Column("", 80))
    table = (_for_sheet(row) for row in rows(session, school))
    return Sheet(_("Listen-ins"), SHEET, table), Sheet(_("About"), about, _about(school, now))


def _for_sheet(row: Row) -> Row:
    id_, at, *rest = row
    offset = f"{at:%z}" if isinstance(at, datetime) else ""
    return (id_, at, f"{offset[:3]}:{offset[3:]}", *rest)


def _about(school: School, now: datetime) -> Iterator[Row]:
    yield _("School"), school.name
    yield _("Time zone"), school.timezone
    yield _("As of"), _at(school, now)
    told = (
        _("A row is one conversation listened to: 1 where the trait was heard, 0 where it was not."),
        _("After %(days)s days only the hour of a listen-in is kept.", days=EXACT_TIME_FOR.days),
        _("Who listened is not told, and notes are in no export."),
    )
    for number, said in enumerate(told):
        yield (_("How to read it") if number == 0 else ""), said


def _at(school: School, now: datetime) -> str:
    return now.astimezone(school.zone).isoformat(timespec="seconds")
