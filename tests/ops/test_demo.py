"""`demo`: a school that looks lived in, plainly made up, and the same from the same seed."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.conftest import new_app
from tests.ops.commands import run
from tests.world import World
from webapp.culture.bands import Change, changed
from webapp.culture.disclosure import Conversation
from webapp.culture.school_time import Period, local_date
from webapp.culture.vocabulary import TRAITS, Role, Trait
from webapp.extensions import alembic
from webapp.extensions import db as database
from webapp.observing import conversations
from webapp.ops.demo_school.calendar import Calendar
from webapp.people.models import Person
from webapp.schools import floor_plans, next_steps, places
from webapp.schools.access import belongings
from webapp.schools.models import Membership, School
from webapp.schools.years import year_at
from webapp.trends import published
from webapp.trends.models import Closing

PASSWORD = "listen-in-demo"
SIGN_INS = {
    "principal": Role.ADMIN,
    "assistant": Role.ADMIN,
    "coach": Role.OBSERVER,
    "staff": Role.STAFF,
    "district": Role.DISTRICT_ADMIN,
}


def _demo(db: Session) -> School:
    return db.scalars(select(School).where(School.name == "Demo School")).one()


def _heard(db: Session, school: School) -> tuple[Conversation, ...]:
    today = local_date(datetime.now(UTC), school.zone)
    return conversations.within(db, school, Period(Calendar(today, 520).first, today))


def _made(file: Path, seed: str) -> list[list[tuple[object, ...]]]:
    """What the demo is on a database of its own."""
    app = new_app(f"sqlite:///{file}")
    with app.app_context():
        alembic.upgrade()
        run(app, "demo", "--observations", "300", "--seed", seed)
        return _everything(database.session)


def _everything(db: Session) -> list[list[tuple[object, ...]]]:
    """All that was made, but passwords, and when it was put down."""
    asked = (
        "SELECT id, name, revision FROM school ORDER BY id",
        "SELECT id, name, kind, floor, position FROM place ORDER BY id",
        "SELECT id, email, name, created_at FROM person ORDER BY id",
        "SELECT id, person_id, role FROM membership ORDER BY id",
        "SELECT id, observer_id, place_id, setting, heard, observed_at, note, received_at FROM observation ORDER BY id",
        "SELECT content, hash FROM publication ORDER BY number",
    )
    return [[tuple(row) for row in db.execute(text(each))] for each in asked]


def test_the_sign_ins_are_printed_and_let_each_role_in(app: Flask, client: FlaskClient) -> None:
    said = run(app, "demo", "--observations", "50")
    assert (said.code, said.err) == (0, [])
    assert said.out[:2] == ["Demo School is ready.", f"Sign in with the password {PASSWORD} as"]
    assert [line.split()[0] for line in said.out[2:]] == [f"{mark}@demo.example" for mark in SIGN_INS]
    for mark, role in SIGN_INS.items():
        answer = client.post("/api/v1/session", json={"email": f"{mark}@demo.example", "password": PASSWORD})
        assert [(each["name"], each["role"]) for each in answer.get_json()["schools"]] == [("Demo School", role)]


def test_another_password_can_be_set(make_app: Callable[..., Flask], client: FlaskClient) -> None:
    said = run(make_app(demo_password="a map and a kettle"), "demo", "--observations", "0")
    assert said.out[1] == "Sign in with the password a map and a kettle as"
    signs_in = {"email": "staff@demo.example", "password": "a map and a kettle"}
    assert client.post("/api/v1/session", json=signs_in).status_code == 200


def test_a_password_that_was_changed_since_is_not_told_wrongly(make_app: Callable[..., Flask]) -> None:
    run(make_app(demo_password="a map and a kettle"), "demo", "--observations", "0")
    said = run(make_app(), "demo", "--if-empty")
    assert said.out[0] == "Sign in with the password that was chosen for the demo as"


def test_the_school_has_fourteen_places_on_three_floors_and_outdoors_and_some_are_never_visited(
    app: Flask, db: Session
) -> None:
    run(app, "demo")
    school = _demo(db)
    building = places.all_of(db, school)
    assert len(building) == 14
    assert {place.floor for place in building} == {1, 2, 3, None}
    visited = {each.place for each in _heard(db, school)}
    assert {place.name for place in building if place.id not in visited} == {"Science workroom", "Bus loop"}
    # One floor shows what a plan is like; the others, that none is needed.
    assert set(floor_plans.all_of(db, school)) == {2}
    assert set(floor_plans.zones(db, school)) == {place.id for place in building if place.floor == 2}


def test_staff_see_windows_one_of_them_joined_and_what_the_next_step_changed(app: Flask, db: Session) -> None:
    run(app, "demo")
    school = _demo(db)
    shown = published.windows(db, school)
    assert [each.period.days for each in shown] == [28, 28, 56, 28, 28]
    waits = db.scalars(select(Closing.outcome).order_by(Closing.first_day)).all()
    assert waits.count("waits") == 1
    evidence = TRAITS.index(Trait.EVIDENCE)
    assert changed(shown[1].bands[evidence], shown[-1].bands[evidence]) is Change.UP
    assert published.chain_is_whole(db, school)


def test_what_the_team_tried_half_way_stands_on_the_charts_and_the_change_with_it(
    app: Flask, client: FlaskClient, db: Session
) -> None:
    run(app, "demo")
    school = _demo(db)
    steps = next_steps.all_of(db, school)
    assert {step.trait for step in steps} == {Trait.EVIDENCE, Trait.ACTION}
    assert {step.begins for step in steps} == {Calendar(local_date(datetime.now(UTC), school.zone), 26).turn}
    assert [step.trait for step in steps if step.outcome] == [Trait.ACTION]
    client.post("/api/v1/session", json={"email": "principal@demo.example", "password": PASSWORD})
    page = client.get("/heatmap/change").text
    evidence = page[page.index('id="evidence"') : page.index('id="inquiry"')]
    assert evidence.count("worth a look, no proof.") == 2
    assert 'class="step"' in evidence


def test_the_school_year_holds_all_of_it(app: Flask, db: Session) -> None:
    run(app, "demo", "--weeks", "60", "--observations", "100")
    school = _demo(db)
    today = local_date(datetime.now(UTC), school.zone)
    first = min(each.day for each in _heard(db, school))
    this, before = year_at(db, school, today), year_at(db, school, first)
    assert this.first <= today <= this.last
    assert before.first <= first <= before.last < this.first


def test_the_same_seed_makes_the_same_school_and_another_seed_another(tmp_path: Path) -> None:
    one, alike, other = (_made(tmp_path / name, seed) for name, seed in (("a", "7"), ("b", "7"), ("c", "8")))
    assert one == alike
    assert all(one)
    assert one[4] != other[4]


def test_as_many_schools_and_observations_as_are_asked_for(app: Flask, db: Session) -> None:
    said = run(app, "demo", "--schools", "3", "--observations", "100", "--weeks", "8")
    assert said.out[:3] == ["Demo School is ready.", "Demo School 2 is ready.", "Demo School 3 is ready."]
    schools = db.scalars(select(School).order_by(School.name)).all()
    assert [len(_heard(db, school)) for school in schools] == [34, 33, 33]
    assert len({school.district_id for school in schools}) == 1
    district = db.scalars(select(Person).where(Person.email == "district@demo.example")).one()
    assert len(belongings(db, district)) == 3
    coach = db.scalars(select(Person).where(Person.email == "coach.2@demo.example")).one()
    assert [each.school.name for each in belongings(db, coach)] == ["Demo School 2"]


def test_a_neighbour_is_left_untouched(app: Flask, db: Session, world: World) -> None:
    run(app, "demo", "--observations", "200")
    for cast in (world.ours, world.neighbour):
        assert (cast.school.revision, _heard(db, cast.school)) == (0, ())
        assert len(places.all_of(db, cast.school)) == len(cast.places)
        members = db.scalar(select(func.count()).where(Membership.school_id == cast.school.id))
        assert members == 3
    assert [each.school.name for each in belongings(db, world.director)] == ["Neighbour School", "Our School"]


def test_if_empty_does_nothing_where_there_is_a_school(app: Flask, db: Session, world: World) -> None:
    said = run(app, "demo", "--if-empty")
    assert (said.code, said.out) == (0, [])
    assert db.scalar(select(func.count()).select_from(School)) == 2


def test_if_empty_prints_the_sign_ins_again_where_the_demo_is(app: Flask, db: Session) -> None:
    first = run(app, "demo", "--if-empty", "--observations", "10")
    again = run(app, "demo", "--if-empty")
    assert (again.code, again.out) == (0, first.out[1:])
    assert _demo(db).revision == 10


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--schools", "0"), "Error: Invalid value for '--schools': 0 is not in the range 1<=x<=500."),
        (("--weeks", "1"), "Error: Invalid value for '--weeks': 1 is not in the range 2<=x<=520."),
        (("--observations", "many"), "Error: Invalid value for '--observations': 'many' is not a valid integer range."),
    ],
)
def test_bad_input_is_told_and_nothing_is_made(app: Flask, db: Session, words: tuple[str, ...], line: str) -> None:
    said = run(app, "demo", *words)
    assert (said.code, said.err[-1]) == (2, line)
    assert db.scalar(select(func.count()).select_from(School)) == 0


def test_twice_makes_no_second_demo(app: Flask, db: Session) -> None:
    run(app, "demo", "--observations", "10")
    said = run(app, "demo", "--observations", "10")
    assert (said.code, said.out) == (1, [])
    assert said.err == ["Error: The demo is there already; for another one begin with an empty database."]
    assert _demo(db).revision == 10
