"""The heat map as the page draws it: rows in their order, each with seven cells, and what to say of the sample."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby

from babel.dates import format_interval
from babel.lists import format_list
from flask_babel import format_date, format_time, get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp.culture.bands import Change
from webapp.culture.comparing import Difference, arrows, difference
from webapp.culture.pointing import Pointer, point_out
from webapp.culture.sampling import Part, lopsided
from webapp.culture.school_time import Period
from webapp.culture.shading import Tone, tone
from webapp.culture.steadying import Law
from webapp.culture.tally import NOTHING, Interval, Tally, shade
from webapp.culture.vocabulary import TRAITS, PlaceKind, Setting, Trait
from webapp.culture.words import PLACE_KIND_NAMES, SETTING_NAMES
from webapp.heatmap.view import Order, View
from webapp.observing import tallies
from webapp.observing.only import Only, floor_word
from webapp.observing.tallies import Row, Sample, Tallies
from webapp.schools import places
from webapp.schools.models import Place, School
from webapp.schools.words import floor_name

SILENT: Tallies = (NOTHING,) * len(TRAITS)
WEEKEND = ("6", "7")
ABOUT_A_YEAR = timedelta(days=300)


@dataclass(frozen=True, slots=True)
class Cell:
    """One trait in one row: what was heard, in which tone it is drawn, and what was heard in the period compared with.

    `steadied` is the rate as the other rows of its trait make it likely, `change` the arrow, where there is one.
    """

    trait: Trait
    tally: Tally
    steadied: float
    tone: Tone
    before: Tally | None = None
    change: Change | None = None

    @property
    def shade(self) -> int | None:
        """The step of the ramp, 0 to 5, also where only three are told apart; None where there is too little to say."""
        return None if self.tone.step is None else shade(self.tone.step / (self.tone.steps - 1))

    @property
    def limits(self) -> Interval:
        return self.tally.wilson()

    @property
    def difference(self) -> Difference | None:
        """By how much its rate is another than before; None where nobody listened in one of the two periods."""
        return None if self.before is None else difference(self.tally, self.before)


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands before a row: `about` is said below the label, besides n."""

    key: str
    label: str
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row."""

    heading: Heading
    cells: tuple[Cell, ...]

    @property
    def key(self) -> str:
        return self.heading.key

    @property
    def label(self) -> str:
        return self.heading.label

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
class Pointed:
    """A cell that stands out among the rows of its trait: `others` is what was heard in all other rows together."""

    line: Line
    cell: Cell
    others: Tally


@dataclass(frozen=True, slots=True)
class Grid:
    """The heat map of a view: `dates` are its days in words.

    Where it shows nothing, `ever` are all the days on which somebody has listened, None where nobody has.

    `before` are the days compared with, in words, where there is a comparison.
    """

    view: View
    dates: str
    before: str | None
    groups: tuple[Group, ...]
    pointed: tuple[Pointed, ...]
    sample: Sample
    lopsided: str | None
    figures: Figures | None
    ever: Period | None

    @property
    def changes(self) -> int:
        """How many cells have an arrow."""
        return sum(cell.change is not None for group in self.groups for line in group.lines for cell in line.cells)


def draw(session: Session, school: School, view: View, now: datetime) -> Grid:
    """The heat map that this view asks for, as of now; where it asks for what may not be shown, it says so and less."""
    view = permitted(session, school, view)
    known = places.all_of(session, school)
    groups, pointed = rows(session, school, view, now, known)
    sample = tallies.sample(session, school, view.period, view.only)
    names = {str(place.id): place.name for place in known}
    return Grid(
        view=view,
        dates=dates_in_words(view.so_far(now.astimezone(school.zone).date())),
        before=None if view.earlier is None else dates_in_words(view.earlier),
        groups=groups,
        pointed=pointed,
        sample=sample,
        lopsided=lopsided_in_words(sample, names, view.only),
        figures=_figures(groups, view),
        ever=None if sample.n else tallies.listened(session, school),
    )


def rows(
    session: Session, school: School, view: View, now: datetime, known: Sequence[Place]
) -> tuple[tuple[Group, ...], tuple[Pointed, ...]]:
    """The rows of the map in their fixed order, never by value; those not listened to have tallies of nothing.

    And the few cells that are worth another listen. `known` are all places of the school.
    """
    counted = tallies.count(session, school, by=view.by, period=view.period, only=view.only)
    before: dict[str, Tallies] | None = None
    if view.earlier is not None:
        before = tallies.count(session, school, by=view.by, period=view.earlier, only=view.only)
    headings = _in_order(_headings(school, view.by, counted, known, now), view, counted)
    keys = [heading.key for _name, some in headings for heading in some]
    heard = [counted.get(key, SILENT) for key in keys]
    earlier = None if before is None else [before.get(key, SILENT) for key in keys]
    laws = [Law.of(column) for column in zip(*heard, strict=True)]
    cells = dict(zip(keys, _cells(heard, laws, earlier), strict=True))
    groups = tuple(Group(name, tuple(Line(each, cells[each.key]) for each in some)) for name, some in headings)
    return groups, () if view.by is Row.WEEK else _pointed(groups, point_out(heard, laws))


def permitted(session: Session, school: School, view: View) -> View:
    """The view, or, where it asks for what one person heard, that of everybody, with the reason."""
    if view.only.observers is None:
        return view
    periods = [view.period, *([view.earlier] if view.earlier else [])]
    enough = all(tallies.may_part_observers(session, school, period, view.only) for period in periods)
    return view if enough else view.of_all_observers()


Headings = tuple[tuple[str | None, tuple[Heading, ...]], ...]
"""What stands before the rows, group by group."""

OF_TIME = frozenset({Row.WEEK, Row.WEEKDAY, Row.HOUR})


def _in_order(headings: Headings, view: View, counted: Mapping[str, Tallies]) -> Headings:
    """As they stand, or those listened to least first; times stay in theirs."""
    if view.order is not Order.LEAST or view.by in OF_TIME or not headings:
        return headings
    # Out of its group, a row says itself to which it belongs.
    loose = [_with_about(heading, name) for name, some in headings for heading in some]
    return ((None, tuple(sorted(loose, key=lambda heading: counted.get(heading.key, SILENT)[0].n))),)


def _with_about(heading: Heading, group: str | None) -> Heading:
    said = [each for each in (group, heading.about) if each]
    return replace(heading, about=" · ".join(said) or None)


def _headings(
    school: School, by: Row, counted: Mapping[str, Tallies], known: Sequence[Place], now: datetime
) -> Headings:
    if by in {Row.PLACE, Row.FLOOR, Row.KIND}:
        return _of_places(known, by, counted)
    if by is Row.SETTING:
        return _one_group(counted, [(setting, _(SETTING_NAMES[setting])) for setting in Setting], set(Setting))
    if by is Row.WEEK:
        return _one_group(counted, _weeks(counted, school, now.astimezone(school.zone).date()))
    if by is Row.WEEKDAY:
        weekdays = _weekdays(school.week_start)
        return _one_group(counted, weekdays, {key for key, _name in weekdays if key not in WEEKEND})
    return _one_group(counted, _hours(counted))


def _of_places(known: Sequence[Place], by: Row, counted: Mapping[str, Tallies]) -> Headings:
    if by is Row.PLACE:
        return _floors(known, counted)
    offered = [place for place in known if not place.archived]
    if by is Row.FLOOR:
        # In the order in which the places stand.
        floors = {floor_word(place.floor): floor_name(place.floor) for place in known}
        return _one_group(counted, floors.items(), {floor_word(place.floor) for place in offered})
    kinds = [(kind, _(PLACE_KIND_NAMES[kind])) for kind in PlaceKind]
    return _one_group(counted, kinds, {place.kind for place in offered})


def _floors(offered: Sequence[Place], counted: Mapping[str, Tallies]) -> Headings:
    # A place that was put away stays on the map of the time when it was listened to.
    shown = [place for place in offered if not place.archived or str(place.id) in counted]
    floors = groupby(shown, lambda place: place.floor)
    return tuple((floor_name(floor), tuple(_place(place) for place in some)) for floor, some in floors)


def _place(place: Place) -> Heading:
    return Heading(str(place.id), place.name, _("put away") if place.archived else None)


def _one_group(
    counted: Mapping[str, Tallies], named: Iterable[tuple[str, str]], always: Iterable[str] | None = None
) -> Headings:
    """Rows in the order named; those not listened to only where they are `always` there, which None says of all."""
    kept = None if always is None else set(always)
    lines = tuple(Heading(key, name) for key, name in named if kept is None or key in kept or key in counted)
    return ((None, lines),) if lines else ()


def _cells(heard: Sequence[Tallies], laws: Sequence[Law], earlier: Sequence[Tallies] | None) -> list[tuple[Cell, ...]]:
    """The cells row by row: colours by what all rows say together, arrows by one pass over all cells."""
    by_trait = zip(laws, zip(*heard, strict=True), strict=True)
    steadied = [rate for row in zip(*(law.rates(column) for law, column in by_trait), strict=True) for rate in row]
    flat = [tally for row in heard for tally in row]
    before: list[Tally | None] = [None] * len(flat)
    changes: list[Change | None] = [None] * len(flat)
    if earlier is not None:
        old = [tally for row in earlier for tally in row]
        before, changes = [*old], arrows(flat, old)
    cells = [
        Cell(trait, tally, rate, tone(tally, rate), was, change)
        for trait, tally, rate, was, change in zip(TRAITS * len(heard), flat, steadied, before, changes, strict=True)
    ]
    return [tuple(cells[at : at + len(TRAITS)]) for at in range(0, len(cells), len(TRAITS))]


def _pointed(groups: tuple[Group, ...], found: Sequence[Pointer]) -> tuple[Pointed, ...]:
    lines = [line for group in groups for line in group.lines]
    return tuple(Pointed(lines[each.row], lines[each.row].cells[each.column], each.others) for each in found)


def _weeks(counted: Mapping[str, Tallies], school: School, today: date) -> list[tuple[str, str]]:
    """From the first week listened to until the last, and the weeks between."""
    to_start = timedelta(days=(1 - school.week_start) % 7)
    return [(str(monday), week_name(monday - to_start, today)) for monday in mondays(counted)]


def mondays(counted: Mapping[str, object]) -> list[date]:
    """The weeks that were counted, and those between, by their Mondays."""
    if not counted:
        return []
    first, last = date.fromisoformat(min(counted)), date.fromisoformat(max(counted))
    return [first + timedelta(weeks=week) for week in range((last - first).days // 7 + 1)]


def day_and_month(day: date) -> str:
    """A day as short as it can be said."""
    return str(format_date(day, "MMM d" if str(get_locale()) == "en" else "d MMM"))


def week_name(first: date, today: date) -> str:
    month_and_day = day_and_month(first)
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


def dates_in_words(period: Period) -> str:
    return str(format_interval(period.first, period.last, "yMMMd", locale=get_locale()))


def _figures(groups: tuple[Group, ...], view: View) -> Figures | None:
    if view.cell is None:
        return None
    key, trait = view.cell
    lines = [line for group in groups for line in group.lines if line.key == key and line.n]
    return Figures(lines[0], lines[0].cells[TRAITS.index(trait)]) if lines else None


def lopsided_in_words(sample: Sample, names: Mapping[str, str], only: Only) -> str | None:
    """A warning where one observer, day or place gives over half of what is shown.

    Not of the one place there is on the floor, or of the kind, that the reader has asked for.
    """
    day, place = sample.busiest_day, sample.busiest_place
    if sample.places == 1 and (only.kind or only.floor):
        place = None
    busiest = {
        Part.OBSERVER: sample.busiest_observer,
        Part.DAY: day[1] if day else 0,
        Part.PLACE: place[1] if place else 0,
    }
    said = {
        Part.OBSERVER: _("one person"),
        Part.DAY: _("one day, %(day)s", day=format_date(day[0], "long")) if day else "",
        Part.PLACE: _("one place, %(place)s", place=names[str(place[0])]) if place else "",
    }
    over = [said[part] for part in lopsided(sample.n, busiest)]
    if not over:
        return None
    which = format_list(over, locale=get_locale())
    return str(_("More than half of this comes from %(which)s. It may not speak for the whole school.", which=which))
