"""The building floor by floor: its rooms coloured by one trait, or by how little anybody has listened, week by week."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final, Self

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from webapp.culture.school_time import Period, local_date, this_week
from webapp.culture.shading import tone
from webapp.culture.steadying import Law
from webapp.culture.tally import ENOUGH_FOR_COLOUR, ENOUGH_FOR_FULL_COLOUR, NOTHING, Tally
from webapp.culture.vocabulary import TRAITS, Trait
from webapp.heatmap.grid import SILENT, Cell, dates_in_words, mondays, permitted, week_name
from webapp.heatmap.view import View
from webapp.observing import tallies
from webapp.observing.only import floor_word
from webapp.observing.tallies import Row, Tallies
from webapp.schools import places
from webapp.schools.models import Place, School
from webapp.schools.words import floor_name

LEAST: Final = "least"
"""The word for colours by how little anybody has listened."""

A_WEEK: Final = timedelta(weeks=1)
MOST_WEEKS: Final = 60
"""A school year and a little more: as many weeks are told apart, the latest."""

AT: Final = re.compile(r"[0-9]{1,3}")
ELSEWHERE_LAST: Final = -1000


@dataclass(frozen=True, slots=True)
class BuildingView(View):
    """A view of the map, rows by place; `trait` is None for colours by how little anybody has listened.

    `at` counts the weeks of the period from 1 on; 0 is all of them together.
    """

    trait: Trait | None
    at: int

    @classmethod
    def of_map(cls, view: View, said: Mapping[str, str]) -> Self:
        """The view with what the address' parts `trait` and `at` ask for; without them least listened to, all weeks."""
        word, known = said.get("trait", LEAST), {trait.word: trait for trait in TRAITS}
        problems = dict(view.problems)
        if word != LEAST and word not in known:
            problems["trait"] = _("The building cannot be coloured as the address asks. Choose one of these.")
        at = said.get("at", "")
        parts = {each.name: getattr(view, each.name) for each in fields(View)} | {"problems": problems}
        return cls(**parts, trait=known.get(word), at=int(at) if AT.fullmatch(at) else 0)

    def address(self, **changed: str | None) -> dict[str, str]:
        """The parts of an address that lead to this view, with some changed; the week only where it is said."""
        own: dict[str, str | None] = {"rows": None, "compare": None, "trait": self.word}
        parts = View.address(self, **own | changed)
        return {name: value for name, value in parts.items() if name != "at" or value != "0"}

    @property
    def word(self) -> str:
        """What the rooms are coloured by, as the address says it."""
        return LEAST if self.trait is None else self.trait.word


@dataclass(frozen=True, slots=True)
class Figure:
    """What a room says: the classes of its look, its number, and from how many, or what to do."""

    look: str
    number: str
    about: str
    is_heard: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """All weeks together, or one of them: its days, its name, and what each place says, in the places' order."""

    period: Period
    name: str
    sample: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """A place with what it says at the moment shown."""

    place: Place
    figure: Figure


@dataclass(frozen=True, slots=True)
class Floor:
    """The rooms of one floor."""

    floor: int | None
    name: str
    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class Building:
    """The building of a view: all moments, the first of all weeks together; `floors` shows the one at hand.

    `is_cut` says that the period has more weeks than are told apart.
    """

    view: BuildingView
    places: tuple[Place, ...]
    moments: tuple[Moment, ...]
    ever: Period | None
    is_cut: bool

    @property
    def at(self) -> int:
        """The moment at hand."""
        return min(self.view.at, len(self.moments) - 1)

    @property
    def now(self) -> Moment:
        """What is shown."""
        return self.moments[self.at]

    @property
    def floors(self) -> list[Floor]:
        """From the top down, as one stands before a house; what has no floor comes last."""
        rooms = [Room(place, figure) for place, figure in zip(self.places, self.now.figures, strict=True)]
        rooms.sort(key=lambda room: _height(room.place), reverse=True)
        grouped = groupby(rooms, lambda room: room.place.floor)
        return [Floor(floor, floor_name(floor), tuple(some)) for floor, some in grouped]


