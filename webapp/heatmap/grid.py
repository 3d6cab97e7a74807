"""The heat map as the page draws it: rows in their order, each with seven cells, and what to say of the sample."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from babel.dates import format_interval
from babel.lists import format_list
from flask_babel import format_date, format_time, get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp.culture.school_time import Period
from webapp.culture.tally import NOTHING, Confidence, Interval, Tally, confidence, shade
from webapp.culture.vocabulary import TRAITS, PlaceKind, Setting, Trait
from webapp.culture.words import PLACE_KIND_NAMES, SETTING_NAMES
from webapp.heatmap.view import View
from webapp.observing import tallies
from webapp.observing.tallies import Row, Sample, Tallies
from webapp.schools import places
from webapp.schools.models import Place, School
from webapp.schools.words import floor_name

SILENT: Tallies = (NOTHING,) * len(TRAITS)
WEEKEND = ("6", "7")
ABOUT_A_YEAR = timedelta(days=300)
# One of a handful gives more than half of it, and says nothing.
FEWEST_FOR_A_WARNING = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """One trait in one row."""

    trait: Trait
    tally: Tally

    @property
    def confidence(self) -> Confidence:
        return confidence(self.tally.n)

    @property
    def shade(self) -> int | None:
        """The step of the ramp; None where there is too little to say."""
        rate = self.tally.rate
        bold = self.confidence in {Confidence.PALE, Confidence.FULL}
        return shade(rate) if bold and rate is not None else None

    @property
    def limits(self) -> Interval:
        return self.tally.wilson()


@dataclass(frozen=True, slots=True)
class Line:
    """One row: `about` is what its heading says below the label, besides n."""

    key: str
    label: str
    cells: tuple[Cell, ...]
    about: str | None = None

    @property
    def n(self) -> int:
        return self.cells[0].tally.n


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together, floor by floor; `name` is None where they all do."""

    name: str | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """The cell at hand."""

    line: Line
    cell: Cell


@dataclass(frozen=True, slots=True)
class Grid:
    """The heat map of a view: `dates` are its days in words, `ever` all the days on which somebody has listened."""

    dates: str
    groups: tuple[Group, ...]
    sample: Sample
    lopsided: str | None
    figures: Figures | None
    ever: Period | None


def draw(session: Session, school: School, view: View, now: datetime) -> Grid:
    """The heat map that this view asks for, as of now."""
    lines = rows(session, school, view.by, view.period, now)
    sample = tallies.sample(session, school, view.period)
    names = {str(place.id): place.name for place in places.all_of(session, school)}
    return Grid(
        dates=_dates(view.so_far(now.astimezone(school.zone).date())),
        groups=lines,
        sample=sample,
        lopsided=_lopsided(sample, names),
        figures=_figures(lines, view),
        ever=tallies.listened(session, school),
    )


def rows(session: Session, school: School, by: Row, period: Period, now: datetime) -> tuple[Group, ...]:
    """The rows of the map in their fixed order, never by value; those not listened to have tallies of nothing."""
    counted = tallies.count(session, school, by=by, period=period)
    if by is Row.PLACE:
        return _floors(places.all_of(session, school), counted)
    if by is Row.KIND:
        offered = {place.kind for place in places.all_of(session, school) if not place.archived}
        return _one_group(counted, [(kind, _(PLACE_KIND_NAMES[kind])) for kind in PlaceKind], offered)
    if by is Row.SETTING:
        return _one_group(counted, [(setting, _(SETTING_NAMES[setting])) for setting in Setting], set(Setting))
    if by is Row.WEEK:
        return _one_group(counted, _weeks(counted, school, now.astimezone(school.zone).date()))
    if by is Row.WEEKDAY:
        weekdays = _weekdays(school.week_start)
        return _one_group(counted, weekdays, {key for key, _name in weekdays if key not in WEEKEND})
    return _one_group(counted, _hours(counted))


