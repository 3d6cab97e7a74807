"""Days, weeks, terms and clocks of a school."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.culture.school_time import (
    Period,
    SchoolYear,
    Term,
    day_bounds,
    default_school_year,
    filed_at,
    hour_of,
    last_30_days,
    local_date,
    offsets,
    this_term,
    this_week,
)

NEW_YORK = ZoneInfo("America/New_York")
# Ordinary ones; clocks that jump over midnight (Havana, Beirut, Gaza, Cairo, Asuncion); half an hour (Lord Howe);
# a suspension of a month (Casablanca); far from UTC (Apia, Kiritimati); a quarter (Kathmandu).
ZONES = [
    ZoneInfo(name)
    for name in (
        "America/New_York", "America/Chicago", "America/Los_Angeles", "America/Phoenix", "America/St_Johns",
        "America/Havana", "America/Asuncion", "Asia/Beirut", "Asia/Gaza", "Africa/Cairo", "Africa/Casablanca",
        "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "Asia/Kathmandu", "Europe/London", "UTC",
    )
]  # fmt: skip

zones = st.sampled_from(ZONES)
days = st.dates(date(2012, 1, 1), date(2037, 12, 30))
instants = st.integers(1325376000, 2145916800).map(lambda second: datetime.fromtimestamp(second, UTC))
week_starts = st.integers(1, 7)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text + "+00:00")


@given(instants, zones)
def test_an_instant_lies_within_its_local_day(instant: datetime, zone: ZoneInfo) -> None:
    start, end = day_bounds(local_date(instant, zone), zone)
    assert start <= instant < end


@given(days, zones)
@example(date(2023, 3, 12), ZoneInfo("America/Havana"))
@example(date(2023, 11, 5), ZoneInfo("America/Havana"))
@example(date(2016, 3, 26), ZoneInfo("Asia/Gaza"))
@example(date(2023, 3, 26), ZoneInfo("Asia/Beirut"))
def test_days_meet_exactly_where_the_local_date_changes(day: date, zone: ZoneInfo) -> None:
    start, end = day_bounds(day, zone)
    assert day_bounds(day + timedelta(days=1), zone)[0] == end
    assert local_date(start, zone) == local_date(end - timedelta(microseconds=1), zone) == day
    assert local_date(start - timedelta(microseconds=1), zone) == day - timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 8), "America/New_York", 23),
        (date(2026, 11, 1), "America/New_York", 25),
        (date(2026, 6, 1), "America/New_York", 24),
        (date(2026, 4, 5), "Australia/Lord_Howe", 24.5),
        (date(2011, 12, 30), "Pacific/Apia", 0),
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, zone: str, hours: float) -> None:
    start, end = day_bounds(day, ZoneInfo(zone))
    assert end - start == timedelta(hours=hours)


def test_a_day_whose_midnight_is_skipped_begins_where_the_clocks_land() -> None:
    # Toronto's clocks went from 23:30 on 30 March 1919 to 00:30 on the 31st.
    start, _ = day_bounds(date(1919, 3, 31), ZoneInfo("America/Toronto"))
    assert start.astimezone(ZoneInfo("America/Toronto")).isoformat() == "1919-03-31T00:30:00-04:00"


@pytest.mark.parametrize("day", [date.max, date.min])
def test_a_day_at_the_edge_of_the_calendar_is_refused(day: date) -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        day_bounds(day, ZoneInfo("Asia/Kathmandu"))


def test_an_instant_without_a_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="time zone"):
        local_date(datetime(2026, 1, 1), NEW_YORK)  # noqa: DTZ001 - without a zone is what is tested


def test_a_period_reaches_from_midnight_to_midnight() -> None:
    period = Period(date(2026, 10, 26), date(2026, 11, 1))
    assert period.bounds(NEW_YORK) == (utc("2026-10-26T04:00:00"), utc("2026-11-02T05:00:00"))
    assert period.days == 7
    assert [date(2026, 11, day) in period for day in (1, 2)] == [True, False]
    assert [date(2026, 10, day) in period for day in (25, 26)] == [False, True]


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Period(date(2026, 2, 2), date(2026, 2, 1))


@given(days, week_starts)
def test_this_week_is_seven_days_from_the_schools_first(today: date, week_start: int) -> None:
    week = this_week(today, week_start)
    assert today in week
    assert week.days == 7
    assert week.first.isoweekday() == week_start


def test_the_last_30_days_end_today() -> None:
    assert last_30_days(date(2026, 3, 1)) == Period(date(2026, 1, 31), date(2026, 3, 1))
    assert last_30_days(date(2026, 3, 1)).days == 30


FALL, SPRING = Term(date(2026, 8, 24), date(2026, 12, 18)), Term(date(2027, 1, 4), date(2027, 6, 11))


@pytest.mark.parametrize(
    ("today", "term"),
    [
        (date(2026, 8, 23), None),
        (date(2026, 8, 24), FALL),
        (date(2026, 12, 18), FALL),
        (date(2026, 12, 25), FALL),
        (date(2027, 1, 4), SPRING),
        (date(2027, 7, 4), SPRING),
    ],
)
def test_in_the_holidays_this_term_is_the_one_before(today: date, term: Term | None) -> None:
    assert this_term(today, (FALL, SPRING)) == term


def test_without_terms_there_is_no_term() -> None:
    assert this_term(date(2026, 9, 1), ()) is None


@pytest.mark.parametrize(
    ("first", "last", "window_weeks", "terms", "problem"),
    [
        (date(2027, 1, 1), date(2026, 1, 1), 4, (), "cannot end"),
        (date(2026, 8, 3), date(2027, 8, 1), 3, (), "two or four weeks"),
        (date(2026, 9, 3), date(2027, 8, 1), 4, (FALL,), "not within"),
        (date(2026, 8, 3), date(2027, 6, 1), 4, (FALL, SPRING), "not within"),
        (date(2026, 8, 3), date(2027, 8, 1), 4, (SPRING, FALL), "begins before"),
        (date(2026, 8, 3), date(2027, 8, 1), 4, (FALL, Term(FALL.last, SPRING.last)), "begins before"),
    ],
)
def test_a_school_year_that_cannot_be_is_refused(
    first: date, last: date, window_weeks: int, terms: tuple[Term, ...], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        SchoolYear(first, last, window_weeks, terms)


@given(days)
def test_the_default_school_year_is_whole_weeks_around_today(today: date) -> None:
    year = default_school_year(today)
    assert year.first <= today <= year.last
    assert year.first.month == 8
    assert year.first.isoweekday() == 1
    assert year.last.isoweekday() == 7
    assert [term.first for term in year.terms][0] == year.first
    assert year.terms[0].last + timedelta(days=1) == year.terms[1].first
    assert year.terms[1].last == year.last


@given(days)
def test_default_school_years_follow_on_one_another(today: date) -> None:
    year = default_school_year(today)
    assert default_school_year(year.last + timedelta(days=1)).first == year.last + timedelta(days=1)


def test_offsets_change_at_the_exact_second() -> None:
    assert offsets(NEW_YORK, utc("2026-01-01T00:00:00"), utc("2027-01-01T00:00:00")) == [
        (utc("2026-01-01T00:00:00"), -18000),
        (utc("2026-03-08T07:00:00"), -14400),
        (utc("2026-11-01T06:00:00"), -18000),
    ]


def test_a_change_at_the_start_is_in_the_first_offset_and_one_at_the_end_is_left_out() -> None:
    change = utc("2026-03-08T07:00:00")
    assert offsets(NEW_YORK, change, utc("2026-03-09T00:00:00")) == [(change, -14400)]
    assert offsets(NEW_YORK, utc("2026-03-08T06:59:59"), change) == [(utc("2026-03-08T06:59:59"), -18000)]
    assert offsets(NEW_YORK, change, change) == [(change, -14400)]


@given(instants, st.integers(0, 800 * 86400), zones)
def test_local_time_is_integer_arithmetic_over_the_offsets(start: datetime, seconds: int, zone: ZoneInfo) -> None:
    some = start + timedelta(seconds=seconds)
    _, offset = offsets(zone, start, some + timedelta(seconds=1))[-1]
    local = int(some.timestamp()) + offset
    expected = some.astimezone(zone)
    assert local // 3600 % 24 == expected.hour
    assert date(1970, 1, 1) + timedelta(days=local // 86400) == expected.date()


@given(zones)
def test_offsets_miss_no_change_in_twenty_years(zone: ZoneInfo) -> None:
    start = utc("2012-01-01T00:00:00")
    found = offsets(zone, start, utc("2032-01-01T00:00:00"))
    at, seen = start, [found[0][1]]
    while at < utc("2032-01-01T00:00:00"):
        at += timedelta(hours=6)
        offset = int(at.astimezone(zone).utcoffset().total_seconds())  # type: ignore[union-attr]  # a ZoneInfo always has one
        if offset != seen[-1]:
            seen.append(offset)
    assert [offset for _, offset in found] == seen


def test_offsets_of_a_range_that_runs_backwards_are_refused() -> None:
    with pytest.raises(ValueError, match="comes before"):
        offsets(NEW_YORK, utc("2026-01-02T00:00:00"), utc("2026-01-01T00:00:00"))


SENT = utc("2026-11-24T15:00:00")


@pytest.mark.parametrize("skew", [timedelta(), timedelta(minutes=2), timedelta(minutes=-2)])
def test_a_clock_within_two_minutes_is_taken_at_its_word(skew: timedelta) -> None:
    said = utc("2026-11-24T14:00:00")
    assert filed_at(said, SENT + skew, SENT) == said


@pytest.mark.parametrize("skew", [timedelta(minutes=2, seconds=1), timedelta(hours=1), timedelta(days=-1)])
def test_a_clock_further_off_is_put_right(skew: timedelta) -> None:
    truly = utc("2026-11-24T14:00:00")
    assert filed_at(truly + skew, SENT + skew, SENT) == truly


def test_what_is_filed_is_in_utc() -> None:
    said = datetime.fromisoformat("2026-11-24T09:00:00-05:00")
    assert filed_at(said, SENT, SENT).isoformat() == "2026-11-24T14:00:00+00:00"


@pytest.mark.parametrize(
    ("said", "phone_clock"),
    [
        ("9999-12-31T23:59:59+00:00", SENT - timedelta(days=1)),
        ("0001-01-01T00:00:00+00:00", SENT + timedelta(days=1)),
        ("0001-01-01T00:00:00+14:00", SENT),
    ],
)
def test_an_instant_outside_the_calendar_is_refused(said: str, phone_clock: datetime) -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        filed_at(datetime.fromisoformat(said), phone_clock, SENT)


@pytest.mark.parametrize("naive", [0, 1, 2])
def test_a_clock_without_a_zone_is_refused(naive: int) -> None:
    clocks = [SENT, SENT, SENT]
    clocks[naive] = SENT.replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        filed_at(*clocks)


@pytest.mark.parametrize(
    ("zone", "said", "begins"),
    [
        ("America/New_York", "2026-11-24T14:59:59", "2026-11-24T14:00:00"),
        ("America/New_York", "2026-11-24T14:00:00", "2026-11-24T14:00:00"),
        # The hour that comes twice is two hours.
        ("America/New_York", "2026-11-01T05:30:00", "2026-11-01T05:00:00"),
        ("America/New_York", "2026-11-01T06:30:00", "2026-11-01T06:00:00"),
        ("Asia/Kolkata", "2026-11-24T14:40:00", "2026-11-24T14:30:00"),
        ("Asia/Kathmandu", "2026-11-24T14:10:00", "2026-11-24T13:15:00"),
        # Clocks go half an hour on at 2:00, and so from 1:59 to 2:30: what is left of the hour begins there.
        ("Australia/Lord_Howe", "2026-10-03T15:45:00", "2026-10-03T15:30:00"),
    ],
)
def test_an_hour_is_the_schools_own(zone: str, said: str, begins: str) -> None:
    assert hour_of(utc(said), ZoneInfo(zone)) == utc(begins)


def test_an_instant_without_a_zone_has_no_hour() -> None:
    with pytest.raises(ValueError, match="time zone"):
        hour_of(SENT.replace(tzinfo=None), NEW_YORK)
