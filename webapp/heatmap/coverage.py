"""Where and when nobody has listened, as the page and the API tell it: places by weekdays or by periods of the day."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import Self
from uuid import UUID

from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp.culture.coverage import Calendar, Plan, Quiet, Standing
from webapp.culture.sampling import Part, lopsided
from webapp.culture.school_time import Period, SchoolYear, local_date, this_term
from webapp.observing import tallies
from webapp.observing.tallies import Sample, Slot
from webapp.schools import listening_plans, places, years
from webapp.schools.models import Place, School
from webapp.schools.words import floor_name

WEEKDAYS = "weekdays"
TIMES = "times"
OTHER_TIMES = None


class Span(StrEnum):
    """The days whose listen-ins are counted."""

    TERM = "term"
    YEAR = "year"


class Order(StrEnum):
    """How places stand: floor by floor, or those with the fewest listen-ins first. Never by what was heard."""

    FLOOR = "floor"
    LEAST = "least"


@dataclass(frozen=True, slots=True)
class CoverageView:
    """What a reader wants to see: the weekdays, the periods of all days, or those of one weekday (1 to 7)."""

    by: str = WEEKDAYS
    span: Span = Span.TERM
    order: Order = Order.FLOOR
    is_understood: bool = True

    @classmethod
    def read(cls, said: Mapping[str, str]) -> Self:
        """The view that the address' parts `by`, `of` and `order` ask for; what cannot be followed is as at first."""
        by, of, order = said.get("by", WEEKDAYS), said.get("of", Span.TERM), said.get("order", Order.FLOOR)
        known = (by in {WEEKDAYS, TIMES, *"1234567"}, of in set(Span), order in set(Order))
        return cls(
            by if known[0] else WEEKDAYS,
            Span(of) if known[1] else Span.TERM,
            Order(order) if known[2] else Order.FLOOR,
            all(known),
        )

    @property
    def weekday(self) -> int | None:
        """The weekday whose periods are shown; None for all days."""
        return int(self.by) if self.by.isdigit() else None

    def address(self, **changed: str) -> dict[str, str]:
        """The parts of an address that lead to this view, with some changed."""
        return {"by": self.by, "of": self.span, "order": self.order} | changed


