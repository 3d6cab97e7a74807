"""What the address asks for, and what is said where it cannot be followed."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from webapp.culture.school_time import Period, SchoolYear, Term
from webapp.culture.vocabulary import Trait
from webapp.heatmap.view import Preset, View, day_said
from webapp.observing.tallies import Row

TODAY = date(2026, 11, 24)
AUTUMN = Term(date(2026, 8, 3), date(2027, 1, 3))
YEAR = SchoolYear(first=AUTUMN.first, last=date(2027, 8, 1), terms=(AUTUMN, Term(date(2027, 1, 4), date(2027, 8, 1))))

pytestmark = pytest.mark.one_database


@pytest.fixture(autouse=True)
def _in_some_language(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def read(year: SchoolYear = YEAR, week_start: int = 1, **said: str) -> View:
    parts = {name.rstrip("_"): value for name, value in said.items()}
    return View.read(parts, today=TODAY, year=year, week_start=week_start)


def test_at_first_it_is_places_and_this_term() -> None:
    view = read()
    assert (view.by, view.preset, view.period, view.cell, view.problems) == (Row.PLACE, Preset.TERM, AUTUMN, None, {})


@pytest.mark.parametrize("row", Row)
def test_every_sort_of_row_can_be_asked_for(row: Row) -> None:
    assert read(rows=row).by is row


def test_periods_that_have_a_name() -> None:
    assert read(period="week").period == Period(date(2026, 11, 23), date(2026, 11, 29))
    assert read(period="week", week_start=7).period == Period(date(2026, 11, 22), date(2026, 11, 28))
    assert read(period="30-days").period == Period(date(2026, 10, 26), TODAY)
    assert read(period="term").period == AUTUMN


def test_a_period_that_is_not_over_is_told_until_today_and_dates_of_ones_own_as_they_are() -> None:
    assert read(period="term").so_far(TODAY) == Period(AUTUMN.first, TODAY)
    assert read(period="30-days").so_far(TODAY) == Period(date(2026, 10, 26), TODAY)
    assert read(period="term").so_far(date(2027, 2, 1)) == AUTUMN
    ahead = read(from_="2026-11-01", to="2026-12-31")
    assert ahead.so_far(TODAY) == ahead.period


def test_a_year_without_terms_is_one() -> None:
    assert read(SchoolYear(first=YEAR.first, last=YEAR.last)).period == Period(YEAR.first, YEAR.last)


def test_dates_of_ones_own_need_no_name() -> None:
    for view in (read(period="dates", from_="2026-09-01", to="2026-09-30"), read(from_="2026-09-01", to="2026-09-30")):
        assert (view.preset, view.period) == (Preset.DATES, Period(date(2026, 9, 1), date(2026, 9, 30)))
        assert (view.typed, view.problems) == (("2026-09-01", "2026-09-30"), {})


@pytest.mark.parametrize(
    ("first", "last", "wrong"),
    [
        ("", "2026-09-30", {"from"}),
        ("2026-09-31", "2026-09-30", {"from"}),
        ("2026-09-01", "soon", {"to"}),
        ("20260901", "2026-W40-1", {"from", "to"}),
        ("2026-10-01", "2026-09-30", {"to"}),
        ("<b>", "٢٠٢٦-٠٩-٣٠", {"from", "to"}),
    ],
)
def test_days_that_are_none_are_told_at_their_field_and_kept(first: str, last: str, wrong: set[str]) -> None:
    view = read(period="dates", from_=first, to=last)
    assert (set(view.problems), view.typed, view.period) == (wrong, (first, last), AUTUMN)


@pytest.mark.parametrize(("name", "said"), [("rows", "rooms"), ("period", "ever"), ("rows", ""), ("period", "\x00")])
def test_a_word_that_is_not_known_gives_the_first_view_and_a_message(name: str, said: str) -> None:
    view = View.read({name: said}, today=TODAY, year=YEAR, week_start=1)
    assert (view.by, view.preset, set(view.problems)) == (Row.PLACE, Preset.TERM, {name})


def test_what_cannot_be_shown_is_not_repeated() -> None:
    view = read(period="dates", from_="a\x00b\u202e" + "c" * 100, to="2026-09-30")
    assert view.typed[0] == "ab" + "c" * 38 + "…"


def test_a_cell_is_a_row_and_a_trait() -> None:
    assert read(cell="2026-11-23,evidence").cell == ("2026-11-23", Trait.EVIDENCE)


@pytest.mark.parametrize("said", ["", ",", "evidence", ",evidence", "x,", "x,kindness", "x,evidence,y"])
def test_a_cell_that_cannot_be_is_told(said: str) -> None:
    view = read(cell=said)
    assert (view.cell, set(view.problems)) == (None, {"cell"})


def test_its_address_leads_to_it() -> None:
    for view in (read(), read(rows="hour", period="week"), read(from_="2026-09-01", to="2026-09-30", rows="kind")):
        again = View.read(view.address(), today=TODAY, year=YEAR, week_start=1)
        assert (again.by, again.preset, again.period) == (view.by, view.preset, view.period)


@pytest.mark.parametrize("said", ["2026-1-1", "2026-01-01 ", "+2026-01-01", "2026-01-01T00:00", "0000-01-01"])
def test_a_day_is_written_in_one_way_only(said: str) -> None:
    with pytest.raises(ValueError, match=r"day|year|month"):
        day_said(said)