def _floors(offered: Sequence[Place], counted: Mapping[str, Tallies]) -> tuple[Group, ...]:
    # A place that was put away stays on the map of the time when it was listened to.
    shown = [place for place in offered if not place.archived or str(place.id) in counted]
    floors = groupby(shown, lambda place: place.floor)
    return tuple(
        Group(
            floor_name(floor),
            tuple(
                _line(str(place.id), place.name, counted, _("put away") if place.archived else None) for place in some
            ),
        )
        for floor, some in floors
    )


def _one_group(
    counted: Mapping[str, Tallies], named: Iterable[tuple[str, str]], always: Iterable[str] | None = None
) -> tuple[Group, ...]:
    """Rows in the order named; those not listened to only where they are `always` there, which None says of all."""
    kept = None if always is None else set(always)
    lines = tuple(_line(key, name, counted) for key, name in named if kept is None or key in kept or key in counted)
    return (Group(None, lines),) if lines else ()


def _line(key: str, label: str, counted: Mapping[str, Tallies], about: str | None = None) -> Line:
    sevens = counted.get(key, SILENT)
    return Line(key, label, tuple(Cell(trait, tally) for trait, tally in zip(TRAITS, sevens, strict=True)), about)


def _weeks(counted: Mapping[str, Tallies], school: School, today: date) -> list[tuple[str, str]]:
    """From the first week listened to until the last, and the weeks between."""
    if not counted:
        return []
    first, last = date.fromisoformat(min(counted)), date.fromisoformat(max(counted))
    mondays = [first + timedelta(weeks=week) for week in range((last - first).days // 7 + 1)]
    to_start = timedelta(days=(1 - school.week_start) % 7)
    return [(str(monday), _week_name(monday - to_start, today)) for monday in mondays]


def _week_name(first: date, today: date) -> str:
    month_and_day = format_date(first, "MMM d" if str(get_locale()) == "en" else "d MMM")
    return month_and_day if abs(today - first) < ABOUT_A_YEAR else f"{month_and_day} {first.year}"


def _weekdays(week_start: int) -> list[tuple[str, str]]:
    numbers = [(week_start - 1 + day) % 7 + 1 for day in range(7)]
    # The first of January 2024 was a Monday.
    return [(str(number), format_date(date(2024, 1, number), "EEEE").capitalize()) for number in numbers]


def _hours(counted: Mapping[str, Tallies]) -> list[tuple[str, str]]:
    """From the first hour listened to until the last, and the hours between."""
    if not counted:
        return []
    heard = [int(hour) for hour in counted]
    return [(str(hour), format_time(time(hour), "short", rebase=False)) for hour in range(min(heard), max(heard) + 1)]


def _dates(period: Period) -> str:
    return str(format_interval(period.first, period.last, "yMMMd", locale=get_locale()))


def _figures(groups: tuple[Group, ...], view: View) -> Figures | None:
    if view.cell is None:
        return None
    key, trait = view.cell
    lines = [line for group in groups for line in group.lines if line.key == key and line.n]
    return Figures(lines[0], lines[0].cells[TRAITS.index(trait)]) if lines else None


def _lopsided(sample: Sample, names: Mapping[str, str]) -> str | None:
    """A warning where one observer, day or place gives over half of what is shown."""
    if sample.n < FEWEST_FOR_A_WARNING:
        return None
    over: list[str] = []
    if 2 * sample.busiest_observer > sample.n:
        over.append(_("one person"))
    if sample.busiest_day and 2 * sample.busiest_day[1] > sample.n:
        over.append(_("one day, %(day)s", day=format_date(sample.busiest_day[0], "long")))
    if sample.busiest_place and 2 * sample.busiest_place[1] > sample.n:
        over.append(_("one place, %(place)s", place=names[str(sample.busiest_place[0])]))
    if not over:
        return None
    which = format_list(over, locale=get_locale())
    return str(_("More than half of this comes from %(which)s. It may not speak for the whole school.", which=which))
