"""Counting what was heard: everything that is shown of a school's observations is made of these figures."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from operator import add
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from webapp.culture.coverage import DayPeriod
from webapp.culture.school_time import Period, day_bounds, local_date, offsets
from webapp.culture.tally import Tally
from webapp.culture.vocabulary import TRAITS, PlaceKind, Setting
from webapp.observing.models import Observation
from webapp.observing.only import ALL, Only, floor_word, matching, may_part
from webapp.schools import places
from webapp.schools.models import School

EVE = date(1969, 12, 31)
"""The day before the first instant that can be stored: no day of any zone's clock comes before it."""
EVE_WEEKDAY = 3
MINUTE = 60
HOUR = 3600
DAY = 24 * HOUR
WEEK = 7 * DAY
BITS = tuple(map(int, TRAITS))
# Where the calendar ends, days have no end that can be told.
LATEST = date(9999, 12, 29)

Key = TypeVar("Key")


class Row(StrEnum):
    """What a row of the heat map stands for; the words of the wire."""

    PLACE = "place"
    FLOOR = "floor"
    SETTING = "setting"
    KIND = "kind"
    WEEK = "week"
    WEEKDAY = "weekday"
    HOUR = "hour"


Tallies = tuple[Tally, ...]
"""One tally a trait, in wire order; all seven have the same n."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Where the figures of a period come from; each `busiest` is what most of them come from, and how many."""

    n: int
    observers: int
    days: int
    places: int
    busiest_observer: int = 0
    busiest_day: tuple[date, int] | None = None
    busiest_place: tuple[UUID, int] | None = None


def count(session: Session, school: School, *, by: Row, period: Period, only: Only = ALL) -> dict[str, Tallies]:
    """The seven tallies of every row that was listened to; rows that were not are left out.

    Keys are the place's id, the floor (`floor_word`), the setting, the kind of place, the Monday of the week, 1 to 7
    (Monday to Sunday) and 0 to 23: days, weeks and hours of the school, in its zone and from its first day of the week.
    """
    within = _looked_at(session, school, period, only)
    counters = {Row.PLACE: _by_place, Row.FLOOR: _by_floor, Row.SETTING: _by_setting, Row.KIND: _by_kind}
    counted = counters.get(by)
    return counted(session, school, within) if counted else _by_time(session, school, within, by)


