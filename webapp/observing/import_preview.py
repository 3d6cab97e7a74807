"""What an import would do, before it does it: how many listen-ins from when to when, where, and what is wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp.culture.school_time import local_date
from webapp.culture.vocabulary import TRAITS, GroupSize, Setting
from webapp.culture.words import GROUP_SIZE_NAMES, SETTING_NAMES, TRAIT_WORDS
from webapp.observing import import_telling, importing, imports, uploads
from webapp.observing.import_columns import (
    HEARD,
    NONE,
    NOT_HEARD,
    OUT,
    UNKNOWN,
    USUAL,
    Columns,
    Kind,
    Words,
)
from webapp.observing.importing import Line, Reading
from webapp.schools import places
from webapp.schools.models import School
from webapp.web.csv_tables import Table

LINES_SHOWN: Final = 10
FAULTS_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as it would be filed, in words."""

    number: int
    at: datetime
    place: str
    setting: str
    heard: str
    size: str


@dataclass(frozen=True, slots=True)
class Preview:
    """An import before it is done. `n` is how many listen-ins would come in; those `there_already` are not among them.

    `faults` are the first of them, in words; `faulty` is how many lines have one.
    """

    n: int
    there_already: int
    left_out: int
    days: tuple[date, date] | None
    places: list[tuple[str, int]]
    shown: list[ShownLine]
    faults: list[tuple[int, str]]
    faults_unshown: int
    faulty: int


def read(session: Session, school: School, table: Table, *, columns: Columns, words: Words, now: datetime) -> Reading:
    """What came of the file in this school."""
    return importing.read(table, columns, words, usual=uploads.usual(session, school), zone=school.zone, now=now)


def preview(session: Session, school: School, reading: Reading) -> Preview:
    """What would come in."""
    names = place_names(session, school)
    new = list(imports.fresh(session, school, reading.lines).values())
    days = [local_date(line.at, school.zone) for line in new]
    by_place = Counter(names[line.place] for line in new)
    told = [(fault.number, import_telling.of_line(fault)) for fault in reading.faults[:FAULTS_SHOWN]]
    return Preview(
        n=len(new),
        there_already=len(reading.lines) - len(new),
        left_out=reading.left_out,
        days=(min(days), max(days)) if days else None,
        places=by_place.most_common(),
        shown=[_shown(line, names, school) for line in new[:LINES_SHOWN]],
        faults=told,
        faults_unshown=len(reading.faults) - len(told),
        faulty=reading.faulty,
    )


def place_names(session: Session, school: School) -> dict[UUID, str]:
    """What each place is called, and what has become of those that are not in use."""
    found = places.all_of(session, school)
    names = {place.id: place.name for place in found}
    into = places.survivors(session, [school.id])
    for place in found:
        if place.id in into:
            names[place.id] = _("%(place)s, part of %(into)s now", place=place.name, into=names[into[place.id]])
        elif place.archived:
            names[place.id] = _("%(place)s (archived)", place=place.name)
    return names


def choices(session: Session, school: School) -> Mapping[Kind, Sequence[tuple[str, str]]]:
    """What a word of each kind may mean."""
    out = (OUT, _("Leave these lines out"))
    return {
        Kind.PLACE: [*((str(id_), name) for id_, name in place_names(session, school).items()), out],
        Kind.SETTING: [
            *((str(each), _(SETTING_NAMES[each])) for each in Setting),
            (USUAL, _("As is usual for the place")),
            out,
        ],
        Kind.TRAIT: [*((each.word, _(TRAIT_WORDS[each].name)) for each in TRAITS), (NONE, _("None of these")), out],
        Kind.ANSWER: [(HEARD, _("It was heard")), (NOT_HEARD, _("It was not heard")), out],
        Kind.SIZE: [*((str(each), _(GROUP_SIZE_NAMES[each])) for each in GroupSize), (UNKNOWN, _("Nobody knows")), out],
    }


def _shown(line: Line, names: Mapping[UUID, str], school: School) -> ShownLine:
    heard = [_(TRAIT_WORDS[trait].name) for trait in TRAITS if trait & line.heard]
    return ShownLine(
        number=line.number,
        at=line.at.astimezone(school.zone),
        place=names[line.place],
        setting=_(SETTING_NAMES[line.setting]),
        heard=", ".join(heard) or _("None of these"),
        size="" if line.size is None else _(GROUP_SIZE_NAMES[line.size]),
    )
