"""What the address asks for, and what is said where it cannot be followed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask

from webapp.culture.school_time import Period, SchoolYear, Term
from webapp.culture.vocabulary import PlaceKind, Role, Setting, Trait
from webapp.heatmap.view import Preset, View, day_said
from webapp.observing.only import ALL, Only
from webapp.observing.tallies import Row

TODAY = date(2026, 11, 24)
AUTUMN = Term(date(2026, 8, 3), date(2027, 1, 3))
YEAR = SchoolYear(first=AUTUMN.first, last=date(2027, 8, 1), terms=(AUTUMN, Term(date(2027, 1, 4), date(2027, 8, 1))))
SPRING = Term(date(2026, 1, 5), date(2026, 6, 12))
LAST_YEAR = SchoolYear(first=date(2025, 8, 4), last=date(2026, 8, 2), terms=(SPRING,))

pytestmark = pytest.mark.one_database


@pytest.fixture(autouse=True)
def _in_some_language(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def read(year: SchoolYear = YEAR, week_start: int = 1, **said: str) -> View:
    return at({name.rstrip("_"): value for name, value in said.items()}, year, week_start)


def at(parts: Mapping[str, str], year: SchoolYear = YEAR, week_start: int = 1) -> View:
    return View.read(parts, today=TODAY, year=year, last_year=lambda: LAST_YEAR, week_start=week_start)


def test_at_first_it_is_places_and_this_term() -> None:
    view = read()
    assert (view.by, view.preset, view.period, view.cell, view.problems) == (Row.PLACE, Preset.TERM, AUTUMN, None, {})


@pytest.mark.parametrize("row", Row)
def test_every_sort_of_row_can_be_asked_for(row: Row) -> None:
    assert read(rows=row).by is row


def test_the_school_year_is_a_period_compared_with_the_year_before() -> None:
    view = read(period="year", compare="before")
    assert (view.period, view.so_far(TODAY)) == (Period(YEAR.first, YEAR.last), Period(YEAR.first, TODAY))
    assert view.earlier == Period(LAST_YEAR.first, LAST_YEAR.last)
    assert view.address()["period"] == "year"


def test_a_page_may_have_another_period_at_first() -> None:
    def usual(**said: str) -> View:
        known: dict[str, Any] = {"today": TODAY, "year": YEAR, "last_year": lambda: LAST_YEAR, "week_start": 1}
        return View.read({name.rstrip("_"): value for name, value in said.items()}, usual=Preset.YEAR, **known)

    assert (usual().preset, usual(period="ever").preset, usual(period="term").preset) == (
        Preset.YEAR, Preset.YEAR, Preset.TERM,
    )  # fmt: skip
    assert usual(from_="2026-03-02", to="x").period == Period(YEAR.first, YEAR.last)


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


@pytest.mark.parametrize(("name", "said"), [("rows", "rooms"), ("period", "ever"), ("period", "\x00")])
def test_a_word_that_is_not_known_gives_the_first_view_and_a_message(name: str, said: str) -> None:
    view = at({name: said})
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
    narrow = {"setting": "break", "kind": "lounge", "floor": "-1", "observers": "observer", "compare": "year"}
    for view in (
        read(),
        read(rows="hour", period="week"),
        read(from_="2026-09-01", to="2026-09-30", rows="kind"),
        at(narrow),
    ):
        again = at(view.address())
        assert again == replace(view, cell=None)


@pytest.mark.parametrize("said", ["2026-1-1", "2026-01-01 ", "+2026-01-01", "2026-01-01T00:00", "0000-01-01"])
def test_a_day_is_written_in_one_way_only(said: str) -> None:
    with pytest.raises(ValueError, match=r"day|year|month"):
        day_said(said)


def test_it_looks_at_one_setting_kind_floor_and_group_of_observers() -> None:
    view = read(setting="one_to_one", kind="office", floor="02", observers="admin")
    assert view.only == Only(Setting.ONE_TO_ONE, PlaceKind.OFFICE, "2", Role.ADMIN)
    assert read(floor="elsewhere").only == Only(floor="elsewhere")
    # What a form leaves at “all” stands in the address, and says nothing.
    assert read(setting="", kind="", floor="", observers="", compare="").only == ALL


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("setting", "lunch"),
        ("kind", "Hallway"),
        ("floor", "second"),
        ("floor", "123"),
        ("floor", "٢"),
        ("observers", "staff"),
        ("observers", "0198"),
        ("compare", "ever"),
    ],
)
def test_a_choice_that_is_none_is_told_and_all_is_shown(name: str, said: str) -> None:
    view = at({name: said})
    assert (set(view.problems), view.only, view.against) == ({name}, ALL, None)
    assert said in view.problems[name]


@pytest.mark.parametrize(
    ("period", "before", "year"),
    [
        ("week", (date(2026, 11, 16), date(2026, 11, 22)), (date(2025, 11, 24), date(2025, 11, 25))),
        ("30-days", (date(2026, 9, 26), date(2026, 10, 25)), (date(2025, 10, 27), date(2025, 11, 25))),
        # The term before ended in June, and this one has come to today.
        ("term", (SPRING.first, SPRING.last), (date(2025, 8, 4), date(2025, 11, 25))),
    ],
)
def test_a_period_is_compared_with_the_one_before_or_with_last_year(
    period: str, before: tuple[date, date], year: tuple[date, date]
) -> None:
    assert read(period=period).earlier is None
    for against, days in (("before", before), ("year", year)):
        earlier = read(period=period, compare=against).earlier
        assert earlier is not None
        assert (earlier.first, earlier.last) == days


def test_dates_of_ones_own_are_compared_with_as_many_days_before() -> None:
    view = read(from_="2026-09-01", to="2026-09-30", compare="before")
    assert view.earlier == Period(date(2026, 8, 2), date(2026, 8, 31))


def test_the_calendar_has_a_beginning() -> None:
    for against in ("before", "year"):
        view = read(from_="0001-01-05", to="0001-03-01", compare=against)
        assert (view.earlier, set(view.problems)) == (None, {"compare"})
