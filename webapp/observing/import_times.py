"""Times as other programs write them: `2026-11-03 09:15`, `11/3/2026 9:15:00`, `3/11/26 9:15 p. m.`. Pure."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
MONTHS: Final = 12
LOOKED_AT: Final = 500
MANY: Final = 0.6
"""A column of which so large a part can be read as times is one of times."""

WRITTEN: Final = re.compile(
    r"""(?P<a>[0-9]{4}|[0-9]{1,2})[-/.](?P<b>[0-9]{1,2})[-/.](?P<c>[0-9]{4}|[0-9]{1,2})
    (?:(?:\s*[T,]\s*|\s+)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?
    \s*(?P<half>[ap])?(?(half)\.?\s?m\.?)\s*(?P<zone>Z|(?:GMT|UTC)?[+-][0-9]{1,2}(?::?[0-9]{2})?|[A-Z]{2,5})?)?""",
    re.X | re.I,
)
AHEAD: Final = re.compile(r"(?:GMT|UTC)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?", re.I)
ZONES: Final = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "AST": -4, "ADT": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
"""Hours ahead of UTC, by the short names that Google Forms writes where a school of ours may be."""


class Order(StrEnum):
    """What comes first in a date that does not begin with its year."""

    MONTH_FIRST = "month"
    DAY_FIRST = "day"


class NoTime(StrEnum):
    """Why a cell tells no time."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    NO_TIME_OF_DAY = "no time of day"
    NO_SUCH_DAY = "no such day"
    TOO_EARLY = "too early"
    AHEAD = "ahead"


def read(text: str, order: Order, zone: ZoneInfo, now: datetime) -> datetime | NoTime:
    """The instant in UTC, or why there is none; in the school's zone where the text names no other."""
    found = WRITTEN.fullmatch(text.strip())
    if found is None:
        return NoTime.UNREADABLE if text.strip() else NoTime.MISSING
    if found["hour"] is None:
        return NoTime.NO_TIME_OF_DAY
    try:
        local = datetime(*_day(found, order), *_clock(found), tzinfo=_zone(found["zone"]) or zone)
        instant = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return NoTime.NO_SUCH_DAY
    if instant < EARLIEST:
        return NoTime.TOO_EARLY
    return NoTime.AHEAD if instant > now else instant


def are_times(cells: Iterable[str]) -> bool:
    """Whether these look like times."""
    said = [cell.strip() for cell in cells if cell.strip()][:LOOKED_AT]
    return bool(said) and sum(WRITTEN.fullmatch(each) is not None for each in said) >= MANY * len(said)


def needs_order(cells: Iterable[str]) -> bool:
    """Whether there is a date whose year does not come first."""
    found = (WRITTEN.fullmatch(cell.strip()) for cell in cells)
    return any(each is not None and not _begins_with_year(each) for each in found)


def guess(cells: Iterable[str]) -> Order | None:
    """What comes first in these dates: as one of them shows; None where all can be read in two ways."""
    found = (WRITTEN.fullmatch(cell.strip()) for cell in cells)
    dates = [(int(each["a"]), int(each["b"])) for each in found if each and not _begins_with_year(each)]
    if not dates:
        # The year comes first in all, so that nothing hangs on it.
        return Order.MONTH_FIRST
    days_first = sum(a > MONTHS for a, _b in dates)
    months_first = sum(b > MONTHS for _a, b in dates)
    if bool(days_first) == bool(months_first):
        return None
    return Order.DAY_FIRST if days_first else Order.MONTH_FIRST


def _begins_with_year(found: re.Match[str]) -> bool:
    return len(found["a"]) == len("2026")


def _day(found: re.Match[str], order: Order) -> tuple[int, int, int]:
    a, b, c = (int(found[name]) for name in "abc")
    if _begins_with_year(found):
        return a, b, c
    year = c if len(found["c"]) == len("2026") else 2000 + c
    return (year, a, b) if order is Order.MONTH_FIRST else (year, b, a)


def _clock(found: re.Match[str]) -> tuple[int, int, int]:
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if not found["half"]:
        return hour, minute, second
    if not 1 <= hour <= MONTHS:
        raise ValueError("no clock of twelve hours shows this")
    return hour % 12 + (12 if found["half"].lower() == "p" else 0), minute, second


def _zone(said: str | None) -> timezone | None:
    if not said:
        return None
    if said.upper() in ZONES:
        return timezone(timedelta(hours=ZONES[said.upper()]))
    ahead = AHEAD.fullmatch(said)
    if ahead is None:
        raise ValueError("a zone that is not known")
    by = timedelta(hours=int(ahead[2]), minutes=int(ahead[3] or 0))
    return timezone(-by if ahead[1] == "-" else by)