def build(session: Session, school: School, view: BuildingView, now: datetime) -> Building:
    """The building that this view asks for, as of now."""
    shown: Any = permitted(session, school, view)
    today = local_date(now, school.zone)
    period = shown.so_far(today)
    counted = tallies.count(session, school, by=Row.PLACE, period=shown.period, only=shown.only)
    rooms = _rooms(places.all_of(session, school), shown, counted)
    # A week of one group of observers is mostly a person.
    weeks = {} if shown.only.observers else tallies.weekly(session, school, shown.period, shown.only)
    known = mondays(weeks)
    moments = [_moment(period, str(_("All weeks")), _column(rooms, counted), rooms, shown.trait)]
    for monday in known[-MOST_WEEKS:]:
        week = this_week(monday, school.week_start)
        days = Period(max(week.first, shown.period.first), min(week.last, shown.period.last))
        name = str(_("Week of %(day)s", day=week_name(week.first, today)))
        heard = _column(rooms, weeks.get(str(monday), {}))
        moments.append(_moment(days, name, heard, rooms, shown.trait))
    ever = tallies.listened(session, school)
    return Building(shown, tuple(rooms), tuple(moments), ever, len(known) > MOST_WEEKS)


def _rooms(known: Iterable[Place], view: BuildingView, counted: Mapping[str, Tallies]) -> list[Place]:
    """The places that the view looks at; one that was put away stands where it was listened to."""
    only = view.only
    return [
        place
        for place in known
        if only.floor in {None, floor_word(place.floor)}
        and only.kind in {None, place.kind}
        and (not place.archived or str(place.id) in counted)
    ]


def _column(rooms: Sequence[Place], counted: Mapping[str, Tallies]) -> list[Tallies]:
    return [counted.get(str(place.id), SILENT) for place in rooms]


def _moment(period: Period, name: str, heard: list[Tallies], rooms: Sequence[Place], trait: Trait | None) -> Moment:
    n = sum(row[0].n for row in heard)
    sample = f"{ngettext('%(num)s listen-in', '%(num)s listen-ins', n)}, {dates_in_words(period)}"
    if trait is None:
        pairs = zip(heard, rooms, strict=True)
        listened = _listened if period.last - period.first >= A_WEEK else _listened_that_week
        return Moment(period, name, sample, tuple(listened(row[0].n, place) for row, place in pairs))
    column = [row[TRAITS.index(trait)] for row in heard]
    rates = Law.of(column).rates(column)
    figures = (_heard(trait, *each) for each in zip(column, rates, rooms, strict=True))
    return Moment(period, name, sample, tuple(figures))


def _heard(trait: Trait, tally: Tally, steadied: float, place: Place) -> Figure:
    """How often the trait was heard, in the tone that the cell of the map has."""
    if tally == NOTHING:
        return _silent(place)
    if tally.n < ENOUGH_FOR_COLOUR:
        few = _("%(n)s of %(enough)s", n=tally.n, enough=ENOUGH_FOR_COLOUR)
        return Figure("too-few", str(few), str(_("too few to say")), True)
    cell = Cell(trait, tally, steadied, tone(tally, steadied))
    pale = ("", " pale", " palest")[cell.tone.paleness]
    return Figure(
        f"shade-{cell.shade}{pale}",
        f"{round(100 * tally.heard / tally.n)} %",
        str(_("of %(n)s", n=tally.n)),
        True,
    )


def _listened(n: int, place: Place) -> Figure:
    """How often anybody has listened: few stand out, and its words are the same as those of how sure one may be."""
    if not n:
        return _silent(place)
    if n < ENOUGH_FOR_COLOUR:
        look, often = "listened-few", _("rarely")
    elif n < ENOUGH_FOR_FULL_COLOUR:
        look, often = "listened-some", _("sometimes")
    else:
        look, often = "listened-often", _("often")
    about = ngettext("listen-in, %(often)s", "listen-ins, %(often)s", n, often=often)
    return Figure(look, str(n), str(about), True)


def _listened_that_week(n: int, place: Place) -> Figure:
    """In a week once is something; of how sure one may be, a week says little anyway."""
    if not n:
        return _silent(place)
    look = "listened-some" if n == 1 else "listened-often"
    return Figure(look, str(n), str(ngettext("listen-in that week", "listen-ins that week", n)), True)


def _silent(place: Place) -> Figure:
    about = _("put away") if place.archived else _("Listen in there")
    return Figure("not-listened", str(_("Not listened")), str(about), False)


def _height(place: Place) -> int:
    return ELSEWHERE_LAST if place.floor is None else place.floor
