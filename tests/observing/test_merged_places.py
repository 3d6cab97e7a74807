"""What phones still say of a place that was merged meanwhile."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.at_once import at_once
from tests.observing.phone import deletion, put, read, results, send, statuses
from tests.observing.plain_form import of
from tests.promises import promise
from tests.world import World, sign_in
from webapp.extensions import db as database
from webapp.schools import merging
from webapp.schools.models import Place, School
from webapp.schools.writing import take_turn


def merge(session: Session, world: World) -> None:
    """North hallway becomes part of the library, as the administrator's page does it."""
    school = session.get_one(School, world.ours.school.id)
    take_turn(session, school)
    place, into = (session.get_one(Place, world.ours.places[number].id) for number in (0, 2))
    merging.merge(session, school, place, into, now=datetime.now(UTC))
    session.commit()


@pytest.fixture
def phone(client: FlaskClient, world: World) -> FlaskClient:
    return sign_in(client, world.ours.coach)


def places_of(db: Session, world: World) -> list[tuple[str, int]]:
    # Else SQLite shows what was there when this session last began to read.
    db.rollback()
    names = {place.id: place.name for place in world.ours.places}
    return [(names[each.place_id], each.revision) for each in of(world.ours.school, db)]


@promise("SYNC-4")
def test_what_waited_for_it_is_filed_under_the_place_that_is_left_once(
    phone: FlaskClient, db: Session, world: World
) -> None:
    merge(db, world)
    late = put(world.ours)
    assert statuses(send(phone, world.ours.coach, late)) == ["applied"]
    assert statuses(send(phone, world.ours.coach, late)) == ["unchanged"]
    assert places_of(db, world) == [("Library", 1)]


@promise("SYNC-4")
def test_what_came_before_and_comes_again_is_known(phone: FlaskClient, db: Session, world: World) -> None:
    said = [put(world.ours) for _ in range(3)]
    results(send(phone, world.ours.coach, *said))
    merge(db, world)
    again = results(send(phone, world.ours.coach, *said))
    assert [(each["status"], each["revision"]) for each in again] == [("unchanged", n) for n in (1, 2, 3)]
    assert places_of(db, world) == [("Library", n) for n in (4, 5, 6)]
    told = read(phone, world.ours, since="3").get_json()["changes"]
    assert [each["id"] for each in told] == [each["id"] for each in said]


@promise("SYNC-6")
def test_an_edit_that_waited_knew_all_that_anybody_said_and_is_no_conflict(
    phone: FlaskClient, db: Session, world: World
) -> None:
    first, second, third = (put(world.ours) for _ in range(3))
    results(send(phone, world.ours.coach, first, second, third, second | {"base": 2, "heard": ["personal"]}))
    merge(db, world)
    waited = [
        first | {"base": 1, "heard": []},
        second | {"base": 4, "heard": ["inquiry"]},
        deletion(third, 3),
    ]
    assert statuses(send(phone, world.ours.coach, *waited)) == ["applied"] * 3
    assert statuses(send(phone, world.ours.coach, *waited)) == ["unchanged"] * 3
    assert places_of(db, world) == [("Library", 8), ("Library", 9)]


def test_an_edit_from_before_somebody_elses_is_still_a_conflict(phone: FlaskClient, db: Session, world: World) -> None:
    said = put(world.ours)
    results(send(phone, world.ours.coach, said, said | {"base": 1, "heard": ["personal"]}))
    merge(db, world)
    (result,) = results(send(phone, world.ours.coach, said | {"base": 1, "heard": ["inquiry"]}))
    assert (result["status"], result["current"]["revision"]) == ("conflict", 3)
    assert (result["current"]["place"], result["current"]["heard"]) == (str(world.ours.places[2].id), ["personal"])


@promise("SYNC-7")
def test_nothing_is_filed_under_a_place_while_it_is_merged(app: Flask, db: Session, world: World) -> None:
    """Recording and merging hold the school's row one after the other: no revision is given twice, nothing is left."""
    phones = [sign_in(app.test_client(), world.ours.coach) for _ in range(4)]
    changes = [[put(world.ours) for _ in range(5)] for _phone in phones]
    coach = world.ours.coach

    def sends(number: int) -> Any:
        return lambda: statuses(send(phones[number], coach, *changes[number]))

    found = at_once(app, *[sends(number) for number in range(4)], lambda: merge(database.session, world))
    assert found[:4] == [["applied"] * 5] * 4
    assert {place for place, _revision in places_of(db, world)} == {"Library"}
    feed = read(phones[0], world.ours).get_json()["changes"]
    assert len({each["revision"] for each in feed}) == 20
    school = db.get_one(School, world.ours.school.id, populate_existing=True)
    assert max(each["revision"] for each in feed) == school.revision
