"""Every count of one school is read from the index of counts alone; a district is read from its schools' weeks."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from tests.world import Cast, World
from webapp.culture.coverage import USUAL_DAY
from webapp.culture.school_time import Period
from webapp.culture.vocabulary import TRAITS, PlaceKind, Role, Setting
from webapp.extensions import new_id
from webapp.observing import district_weeks, tallies
from webapp.observing.models import Observation, SchoolWeek
from webapp.observing.only import ALL, Only
from webapp.observing.tallies import Row
from webapp.schools.models import District, School

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
AUTUMN = Period(date(2026, 8, 3), date(2027, 1, 3))
NARROWED = (
    ALL,
    Only(setting=Setting.PASSING),
    Only(kind=PlaceKind.HALLWAY),
    Only(floor="1"),
    Only(observers=Role.OBSERVER),
    Only(Setting.PASSING, PlaceKind.HALLWAY, "1", Role.OBSERVER),
)


@pytest.fixture
def many(db: Session, world: World) -> World:
    """Rows enough for a planner to have a reason: some of ours, and eight times as many of the neighbour."""
    for cast, times in ((world.ours, 1500), (world.neighbour, 12_000)):
        db.execute(insert(Observation), [_observation(cast, number) for number in range(times)])
    others = District(id=new_id(), name="Another District")
    db.add(others)
    db.flush()
    elsewhere = [
        {"id": new_id(), "district_id": others.id, "name": f"School {n}", "timezone": "UTC"} for n in range(60)
    ]
    db.execute(insert(School), elsewhere)
    for school in [world.ours.school.id, world.neighbour.school.id, *(each["id"] for each in elsewhere)]:
        db.execute(insert(SchoolWeek), [_week(school, number) for number in range(100)])
    db.commit()
    command = "ANALYZE" if db.get_bind().dialect.name == "sqlite" else "VACUUM (ANALYZE)"
    engine: Any = db.get_bind()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(command))
    return world


def test_every_count_of_a_school_is_answered_by_the_index_alone(db: Session, many: World) -> None:
    ours = many.ours.school
    asked: dict[str, Callable[[], object]] = {
        **{
            f"{by} of {only}": partial(tallies.count, db, ours, by=by, period=AUTUMN, only=only)
            for by in Row
            for only in NARROWED
        },
        **{f"sample of {only}": partial(tallies.sample, db, ours, AUTUMN, only) for only in NARROWED},
        **{f"days of {only}": partial(tallies.by_day, db, ours, AUTUMN, only) for only in NARROWED},
        **{f"weeks of places of {only}": partial(tallies.weekly, db, ours, AUTUMN, only) for only in NARROWED},
        "all days": lambda: tallies.by_day(db, ours, None),
        "groups": lambda: tallies.may_part_observers(db, ours, AUTUMN, ALL),
        "from when to when": lambda: tallies.listened(db, ours),
        "slots": lambda: tallies.slots(
            db, ours, period=AUTUMN, day_periods=USUAL_DAY, shown_since=AUTUMN.first, recent_since=AUTUMN.last
        ),
    }
    for name, ask in asked.items():
        read = [line for line in _plan(db, ask) if _scans(line, "observation")]
        assert read, name
        for line in read:
            assert "COVERING INDEX ix_observation_tally" in line or "Index Only Scan" in line, (name, line)
            assert "using ix_observation_tally" in line.replace("INDEX ix", "using ix"), (name, line)


@pytest.mark.parametrize("trait", [None, TRAITS[0]], ids=["by trait", "by week"])
def test_a_district_is_read_from_the_weeks_of_its_schools_by_their_key(db: Session, many: World, trait: Any) -> None:
    ours, first = many.ours.district, date(2026, 1, 5)
    plan = _plan(
        db,
        lambda: district_weeks.by_week(db, ours, first, trait) if trait else district_weeks.by_school(db, ours, first),
    )
    read = [line for line in plan if _scans(line, "school_week")]
    assert read
    assert all("pk_school_week" in line or "USING INDEX sqlite_autoindex_school_week_1" in line for line in read), read
    assert not any(_scans(line, "observation") for line in plan)


def _observation(cast: Cast, number: int) -> dict[str, Any]:
    at = NOON - timedelta(hours=2 * number)
    return {
        "id": new_id(),
        "school_id": cast.school.id,
        "observer_id": (cast.coach, cast.principal)[number % 2].id,
        "place_id": cast.places[number % 6].id,
        "setting_code": number % 6,
        "heard": number % 128,
        "observed_at": at,
        "said_at": at.isoformat(timespec="seconds"),
        "revision": number + 1,
        "received_at": at,
        "changed_at": at,
    }


def _week(school: Any, number: int) -> dict[str, Any]:
    monday = date(2026, 11, 23) - timedelta(weeks=number)
    return {"school_id": school, "monday": monday, "n": 9, **{trait.word: 3 for trait in TRAITS}}


def _scans(line: str, table: str) -> bool:
    """Whether this line of a plan reads the table; SQLite says so at its beginning, PostgreSQL within it."""
    words = line.replace("->", " ").split()
    return words[:2] in (["SEARCH", table], ["SCAN", table]) or f" on {table} " in f"{line} "


def _plan(db: Session, ask: Callable[[], object]) -> list[str]:
    """How the database answers all that is asked."""
    return [line for statement, parameters in _sent(db, ask) for line in _explained(db, statement, parameters)]


def _explained(db: Session, statement: str, parameters: Any) -> Iterator[str]:
    connection = db.connection()
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    for line in connection.exec_driver_sql(f"{explain} {statement}", parameters).all():
        yield str(line[-1])


def _sent(db: Session, ask: Callable[[], object]) -> list[tuple[str, Any]]:
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    engine = db.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sent
