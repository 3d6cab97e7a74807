"""Times as other programs write them, read in the school's zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from webapp.observing.import_times import NoTime, Order, are_times, guess, needs_order, read

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 3, 14, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03 09:15",
        " 2026-11-03T09:15:00 ",
        "2026-11-03T09:15:00-05:00",
        "2026-11-03T09:15:00.000-0500",
        "2026-11-03T14:15:00Z",
        "2026/11/03 9:15:00 AM EST",
        "2026/11/03 9:15:00 AM GMT-5",
        "2026/11/03 10:15:00 AM GMT-04:00",
        "2026/11/03 2:15:00 PM UTC",
        "11/3/2026 9:15:00",
        "11/3/2026 9:15:00 AM",
        "11/3/2026, 9:15\u202fAM",
        "11/3/26 9:15",
        "11.3.2026 9:15",
        "11/3/2026 9:15 a. m.",
        "11/3/2026 9:15 a.\xa0m.",
    ],
)
def test_a_time_is_read_as_it_is_written(text: str) -> None:
    assert read(text, Order.MONTH_FIRST, ZONE, NOW) == MORNING


def test_the_day_comes_first_where_that_is_said() -> None:
    assert read("3/11/2026 9:15", Order.DAY_FIRST, ZONE, NOW) == MORNING
    assert read("2026-11-03 9:15", Order.DAY_FIRST, ZONE, NOW) == MORNING


@pytest.mark.parametrize(
    ("text", "hour"), [("12:00 AM", 0), ("12:30 PM", 12), ("1:00 PM", 13), ("11:59 p. m.", 23), ("0:05", 0)]
)
def test_noon_and_midnight_are_where_people_have_them(text: str, hour: int) -> None:
    at = read(f"11/3/2026 {text}", Order.MONTH_FIRST, ZONE, NOW)
    assert isinstance(at, datetime)
    assert at.astimezone(ZONE).hour == hour


def test_the_hour_that_comes_twice_is_told_apart_by_its_zone() -> None:
    first, second = (read(f"2026/11/01 1:30:00 AM {zone}", Order.MONTH_FIRST, ZONE, NOW) for zone in ("EDT", "EST"))
    assert (first, second) == (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", NoTime.MISSING),
        ("yesterday", NoTime.UNREADABLE),
        ("45599.38", NoTime.UNREADABLE),
        ("2026-11-03 9:15 or so", NoTime.UNREADABLE),
        ("11/3/2026", NoTime.NO_TIME_OF_DAY),
        ("13/3/2026 9:15", NoTime.NO_SUCH_DAY),
        ("2/29/2026 9:15", NoTime.NO_SUCH_DAY),
        ("11/3/2026 24:00", NoTime.NO_SUCH_DAY),
        ("11/3/2026 13:00 PM", NoTime.NO_SUCH_DAY),
        ("11/3/2026 9:15 XYZ", NoTime.NO_SUCH_DAY),
        ("0001-01-01 0:00 GMT+14", NoTime.NO_SUCH_DAY),
        ("11/3/1999 9:15", NoTime.TOO_EARLY),
        ("2026-11-24 10:31", NoTime.AHEAD),
        ("2027-11-03 9:15", NoTime.AHEAD),
    ],
)
def test_what_tells_no_time_says_why(text: str, wrong: NoTime) -> None:
    assert read(text, Order.MONTH_FIRST, ZONE, NOW) is wrong


def test_what_comes_first_shows_where_a_number_is_no_month() -> None:
    assert guess(["11/3/2026 9:15", "11/13/2026 9:15"]) is Order.MONTH_FIRST
    assert guess(["3/11/2026 9:15", "13/11/2026 9:15"]) is Order.DAY_FIRST
    assert guess(["3/11/2026 9:15", "11/3/2026 9:15"]) is None
    assert guess(["13/11/2026 9:15", "11/13/2026 9:15"]) is None
    assert guess(["2026-11-03 9:15", ""]) is Order.MONTH_FIRST


def test_it_is_asked_only_where_the_year_does_not_come_first() -> None:
    assert needs_order(["2026-11-03 9:15", "3/11/2026 9:15"])
    assert not needs_order(["2026-11-03 9:15", "2026/3/11 9:15", "soon"])


def test_a_column_is_one_of_times_where_most_of_it_are() -> None:
    assert are_times(["11/3/2026 9:15", "", "soon", "11/4/2026 9:15"])
    assert not are_times(["North hallway", "11/3/2026 9:15"])
    assert not are_times([])
