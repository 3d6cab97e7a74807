"""Days, weeks and terms as the school lives them, whatever the phone or the server thinks.

Instants are aware datetimes; those given back are in UTC. A zone is the school's own (IANA), daylight saving included.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

MAX_AHEAD: Final = timedelta(days=1)
"""How far ahead of the server's clock an observation may be filed; further is refused."""

SKEW_TOLERATED: Final = timedelta(minutes=2)
"""A phone's clock this far off is taken at its word."""

WINDOW_WEEKS: Final = (2, 4)
"""How long a window may be; four is the default (PRIVACY-1)."""

DAY: Final = timedelta(days=1)
SECONDS_A_DAY: Final = 24 * 60 * 60
SECONDS_AN_HOUR: Final = 60 * 60


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From the first day to the last, both included, in the school's own days.

    Raises:
        ValueError: the last day comes before the first.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse days out of order."""
        if self.last < self.first:
            raise ValueError(f"a period cannot end on {self.last} and begin on {self.first}")

    def __contains__(self, day: date) -> bool:
        """Whether this day is one of it."""
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The instant it begins and the instant after its end (half open)."""
        return day_bounds(self.first, zone)[0], day_bounds(self.last, zone)[1]


class Term(Period):
    """A part of the school year."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """A school's year: `window_weeks` is how long staff's windows are, `terms` its parts in order.

    Terms may leave days between them; a year may have none.

    Raises:
        ValueError: days out of order, windows neither two nor four weeks long, or a term that leaves the year,
            comes out of order or overlaps another.
    """

    first: date
    last: date
    window_weeks: int = 4
    terms: tuple[Term, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a year that cannot be."""
        if self.last <= self.first:
            raise ValueError(f"a school year cannot end on {self.last} and begin on {self.first}")
        if self.window_weeks not in WINDOW_WEEKS:
            raise ValueError(f"windows are two or four weeks long, not {self.window_weeks}")
        for term in self.terms:
            if not self.first <= term.first <= term.last <= self.last:
                raise ValueError(f"the term from {term.first} to {term.last} is not within the school year")
        for one, following in pairwise(self.terms):
            if following.first <= one.last:
                raise ValueError(f"the term from {following.first} begins before {one.last}, where the one before ends")


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The school's day at this instant.

    Raises:
        ValueError: the instant has no time zone.
    """
    return _aware(instant).astimezone(zone).date()


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instant this day begins and the instant after its end (half open), in UTC.

    Days meet without gap or overlap. One is 23 or 25 hours long where clocks change, and empty where the zone skips
    it (Apia, 30 December 2011).

    Raises:
        ValueError: the day lies at an edge of the calendar, the years 1 and 9999.
    """
    try:
        return _begins(day, zone), _begins(day + DAY, zone)
    except OverflowError:
        raise ValueError(f"{day} is outside the calendar") from None


def this_week(today: date, week_start: int) -> Period:
    """The whole week that today lies in; `week_start` is its first day, 1 for Monday to 7 for Sunday."""
    first = today - timedelta(days=(today.isoweekday() - week_start) % 7)
    return Period(first, first + timedelta(days=6))


def monday_of(day: date, week_start: int) -> date:
    """By which Monday the week of this day is known: the one in it, where weeks begin on `week_start`, 1 to 7."""
    return day - timedelta(days=(day.isoweekday() - week_start) % 7) + timedelta(days=(1 - week_start) % 7)


def last_30_days(today: date) -> Period:
    """Today and the 29 days before it."""
    return Period(today - timedelta(days=29), today)


def period_before(period: Period) -> Period:
    """As many days, just before it.

    Raises:
        ValueError: the calendar does not reach back so far.
    """
    return _earlier(period, period.days)


def weeks_of_last_year(period: Period) -> Period:
    """The same weekdays 52 weeks earlier.

    Raises:
        ValueError: the calendar does not reach back so far.
    """
    return _earlier(period, 7 * 52)


def term_before(period: Period, terms: Iterable[Term]) -> Term | None:
    """The last of these terms that ended before this period; None where there is none."""
    return max((term for term in terms if term.last < period.first), default=None)


def this_term(today: date, terms: tuple[Term, ...]) -> Term | None:
    """The term that today lies in, in the holidays the one before; None before the first."""
    begun = [term for term in terms if term.first <= today]
    return max(begun, default=None)


