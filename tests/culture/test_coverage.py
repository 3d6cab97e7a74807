"""What is due by a school's plan: days that count, and how long nobody was there."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.promises import promise
from webapp.culture.coverage import USUAL_PLAN, Calendar, DayPeriod, Plan, Standing
from webapp.culture.school_time import SchoolYear, Term

# A holiday from 19 December to 3 January; 3 August 2026 is a Monday.
YEAR = SchoolYear(
    date(2026, 8, 3),
    date(2027, 6, 18),
    terms=(Term(date(2026, 8, 3), date(2026, 12, 18)), Term(date(2027, 1, 4), date(2027, 6, 18))),
)
WEEKLY = Plan(times=1, weeks=1)
days = st.dates(date(2026, 7, 1), date(2027, 8, 1))
plans = st.builds(
    Plan,
    st.integers(1, 20),
    st.integers(1, 12),
    st.frozensets(st.integers(1, 7), min_size=1),
    st.just(USUAL_PLAN.periods),
)


def standing(plan: Plan, today: date, last: date | None, recent: int = 0) -> tuple[Standing, int, int]:
    found = Calendar.of(plan, YEAR, today).quiet(recent=recent, last=last)
    return found.standing, found.days, found.weeks


@promise("STATISTICS-16")
@pytest.mark.parametrize(
    ("today", "last", "quiet_days", "quiet_weeks"),
    [
        (date(2026, 11, 24), date(2026, 11, 24), 0, 0),
        (date(2026, 11, 24), date(2026, 11, 23), 0, 0),
        (date(2026, 11, 24), date(2026, 11, 20), 1, 0),
        (date(2026, 11, 23), date(2026, 11, 20), 0, 0),
        (date(2026, 11, 23), date(2026, 11, 13), 5, 1),
        (date(2027, 1, 5), date(2026, 12, 18), 1, 0),
        (date(2027, 1, 5), date(2026, 12, 24), 1, 0),
        (date(2026, 8, 17), None, 10, 2),
        (date(2026, 8, 3), None, 0, 0),
    ],
)
def test_weekends_and_holidays_are_no_silence(
    today: date, last: date | None, quiet_days: int, quiet_weeks: int
) -> None:
    assert standing(USUAL_PLAN, today, last)[1:] == (quiet_days, quiet_weeks)


@promise("STATISTICS-16")
@pytest.mark.parametrize(
    ("today", "recent", "expected"),
    [
        (date(2026, 8, 6), 0, Standing.OPEN),
        (date(2026, 8, 6), 1, Standing.MET),
        (date(2026, 8, 7), 0, Standing.DUE),
        (date(2026, 12, 27), 0, Standing.DUE),
        (date(2026, 12, 27), 1, Standing.MET),
        (date(2026, 8, 2), 0, Standing.REST),
        (date(2027, 6, 19), 0, Standing.REST),
    ],
)
def test_nothing_is_due_before_the_plans_weeks_are_over_nor_outside_the_year(
    today: date, recent: int, expected: Standing
) -> None:
    assert standing(WEEKLY, today, None, recent)[0] is expected


@promise("STATISTICS-16")
@given(plans, days, st.none() | days)
def test_it_agrees_with_going_through_the_days_one_by_one(plan: Plan, today: date, last: date | None) -> None:
    last = min(last, today) if last else None
    calendar = Calendar.of(plan, YEAR, today)
    counting, silent, latest = 0, 0, []
    day = YEAR.first
    while day <= today:
        if any(day in term for term in YEAR.terms) and day.isoweekday() in plan.weekdays:
            counting += 1
            latest.append(day)
            silent += day < today and (last is None or day > last)
        day += timedelta(days=1)
    whole = counting >= plan.weeks * len(plan.weekdays)
    assert calendar.since == (latest[-plan.weeks * len(plan.weekdays) :][0] if whole else YEAR.first)
    found = calendar.quiet(recent=0, last=last)
    assert (found.days, found.weeks) == (silent, silent // len(plan.weekdays))
    inside = YEAR.first <= today <= YEAR.last
    assert found.standing is (Standing.REST if not inside else Standing.DUE if whole else Standing.OPEN)


def test_a_year_without_terms_is_one() -> None:
    year = SchoolYear(date(2026, 8, 3), date(2027, 6, 18))
    assert len(Calendar.of(USUAL_PLAN, year, date(2026, 8, 16)).so_far) == 10


@pytest.mark.parametrize(("begins", "ends"), [(-1, 5), (5, 5), (6, 5), (0, 1441)])
def test_a_period_that_is_no_part_of_a_day_is_refused(begins: int, ends: int) -> None:
    with pytest.raises(ValueError, match="no period"):
        DayPeriod(begins, ends, "Morning")


@pytest.mark.parametrize(
    "wrong",
    [
        {"times": 0},
        {"times": 21},
        {"weeks": 0},
        {"weeks": 13},
        {"weekdays": frozenset()},
        {"weekdays": frozenset({0})},
        {"weekdays": frozenset({8})},
        {"periods": ()},
        {"periods": tuple(DayPeriod(hour, hour + 1, str(hour)) for hour in range(9))},
        {"periods": (DayPeriod(0, 10, "One"), DayPeriod(9, 20, "Two"))},
        {"periods": (DayPeriod(10, 20, "Two"), DayPeriod(0, 10, "One"))},
    ],
)
def test_a_plan_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # each has its own words
        Plan(**wrong)  # type: ignore[arg-type]  # a plan of any kind is what is tried
