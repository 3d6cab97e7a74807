"""The listen-ins behind a cell, in words: when, where, in which kind of talk, and what was heard. Never who."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.lists import format_list
from flask_babel import format_date, format_time, get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp.culture.disclosure import EXACT_TIME_FOR
from webapp.culture.school_time import hour_of
from webapp.culture.vocabulary import TRAITS
from webapp.culture.words import SETTING_NAMES, TRAIT_WORDS
from webapp.heatmap.grid import Grid
from webapp.observing import behind
from webapp.observing.behind import Behind
from webapp.schools import places
from webapp.schools.models import School

MOST: Final = 20
"""So many are listed, the last ones."""


@dataclass(frozen=True, slots=True)
class Told:
    """A listen-in; `has_it` says whether the trait of the cell was heard."""

    when: str
    where: str
    setting: str
    heard: str
    has_it: bool


def told(session: Session, school: School, grid: Grid, now: datetime) -> tuple[Told, ...]:
    """The last ones behind the cell at hand; none where the map is that of a group of observers.

    A group's few in one row are mostly one person's.
    """
    view = grid.view
    if grid.figures is None or view.only.observers is not None:
        return ()
    key = grid.figures.line.key
    found = behind.last(session, school, by=view.by, key=key, period=view.period, only=view.only, most=MOST)
    names = {place.id: place.name for place in places.all_of(session, school)}
    trait = grid.figures.cell.trait
    return tuple(_told(each, school, names, now, has_it=bool(each.heard & trait)) for each in found)


def _told(each: Behind, school: School, names: dict[UUID, str], now: datetime, *, has_it: bool) -> Told:
    heard = [str(_(TRAIT_WORDS[trait].name)) for trait in TRAITS if each.heard & trait]
    return Told(
        when=_when(each.at, school.zone, now),
        where=names[each.place],
        setting=_(SETTING_NAMES[each.setting]),
        heard=format_list(heard, locale=get_locale()) if heard else _("None of these"),
        has_it=has_it,
    )


def _when(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """What is old is told by its hour, also where nobody has forgotten the minute yet (PRIVACY-0)."""
    is_exact = at >= now - EXACT_TIME_FOR
    local = (at if is_exact else hour_of(at, zone)).astimezone(zone)
    day, time = format_date(local.date(), "medium"), format_time(local.time(), "short", rebase=False)
    return f"{day}, {time}" if is_exact else _("%(day)s, the hour from %(time)s on", day=day, time=time)
