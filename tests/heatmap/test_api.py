"""GET /api/v1/schools/{school}/heatmap."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.promises import promise
from tests.world import Cast, World, sign_in
from webapp.culture.vocabulary import TRAITS, Setting, Trait

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
AUTUMN = "from=2026-08-03&to=2027-01-03"


def _address(school: Cast, query: str) -> str:
    return f"/api/v1/schools/{school.school.id}/heatmap?{query}"


def _rows(client: FlaskClient, school: Cast, query: str) -> Any:
    answer = client.get(_address(school, query))
    assert answer.status_code == 200, answer.text
    return answer.json


def test_it_tells_heard_n_rate_and_limits_of_all_seven(client: FlaskClient, db: Session, world: World) -> None:
    ours = world.ours
    heard(db, ours.school, ours.places[2], ours.coach, NOON, Trait.INQUIRY)
    heard(db, ours.school, ours.places[2], ours.coach, NOON, times=28)
    found = _rows(sign_in(client, ours.principal), ours, f"rows=place&{AUTUMN}")
    (row,) = found["rows"]
    assert (row["key"], row["label"], found["total"]) == (str(ours.places[2].id), "Library", {"n": 29})
    assert [cell["trait"] for cell in row["cells"]] == [trait.word for trait in TRAITS]
    cell = row["cells"][2]
    assert (cell["heard"], cell["n"], cell["rate"]) == (1, 29, 1 / 29)
    assert (round(cell["low"], 4), round(cell["high"], 4)) == (0.0061, 0.1718)
    assert row["cells"][0]["low"] == 0.0


@pytest.mark.parametrize(
    ("rows", "keys"),
    [
        ("floor", ["1"]),
        ("setting", ["break", "team_meeting"]),
        ("kind", ["hallway", "lounge"]),
        ("week", ["2026-11-23", "2026-11-30"]),
        ("weekday", ["2", "7"]),
        ("hour", ["12", "23"]),
    ],
)
def test_keys_are_those_of_the_contract(
    client: FlaskClient, db: Session, world: World, rows: str, keys: list[str]
) -> None:
    ours = world.ours
    # New York is five hours behind: the second is on Sunday, 6 December, at 23:30.
    heard(db, ours.school, ours.places[0], ours.coach, NOON, setting=Setting.BREAK)
    late = datetime(2026, 12, 7, 4, 30, tzinfo=UTC)
    heard(db, ours.school, ours.places[1], ours.coach, late, setting=Setting.TEAM_MEETING)
    found = _rows(sign_in(client, ours.coach), ours, f"rows={rows}&{AUTUMN}")
    assert ([row["key"] for row in found["rows"]], found["total"]["n"]) == (keys, 2)


def test_both_days_are_of_the_period_in_the_schools_zone(client: FlaskClient, db: Session, world: World) -> None:
    ours = world.ours
    began = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    for off in (timedelta(seconds=-1), timedelta(0), timedelta(days=1, seconds=-1), timedelta(days=1)):
        heard(db, ours.school, ours.places[0], ours.coach, began + off)
    found = _rows(sign_in(client, ours.coach), ours, "rows=place&from=2026-11-24&to=2026-11-24")
    assert found["total"] == {"n": 2}


def test_without_a_day_it_is_the_last_thirty(client: FlaskClient, db: Session, world: World) -> None:
    ours = world.ours
    now = datetime.now(UTC)
    heard(db, ours.school, ours.places[0], ours.coach, now)
    heard(db, ours.school, ours.places[0], ours.coach, now - timedelta(days=40))
    sign_in(client, ours.coach)
    assert _rows(client, ours, "")["total"] == {"n": 1}
    assert _rows(client, ours, f"from={now.date() - timedelta(days=60)}")["total"] == {"n": 2}
    assert _rows(client, ours, f"to={now.date() - timedelta(days=35)}")["total"] == {"n": 1}


@promise("STATISTICS-3")
def test_places_come_in_their_order_whatever_was_heard(client: FlaskClient, db: Session, world: World) -> None:
    ours = world.ours
    for at in (4, 0, 2):
        heard(db, ours.school, ours.places[at], ours.coach, NOON, *TRAITS[: at + 1], times=at + 1)
    found = _rows(sign_in(client, ours.coach), ours, f"rows=place&{AUTUMN}")
    assert [row["label"] for row in found["rows"]] == ["North hallway", "Library", "Meeting room"]


@promise("STATISTICS-5")
def test_the_neighbours_observations_are_never_counted(client: FlaskClient, db: Session, world: World) -> None:
    theirs = world.neighbour
    heard(db, theirs.school, theirs.places[0], theirs.coach, NOON, times=7)
    assert _rows(sign_in(client, world.ours.coach), world.ours, AUTUMN) == {"rows": [], "total": {"n": 0}}


@pytest.mark.parametrize("who", ["teacher", "director"])
def test_another_role_is_refused(client: FlaskClient, world: World, who: str) -> None:
    person = world.director if who == "director" else world.ours.teacher
    answer = sign_in(client, person).get(_address(world.ours, AUTUMN))
    assert (answer.status_code, answer.content_type) == (403, "application/problem+json")


def test_another_school_looks_like_none(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.principal)
    theirs = client.get(_address(world.neighbour, AUTUMN))
    none = client.get(f"/api/v1/schools/{world.ours.principal.id}/heatmap")
    assert (theirs.status_code, theirs.data) == (none.status_code, none.data)
    assert theirs.status_code == 404


def test_signed_out_is_told_so(client: FlaskClient, world: World) -> None:
    assert client.get(_address(world.ours, AUTUMN)).status_code == 401


@pytest.mark.one_database
def test_another_method_is_refused(client: FlaskClient, world: World) -> None:
    assert sign_in(client, world.ours.principal).post(_address(world.ours, AUTUMN)).status_code == 405


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("rows=room", "rows"),
        ("rows=", "rows"),
        ("rows=place&rows=hour", "rows"),
        ("rows=%00", "rows"),
        ("from=2026-02-30", "from"),
        ("from=yesterday", "from"),
        ("from=20261124", "from"),
        ("from=1764000000", "from"),
        ("from=2026-11-24T00:00:00", "from"),
        ("to=", "to"),
        ("to=<b>", "to"),
        ("to=" + "9" * 500, "to"),
        ("to=10000-01-01", "to"),
        ("from=2026-11-25&to=2026-11-24", ""),
        ("setting=lunch", "setting"),
        ("kind=HALLWAY", "kind"),
        ("floor=first", "floor"),
        ("floor=%D9%A2", "floor"),
        ("observers=staff", "observers"),
        ("observers=admin", "observers"),
        ("compare=ever", "compare"),
        ("compare=year&from=0001-01-01&to=0001-02-01", "compare"),
    ],
)
def test_a_query_of_another_shape_is_told_where(client: FlaskClient, world: World, query: str, field: str) -> None:
    answer = sign_in(client, world.ours.principal).get(_address(world.ours, query))
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.json is not None
    assert [each["field"] for each in answer.json["errors"]] == [field]


def test_days_at_the_ends_of_the_calendar_are_days(client: FlaskClient, db: Session, world: World) -> None:
    ours = world.ours
    heard(db, ours.school, ours.places[0], ours.coach, NOON)
    sign_in(client, ours.principal)
    for rows in ("place", "week", "hour"):
        assert _rows(client, ours, f"rows={rows}&from=0001-01-01&to=9999-12-31")["total"] == {"n": 1}
    assert _rows(client, ours, f"to={date.min}")["total"] == {"n": 0}


def test_asking_twice_gives_the_same(client: FlaskClient, db: Session, world: World) -> None:
    ours = world.ours
    heard(db, ours.school, ours.places[0], ours.coach, NOON, Trait.ACTION, times=3)
    sign_in(client, ours.principal)
    assert client.get(_address(ours, AUTUMN)).data == client.get(_address(ours, AUTUMN)).data


def test_it_looks_at_a_part_and_compares(client: FlaskClient, db: Session, world: World) -> None:
    ours = world.ours
    for at, traits in ((NOON, (Trait.ACTION,)), (NOON - timedelta(days=30), ())):
        heard(db, ours.school, ours.places[0], ours.coach, at, *traits, setting=Setting.BREAK, times=20)
        heard(db, ours.school, ours.places[1], ours.coach, at, times=7)
    sign_in(client, ours.coach)
    november = "from=2026-11-01&to=2026-11-30&compare=before"
    for part in ("setting=break", "kind=hallway", "floor=1&kind=hallway"):
        found = _rows(client, ours, f"{november}&{part}")
        assert (found["total"], [row["label"] for row in found["rows"]]) == ({"n": 20}, ["North hallway"])
        cell = found["rows"][0]["cells"][6]
        assert (cell["before"], cell["change"], cell["rate"]) == ({"heard": 0, "n": 20}, "up", 1.0)
        assert 0.9 < cell["steadied"] < 1
    assert _rows(client, ours, f"{november}&floor=2")["rows"] == []
    assert {cell["before"] is None for cell in _rows(client, ours, AUTUMN)["rows"][0]["cells"]} == {True}
