"""The rows of the map, in an order that no value changes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.promises import promise
from tests.world import Cast, World
from webapp.culture.bands import Change
from webapp.culture.school_time import Period
from webapp.culture.tally import NOTHING, Tally
from webapp.culture.vocabulary import Setting, Trait
from webapp.heatmap import grid
from webapp.heatmap.view import Against, View
from webapp.observing.only import ALL, GROUPS, Only
from webapp.observing.tallies import Row
from webapp.schools import places
from webapp.schools.models import School

AUTUMN = Period(date(2026, 8, 3), date(2027, 1, 3))
NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_english(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def rows(db: Session, school: School, by: Row) -> tuple[grid.Group, ...]:
    view = View.of(by, AUTUMN, only=ALL, against=None)
    return grid.rows(db, school, view, NOON, places.all_of(db, school))[0]


def labels(db: Session, ours: Cast, by: Row) -> list[str]:
    return [line.label for group in rows(db, ours.school, by) for line in group.lines]


@promise("STATISTICS-3")
def test_places_stand_floor_by_floor_listened_to_or_not(db: Session, world: World) -> None:
    ours = world.ours
    heard(db, ours.school, ours.places[4], ours.coach, NOON, Trait.ACTION, times=9)
    groups = rows(db, ours.school, Row.PLACE)
    assert [(group.name, [line.label for line in group.lines]) for group in groups] == [
        ("Floor 1", ["North hallway", "Teachers’ lounge", "Library"]),
        ("Floor 2", ["Second-floor classrooms", "Meeting room"]),
        ("Elsewhere", ["Yard"]),
    ]
    assert [line.n for group in groups for line in group.lines] == [0, 0, 0, 0, 9, 0]
    assert groups[0].lines[0].cells[0].tally == NOTHING


def test_a_place_put_away_is_there_only_for_what_was_heard_in_it(db: Session, world: World) -> None:
    ours = world.ours
    ours.places[0].archived = ours.places[1].archived = True
    heard(db, ours.school, ours.places[1], ours.coach, NOON)
    first = rows(db, ours.school, Row.PLACE)[0].lines
    assert [(line.label, line.heading.about) for line in first] == [("Teachers’ lounge", "put away"), ("Library", None)]


@promise("STATISTICS-3")
def test_settings_and_kinds_stand_in_the_order_of_the_wire(db: Session, world: World) -> None:
    ours = world.ours
    ours.places[2].archived = True
    heard(db, ours.school, ours.places[5], ours.coach, NOON, setting=Setting.OTHER)
    assert labels(db, ours, Row.SETTING)[0::5] == ["In passing", "Something else"]
    assert labels(db, ours, Row.KIND) == ["Hallway", "Lounge", "Meeting room", "Classrooms", "Outdoors"]


@pytest.mark.parametrize(
    ("week_start", "expected"), [(1, ["Nov 9", "Nov 16", "Nov 23"]), (7, ["Nov 8", "Nov 15", "Nov 22"])]
)
def test_weeks_run_from_the_first_listened_to_until_the_last(
    db: Session, world: World, week_start: int, expected: list[str]
) -> None:
    ours = world.ours
    ours.school.week_start = week_start
    for off in (0, 14):
        heard(db, ours.school, ours.places[0], ours.coach, NOON - timedelta(days=off))
    assert labels(db, ours, Row.WEEK) == expected


def test_weekdays_begin_with_the_schools_first_and_leave_out_a_silent_weekend(db: Session, world: World) -> None:
    ours = world.ours
    assert labels(db, ours, Row.WEEKDAY) == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    ours.school.week_start = 7
    heard(db, ours.school, ours.places[0], ours.coach, NOON - timedelta(days=2))
    assert labels(db, ours, Row.WEEKDAY)[:2] == ["Sunday", "Monday"]


def test_hours_run_from_the_first_listened_to_until_the_last(db: Session, world: World) -> None:
    ours = world.ours
    for off in (0, 2):
        heard(db, ours.school, ours.places[0], ours.coach, NOON + timedelta(hours=off))
    assert [label.replace("\u202f", " ") for label in labels(db, ours, Row.HOUR)] == ["12:00 PM", "1:00 PM", "2:00 PM"]


def test_without_observations_time_has_no_rows(db: Session, world: World) -> None:
    assert [labels(db, world.ours, by) for by in (Row.WEEK, Row.HOUR)] == [[], []]


@pytest.mark.parametrize(("n", "shade"), [(0, None), (4, None), (5, 3), (20, 3)])
def test_a_cell_has_a_colour_where_there_is_enough_to_say(db: Session, world: World, n: int, shade: int | None) -> None:
    ours = world.ours
    heard(db, ours.school, ours.places[0], ours.coach, NOON, Trait.EVIDENCE, times=n * 3 // 5)
    heard(db, ours.school, ours.places[0], ours.coach, NOON, times=n - n * 3 // 5)
    cell = rows(db, ours.school, Row.PLACE)[0].lines[0].cells[1]
    assert (cell.tally.n, cell.shade) == (n, shade)


def compared(db: Session, school: School, *, only: Only = ALL, by: Row = Row.PLACE) -> grid.Grid:
    view = View.of(by, Period(date(2026, 11, 1), date(2026, 11, 30)), only=only, against=Against.BEFORE)
    return grid.draw(db, school, view, NOON)


def test_an_arrow_stands_only_where_it_is_more_than_chance(db: Session, world: World) -> None:
    ours, before = world.ours, NOON - timedelta(days=30)
    for place, now_heard, then_heard, n in ((0, 18, 4, 20), (1, 9, 7, 20), (2, 4, 0, 4)):
        for at, times in ((NOON, now_heard), (before, then_heard)):
            heard(db, ours.school, ours.places[place], ours.coach, at, Trait.INQUIRY, times=times)
            heard(db, ours.school, ours.places[place], ours.coach, at, times=n - times)
    drawn = compared(db, ours.school)
    cells = [line.cells[2] for line in drawn.groups[0].lines]
    assert [cell.change for cell in cells] == [Change.UP, None, None]
    assert [cell.before for cell in cells] == [Tally(4, 20), Tally(7, 20), Tally(0, 4)]
    assert (drawn.changes, drawn.before) == (1, "Oct 2 – 31, 2026")
    assert cells[0].difference is not None
    assert 0.4 < cells[0].difference.low < 0.7 < cells[0].difference.high


def test_weeks_are_not_compared_with_other_weeks(db: Session, world: World) -> None:
    ours = world.ours
    heard(db, ours.school, ours.places[0], ours.coach, NOON, times=9)
    drawn = compared(db, ours.school, by=Row.WEEK)
    assert (drawn.view.earlier, drawn.before, drawn.changes) == (None, None, 0)
    assert drawn.groups[0].lines[0].cells[0].before is None


def test_the_colour_leans_towards_the_other_rows_and_the_number_does_not(db: Session, world: World) -> None:
    ours = world.ours
    for place in range(5):
        heard(db, ours.school, ours.places[place], ours.coach, NOON, Trait.ACTION, times=10)
        heard(db, ours.school, ours.places[place], ours.coach, NOON, times=30)
    heard(db, ours.school, ours.places[5], ours.coach, NOON, Trait.ACTION, times=5)
    yard = rows(db, ours.school, Row.PLACE)[-1].lines[0].cells[6]
    assert yard.tally.rate == 1.0
    assert 0.25 < yard.steadied < 0.75
    assert yard.shade is not None
    assert yard.shade < 5


def test_a_cell_that_stands_out_is_pointed_out_as_a_question(db: Session, world: World) -> None:
    ours = world.ours
    for place, times in enumerate((20, 22, 18, 20, 2)):
        heard(db, ours.school, ours.places[place], ours.coach, NOON, Trait.EVIDENCE, times=times)
        heard(db, ours.school, ours.places[place], ours.coach, NOON, times=40 - times)
    view, known = View.of(Row.PLACE, AUTUMN, only=ALL, against=None), places.all_of(db, ours.school)
    _groups, pointed = grid.rows(db, ours.school, view, NOON, known)
    assert [(each.line.label, each.cell.trait, each.cell.tally, each.others) for each in pointed] == [
        ("Meeting room", Trait.EVIDENCE, Tally(2, 40), Tally(80, 160))
    ]


def test_what_one_person_heard_is_never_looked_at_apart(db: Session, world: World) -> None:
    ours = world.ours
    heard(db, ours.school, ours.places[0], ours.coach, NOON, times=9)
    heard(db, ours.school, ours.places[0], ours.principal, NOON, times=3)
    for group in GROUPS:
        drawn = compared(db, ours.school, only=Only(observers=group))
        assert (drawn.sample.n, drawn.view.only, set(drawn.view.problems)) == (12, ALL, {"observers"})


def test_floors_stand_in_the_order_of_their_places(db: Session, world: World) -> None:
    assert labels(db, world.ours, Row.FLOOR) == ["Floor 1", "Floor 2", "Elsewhere"]