def by_day(session: Session, school: School, period: Period | None, only: Only = ALL) -> dict[date, Tallies]:
    """The seven tallies of every day of the school that was listened to; of all days there are where `period` is None.

    Weeks and months are sums of these, and so is what came before and after a day.
    """
    within = _looked_at(session, school, period or Period(EVE, LATEST), only)
    local = _local_seconds(session, school, within)
    if local is None:
        return {}
    return _fold(session, _grouped(local // DAY, within), lambda day: EVE + timedelta(days=day))


def weekly(session: Session, school: School, period: Period, only: Only = ALL) -> dict[str, dict[str, Tallies]]:
    """The seven tallies of every place in every week listened to: the Monday of the week, then the place's id."""
    within = _looked_at(session, school, period, only)
    local = _local_seconds(session, school, within)
    if local is None:
        return {}
    week, monday = _week(school, local)
    asked = select(week.label("week"), Observation.place_id, *_counts()).where(*within)
    found: dict[str, dict[str, Tallies]] = {}
    for number, place, n, *heard in session.execute(asked.group_by("week", Observation.place_id)):
        found.setdefault(monday(number), {})[str(place)] = tuple(Tally(each, n) for each in heard)
    return found


def sample(session: Session, school: School, period: Period, only: Only = ALL) -> Sample:
    """From how many observers, days and places the figures of a period come."""
    within = _looked_at(session, school, period, only)
    # Places and observers in one go: of their pairs there are few.
    by_observer: Counter[UUID | None] = Counter()
    by_place: Counter[UUID] = Counter()
    pair = (Observation.observer_id, Observation.place_id)
    for observer, place, number in session.execute(select(*pair, func.count()).where(*within).group_by(*pair)):
        by_observer[observer] += number
        by_place[place] += number
    local = _local_seconds(session, school, within)
    by_day = {} if local is None else _numbers(session, local // DAY, within)
    day, on_day = _most(by_day)
    busiest, in_place = _most(by_place)
    return Sample(
        n=sum(by_place.values()),
        observers=len(by_observer),
        days=len(by_day),
        places=len(by_place),
        # All who have left are alike here, and may have been many.
        busiest_observer=max((number for who, number in by_observer.items() if who is not None), default=0),
        busiest_day=None if day is None else (EVE + timedelta(days=day), on_day),
        busiest_place=None if busiest is None else (busiest, in_place),
    )


@dataclass(frozen=True, slots=True)
class Slot:
    """Listen-ins in one place on one weekday (1 to 7) in one period of the day (by its number; None outside them all).

    Of `n` in the whole period `shown` lie on its later days, `recent` on its latest; the last one was on `last`.
    """

    place: UUID
    weekday: int
    day_period: int | None
    n: int
    shown: int
    recent: int
    last: date


def slots(
    session: Session,
    school: School,
    *,
    period: Period,
    day_periods: Sequence[DayPeriod],
    shown_since: date,
    recent_since: date,
) -> list[Slot]:
    """Where and when somebody has listened, in the school's weekdays and by its clock; what is empty is left out."""
    within = _within(school, period)
    local = _local_seconds(session, school, within)
    if local is None:
        return []
    moments = [day_bounds(day, school.zone)[0] for day in (shown_since, recent_since)]
    grouped = (
        select(
            Observation.place_id,
            ((local // DAY + EVE_WEEKDAY - 1) % 7).label("weekday"),
            _day_period(local % DAY, day_periods).label("day_period"),
            func.count(),
            *(func.sum(case((Observation.observed_at >= moment, 1), else_=0)) for moment in moments),
            func.max(Observation.observed_at),
        )
        .where(*within)
        .group_by(Observation.place_id, "weekday", "day_period")
    )
    return [
        Slot(place, day + 1, number if number >= 0 else None, n, shown, recent, local_date(last, school.zone))
        for place, day, number, n, shown, recent, last in session.execute(grouped)
    ]


def _day_period(second: ColumnElement[int], day_periods: Sequence[DayPeriod]) -> ColumnElement[int]:
    """The number of the period of the day in which a second of the day lies; -1 outside them all."""
    inside = [
        (and_(second >= literal(each.begins * MINUTE), second < literal(each.ends * MINUTE)), literal(number))
        for number, each in enumerate(day_periods)
    ]
    return case(*inside, else_=literal(-1))


def listened(session: Session, school: School) -> Period | None:
    """From the school's first observation to its last; None before the first."""
    span = _span(session, [Observation.school_id == school.id])
    return span and Period(local_date(span[0], school.zone), local_date(span[1], school.zone))


def of_row(
    session: Session, school: School, *, by: Row, key: str, period: Period, only: Only = ALL
) -> list[ColumnElement[bool]]:
    """What holds of the observations that `count` counts in the row of this key.

    Raises:
        ValueError: no row has such a key.
    """
    within = _looked_at(session, school, period, only)
    if by is Row.PLACE:
        return [*within, Observation.place_id == UUID(key)]
    if by is Row.SETTING:
        return [*within, Observation.setting_code == Setting(key).code]
    if by is Row.KIND:
        return [*within, *matching(session, school, Only(kind=PlaceKind(key)))]
    if by is Row.FLOOR:
        return [*within, *matching(session, school, Only(floor=key))]
    if by is Row.WEEK:
        first = date.fromisoformat(key) - timedelta(days=(1 - school.week_start) % 7)
        return [*within, *_within(school, Period(first, first + timedelta(days=6)))]
    local = _local_seconds(session, school, within)
    part, _named = _parts(school, literal(0) if local is None else local)[by]
    return [*within, part == int(key) - (1 if by is Row.WEEKDAY else 0)]


def may_part_observers(session: Session, school: School, period: Period, only: Only) -> bool:
    """Whether the groups of those who made what `only` looks at in a period may be looked at apart: `may_part`."""
    return may_part(session, school, _looked_at(session, school, period, replace(only, observers=None)))


def _looked_at(session: Session, school: School, period: Period, only: Only) -> list[ColumnElement[bool]]:
    return [*_within(school, period), *matching(session, school, only)]


def _within(school: School, period: Period) -> list[ColumnElement[bool]]:
    first, last = max(period.first, EVE), min(period.last, LATEST)
    ours = Observation.school_id == school.id
    if last < first:
        return [ours, literal(False)]
    since, until = Period(first, last).bounds(school.zone)
    return [ours, Observation.observed_at >= since, Observation.observed_at < until]


def _by_place(session: Session, _school: School, within: list[ColumnElement[bool]]) -> dict[str, Tallies]:
    return _fold(session, _grouped(Observation.place_id, within), str)


def _by_setting(session: Session, _school: School, within: list[ColumnElement[bool]]) -> dict[str, Tallies]:
    return _fold(session, _grouped(Observation.setting_code, within), Setting.from_code)


def _by_kind(session: Session, school: School, within: list[ColumnElement[bool]]) -> dict[str, Tallies]:
    kinds: dict[UUID, PlaceKind] = {place.id: place.kind for place in places.all_of(session, school)}
    return _fold(session, _grouped(Observation.place_id, within), kinds.__getitem__)


def _by_floor(session: Session, school: School, within: list[ColumnElement[bool]]) -> dict[str, Tallies]:
    floors: dict[UUID, str] = {place.id: floor_word(place.floor) for place in places.all_of(session, school)}
    return _fold(session, _grouped(Observation.place_id, within), floors.__getitem__)


def _by_time(session: Session, school: School, within: list[ColumnElement[bool]], by: Row) -> dict[str, Tallies]:
    local = _local_seconds(session, school, within)
    if local is None:
        return {}
    part, key = _parts(school, local)[by]
    return _fold(session, _grouped(part, within), key)


def _parts(school: School, local: ColumnElement[int]) -> dict[Row, tuple[ColumnElement[Any], Callable[[int], str]]]:
    """The number of the week, weekday and hour, and how each is named."""
    return {
        Row.WEEK: _week(school, local),
        Row.WEEKDAY: ((local // DAY + EVE_WEEKDAY - 1) % 7, lambda day: str(day + 1)),
        Row.HOUR: (local % DAY // HOUR, str),
    }


def _week(school: School, local: ColumnElement[int]) -> tuple[ColumnElement[Any], Callable[[int], str]]:
    """The number of the school's week, and how to name it by its Monday."""
    # Days of the eve's week before the eve: no division meets a negative number, where databases differ.
    before = (EVE_WEEKDAY - school.week_start) % 7
    monday = EVE + timedelta(days=(1 - school.week_start) % 7 - before)
    return (local + before * DAY) // WEEK, lambda week: str(monday + timedelta(weeks=week))


def _local_seconds(session: Session, school: School, within: list[ColumnElement[bool]]) -> ColumnElement[int] | None:
    """Whole seconds of the school's clock since EVE began there; None where nothing was heard.

    Between two changes of the clock local time is UTC and a constant, so days and hours are integer arithmetic, and
    the same on both databases.
    """
    span = _span(session, within)
    if span is None:
        return None
    return type_coerce(Observation.observed_at, BigInteger) + _ahead(school.zone, *span) + DAY


def _ahead(zone: ZoneInfo, first: datetime, last: datetime) -> ColumnElement[int]:
    segments = offsets(zone, first, last + timedelta(seconds=1))
    if len(segments) == 1:
        return literal(segments[0][1], BigInteger)
    ends = zip(segments, segments[1:], strict=False)
    before = [(Observation.observed_at < following[0], literal(one[1], BigInteger)) for one, following in ends]
    return case(*before, else_=literal(segments[-1][1], BigInteger))


def _span(session: Session, within: list[ColumnElement[bool]]) -> tuple[datetime, datetime] | None:
    # Two questions, because SQLite finds a smallest or a largest in the index, and not both at once.
    first = select(func.min(Observation.observed_at)).where(*within).scalar_subquery()
    last = select(func.max(Observation.observed_at)).where(*within).scalar_subquery()
    found: Any = session.execute(select(first, last)).one()
    return None if found[0] is None else (found[0], found[1])


def _grouped(part: Any, within: list[ColumnElement[bool]]) -> Select[Any]:
    """n and heard of each trait, per part; asks for nothing that ix_observation_tally does not have."""
    # By its name: said twice with parameters in it, PostgreSQL would not know one from the other.
    return select(part.label("part"), *_counts()).where(*within).group_by("part")


def _counts() -> list[ColumnElement[int]]:
    """n, and in how many each trait was heard."""
    return [func.count(), *(func.count().filter(Observation.heard.bitwise_and(bit) != 0) for bit in BITS)]


def _fold(session: Session, grouped: Select[Any], key: Callable[[Any], Key]) -> dict[Key, Tallies]:
    """What was heard in each row; several parts may be one."""
    found: dict[Key, Tallies] = {}
    for part, n, *heard in session.execute(grouped):
        row, told = key(part), tuple(Tally(each, n) for each in heard)
        found[row] = tuple(map(add, found[row], told)) if row in found else told
    return found


def _numbers(session: Session, part: Any, within: list[ColumnElement[bool]]) -> dict[Any, int]:
    found = session.execute(select(part.label("part"), func.count()).where(*within).group_by("part"))
    return {each: number for each, number in found}


def _most(numbers: dict[Any, int]) -> tuple[Any, int]:
    # Of equals the smaller, so that it is the same one each time.
    return min(numbers.items(), key=lambda found: (-found[1], found[0]), default=(None, 0))