def default_school_year(today: date) -> SchoolYear:
    """The school year around today, for a school that has not set its own.

    It begins on the first Monday of August and ends the day before the next one begins; its second term begins on the
    first Monday of January. So windows and terms are whole weeks, and no team's weekly meeting is split between two.
    """
    year = today.year if today >= _first_monday(today.year, 8) else today.year - 1
    first, middle, following = _first_monday(year, 8), _first_monday(year + 1, 1), _first_monday(year + 1, 8)
    return SchoolYear(
        first=first,
        last=following - DAY,
        terms=(Term(first, middle - DAY), Term(middle, following - DAY)),
    )


def offsets(zone: ZoneInfo, start: datetime, end: datetime) -> list[tuple[datetime, int]]:
    """How far local time is ahead of UTC, from `start` on until before `end`: pairs of (from this instant, seconds).

    The first pair stands at `start`, each other at the exact second the zone changes. So a local hour or day is
    integer arithmetic on whole seconds since 1970. Takes about a microsecond a day.

    Raises:
        ValueError: an instant has no time zone, or the end comes before the start.
    """
    since, until = math.floor(_aware(start).timestamp()), math.ceil(_aware(end).timestamp())
    if end < start:
        raise ValueError(f"{end} comes before {start}")
    found = [(_instant(since), _offset(zone, since))]
    found += [(_instant(change), _offset(zone, change)) for change in _changes(zone, since, until)]
    return found


def hour_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the school's hour around this one begins, in UTC; all that is kept of old times (PRIVACY-0).

    Where the clocks change within an hour, it begins where they land.

    Raises:
        ValueError: the instant has no time zone.
    """
    second = math.floor(_aware(instant).timestamp())
    ahead = _offset(zone, second)
    begins = second - (second + ahead) % SECONDS_AN_HOUR
    if _offset(zone, begins) != ahead:
        begins = _first_change(zone, begins, second)
    return _instant(begins)


def filed_at(observed_at: datetime, phone_clock: datetime, server_clock: datetime) -> datetime:
    """The instant an observation is filed under, in UTC: as said, or put right where the phone's clock is off.

    `phone_clock` and `server_clock` were read at the same moment, when the phone sent it.

    Raises:
        ValueError: an instant has no time zone, or the corrected one lies outside the years 1 to 9999.
    """
    late = correction(phone_clock, server_clock)
    try:
        return _aware(observed_at).astimezone(UTC) - late
    except OverflowError:
        raise ValueError(f"{observed_at} is outside the calendar") from None


def correction(phone_clock: datetime, server_clock: datetime) -> timedelta:
    """How much is taken from each time that this phone says: how far its clock is ahead, nothing within two minutes.

    Raises:
        ValueError: an instant has no time zone.
    """
    skew = _aware(phone_clock) - _aware(server_clock)
    return skew if abs(skew) > SKEW_TOLERATED else timedelta(0)


def _earlier(period: Period, days: int) -> Period:
    if period.first.toordinal() <= days:
        raise ValueError(f"no calendar has {days} days before {period.first}")
    return Period(period.first - days * DAY, period.last - days * DAY)


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant


def _begins(day: date, zone: ZoneInfo) -> datetime:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    begins = midnight.astimezone(UTC)
    if begins.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return begins
    # The clocks jump over midnight: the day begins where they land.
    earlier = int(midnight.replace(fold=1).timestamp())
    return _instant(next(_changes(zone, earlier - 1, int(begins.timestamp()) + 1)))


def _changes(zone: ZoneInfo, since: int, until: int) -> Iterator[int]:
    """The seconds since 1970, after `since` and before `until`, at which the zone's offset changes."""
    offset = _offset(zone, since)
    while since < until - 1:
        # No zone changes and changes back within a day, so that looking once a day misses nothing.
        ahead = min(since + SECONDS_A_DAY, until - 1)
        if _offset(zone, ahead) == offset:
            since = ahead
            continue
        since = _first_change(zone, since, ahead)
        offset = _offset(zone, since)
        yield since


def _first_change(zone: ZoneInfo, before: int, after: int) -> int:
    offset = _offset(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, second: int) -> int:
    # Every ZoneInfo knows its offset at every instant.
    return int(datetime.fromtimestamp(second, zone).utcoffset().total_seconds())  # type: ignore[union-attr]


def _instant(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _first_monday(year: int, month: int) -> date:
    return this_week(date(year, month, 7), 1).first