@dataclass(frozen=True, slots=True)
class PlaceCoverage:
    """A place: how often somebody was there in the days shown and in the plan's weeks, when last, how it stands."""

    place: Place
    n: int
    recent: int
    last: date | None
    quiet: Quiet
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A weekday or a period of the day; `short` is for where there is little room, `about` says more."""

    key: int | None
    label: str
    short: str
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Places that stand together; `name` is their floor, None where they all do."""

    name: str | None
    places: tuple[PlaceCoverage, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Where and when somebody has listened in the days shown, as of today, against the school's plan."""

    plan: Plan
    year: SchoolYear
    is_year_set: bool
    today: date
    shown: Period
    calendar: Calendar
    places: tuple[PlaceCoverage, ...]
    sample: Sample

    @property
    def n_this_year(self) -> int:
        return sum(slot.n for place in self.places for slot in place.slots)

    @property
    def due(self) -> int:
        """How many places are due."""
        return sum(each.quiet.standing is Standing.DUE for each in self.places if not each.place.archived)

    @property
    def offered(self) -> int:
        """How many places the plan is about."""
        return sum(not each.place.archived for each in self.places)

    @property
    def is_rest(self) -> bool:
        """Whether it is not school year."""
        return self.today not in Period(self.year.first, self.year.last)

    @property
    def busiest(self) -> dict[Part, int]:
        """How many listen-ins the busiest observer, place and day gave."""
        return {
            Part.OBSERVER: self.sample.busiest_observer,
            Part.PLACE: self.sample.busiest_place[1] if self.sample.busiest_place else 0,
            Part.DAY: self.sample.busiest_day[1] if self.sample.busiest_day else 0,
        }

    @property
    def lopsided(self) -> tuple[Part, ...]:
        """Of which parts one gives over half of what is shown."""
        return lopsided(self.sample.n, self.busiest)

    def groups(self, order: Order) -> list[Group]:
        """The places floor by floor, or in one group those with the fewest listen-ins first."""
        if order is Order.LEAST:
            return [Group(None, tuple(sorted(self.places, key=_least_first)))] if self.places else []
        floors = groupby(self.places, lambda each: each.place.floor)
        return [Group(floor_name(floor), tuple(some)) for floor, some in floors]

    def columns(self, view: CoverageView, week_start: int) -> list[Column]:
        """The weekdays of the plan, or its periods; others only where somebody has listened then."""
        shown = [slot for place in self.places for slot in place.slots if slot.shown]
        if view.by == WEEKDAYS:
            there = self.plan.weekdays | {slot.weekday for slot in shown}
            return [weekday(day) for day in weekdays_from(week_start) if day in there]
        columns = [
            Column(number, each.name, each.name, f"{_clock(each.begins)}–{_clock(each.ends)}")
            for number, each in enumerate(self.plan.periods)
        ]
        if any(slot.day_period is None and view.weekday in {None, slot.weekday} for slot in shown):
            columns.append(Column(OTHER_TIMES, _("Other times"), _("Other")))
        return columns


def cover(session: Session, school: School, span: Span, now: datetime) -> Coverage:
    """Where and when somebody has listened in the term or the school year, as of now."""
    today = local_date(now, school.zone)
    year, plan = years.year_at(session, school, today), listening_plans.plan_of(session, school)
    calendar = Calendar.of(plan, year, today)
    shown = _shown(year, span, today)
    found = tallies.slots(
        session,
        school,
        period=Period(year.first, max(today, year.first)),
        day_periods=plan.periods,
        shown_since=shown.first,
        recent_since=calendar.since,
    )
    return Coverage(
        plan=plan,
        year=year,
        is_year_set=bool(years.all_of(session, school)),
        today=today,
        shown=shown,
        calendar=calendar,
        places=_places(places.all_of(session, school), found, calendar),
        sample=tallies.sample(session, school, shown),
    )


def counted(places: Iterable[PlaceCoverage], view: CoverageView) -> Counter[int | None]:
    """How many listen-ins these places have in each column of a view."""
    slots = [slot for each in places for slot in each.slots if view.weekday in {None, slot.weekday}]
    found: Counter[int | None] = Counter()
    for slot in slots:
        found[slot.weekday if view.by == WEEKDAYS else slot.day_period] += slot.shown
    return found


def weekdays_from(week_start: int) -> list[int]:
    """The seven weekdays from the school's first on."""
    return [(week_start - 1 + day) % 7 + 1 for day in range(7)]


def weekday(number: int) -> Column:
    """A weekday with its names."""
    # The first of January 2024 was a Monday.
    day = date(2024, 1, number)
    return Column(number, format_date(day, "EEEE").capitalize(), format_date(day, "EEE").capitalize().rstrip("."))


def _shown(year: SchoolYear, span: Span, today: date) -> Period:
    """From the first day of the term (before the first, and in a year without terms, of the year) until today."""
    term = this_term(today, year.terms)
    first = term.first if term and span is Span.TERM else year.first
    return Period(first, max(first, today))


def _places(offered: Sequence[Place], found: Sequence[Slot], calendar: Calendar) -> tuple[PlaceCoverage, ...]:
    by_place: dict[UUID, list[Slot]] = {}
    for slot in found:
        by_place.setdefault(slot.place, []).append(slot)
    covered = (_place(place, by_place.get(place.id, []), calendar) for place in offered)
    # A place that was put away is no longer planned for; it stands there for what was heard in it.
    return tuple(each for each in covered if each.n or not each.place.archived)


def _place(place: Place, slots: Sequence[Slot], calendar: Calendar) -> PlaceCoverage:
    recent = sum(slot.recent for slot in slots)
    last = max((slot.last for slot in slots), default=None)
    return PlaceCoverage(
        place=place,
        n=sum(slot.shown for slot in slots),
        recent=recent,
        last=last,
        quiet=calendar.quiet(recent=recent, last=last),
        slots=tuple(slots),
    )


def _least_first(each: PlaceCoverage) -> tuple[bool, int, int]:
    # Of equals the one where nobody was for longer; then floor by floor, since sorting keeps the order.
    return each.place.archived, each.n, -each.quiet.days


def _clock(minute: int) -> str:
    """A time of day as short as it can be told beside the period's name: 8, 8:30, and in English 1 for 13."""
    hour, rest = divmod(minute, 60)
    if str(get_locale()) == "en":
        hour = (hour - 1) % 12 + 1
    return f"{hour}:{rest:02}" if rest else str(hour)
