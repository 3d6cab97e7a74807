"""`create-admin`: somebody who installs the program gets the first administrator in."""

from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.conftest import new_app
from tests.ops.commands import run
from tests.world import World, sign_in
from webapp.culture.vocabulary import Role
from webapp.people import passwords
from webapp.people.models import Person, SignIn, SignInLink
from webapp.schools.access import belongings
from webapp.schools.models import District, School

PASSWORD = "a kettle, a window, a map"


def _person(db: Session, email: str) -> Person:
    return db.scalars(select(Person).where(Person.email == email)).one()


def _count(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


def test_the_first_administrator_gets_a_school_and_a_link_that_signs_in(
    app: Flask, db: Session, client: FlaskClient
) -> None:
    said = run(app, "create-admin", "Head@North.example", "--school", "North School", "--timezone", "America/Chicago")
    assert (said.code, said.err) == (0, [])
    assert said.out[0] == "head@north.example is an administrator of North School (time zone America/Chicago)."
    assert said.out[1] == "This link signs in once, within 7 days:"
    path = urlsplit(said.out[2]).path
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 303
    mine = belongings(db, _person(db, "head@north.example"))
    assert [(each.school.name, each.role) for each in mine] == [("North School", Role.ADMIN)]


def test_the_link_has_the_address_that_people_open(app: Flask) -> None:
    there = new_app(app.config["SETTINGS"].database_url, base_url="https://listen.example.org")
    said = run(there, "create-admin", "head@north.example", "--school", "North School")
    assert said.out[2].startswith("https://listen.example.org/")


def test_a_new_school_stands_in_a_district_of_its_name_or_of_the_one_that_is_said(app: Flask, db: Session) -> None:
    run(app, "create-admin", "a@one.example", "--school", "One")
    run(app, "create-admin", "a@two.example", "--school", "Two", "--district", "One")
    assert db.scalars(select(District.name)).all() == ["One"]
    assert _count(db, School) == 2


def test_with_a_password_on_the_standard_input_there_is_no_link(app: Flask, db: Session) -> None:
    said = run(
        app, "create-admin", "head@north.example", "--school", "North School", "--password-stdin", typed=f"{PASSWORD}\n"
    )
    assert (said.code, len(said.out)) == (0, 1)
    assert passwords.matches(_person(db, "head@north.example").password_hash, PASSWORD)
    assert _count(db, SignInLink) == 0


def test_somebody_who_is_there_becomes_an_administrator_and_must_prove_it_anew(
    app: Flask, db: Session, world: World, client: FlaskClient
) -> None:
    sign_in(client, world.ours.coach)
    said = run(app, "create-admin", world.ours.coach.email, "--school", world.ours.school.name)
    assert said.code == 0
    assert [each.role for each in belongings(db, world.ours.coach)] == [Role.ADMIN]
    assert db.scalars(select(SignIn).where(SignIn.person_id == world.ours.coach.id)).all() == []
    assert client.get("/api/v1/session").status_code == 401


def test_no_other_school_and_nobody_else_is_touched(app: Flask, db: Session, world: World) -> None:
    before = {person.id: person.password_hash for person in db.scalars(select(Person))}
    run(app, "create-admin", "new@ours.example", "--school", world.ours.school.name)
    assert {person.id: person.password_hash for person in db.scalars(select(Person)) if person.id in before} == before
    neighbours = [world.neighbour.principal, world.neighbour.coach, world.neighbour.teacher]
    assert [belongings(db, each)[0].role for each in neighbours] == [Role.ADMIN, Role.OBSERVER, Role.STAFF]


@pytest.mark.parametrize(
    ("words", "typed", "line"),
    [
        (("head", "--school", "N"), "", "Error: 'head' is no e-mail address; it looks like name@school.example"),
        (("a@b", "--school", "N"), "", "Error: 'a@b' is no e-mail address; it looks like name@school.example"),
        (("a@b.example", "--school", "  "), "", "Error: --school: It needs a name."),
        (("a@b.example", "--school", "x" * 121), "", "Error: --school: Shorten it to 120 characters."),
        (
            ("a@b.example", "--school", "<b>N</b>"), "",
            "Error: --school: This looks like HTML. Use plain words, without < before a letter.",
        ),
        (
            ("a@b.example", "--school", "N\x07"), "",
            "Error: --school: This has a character that cannot be shown. Type it anew.",
        ),
        (
            ("a@b.example", "--school", "N", "--timezone", "Mars/Olympus"), "",
            "Error: --timezone: 'Mars/Olympus' is no time zone; it looks like America/Chicago",
        ),
        (
            ("a@b.example", "--school", "N", "--password-stdin"), "short\n",
            "Error: The password on the standard input: Use at least 10 characters."
            " A few words in a row are easy to keep in mind.",
        ),
    ],
)  # fmt: skip
def test_bad_input_ends_with_2_and_one_line_and_stores_nothing(
    app: Flask, db: Session, words: tuple[str, ...], typed: str, line: str
) -> None:
    said = run(app, "create-admin", *words, typed=typed)
    assert (said.code, said.out, said.err) == (2, [], [line])
    db.rollback()
    assert (_count(db, Person), _count(db, School), _count(db, District)) == (0, 0, 0)


def test_two_schools_of_one_name_are_not_guessed_between(app: Flask, db: Session, world: World) -> None:
    world.neighbour.school.name = world.ours.school.name
    db.commit()
    said = run(app, "create-admin", "a@b.example", "--school", world.ours.school.name)
    assert said.code == 2
    assert said.err == ["Error: There are 2 schools of the name 'Our School'; add the person on its page."]


def test_twice_gives_a_new_link_and_ends_the_old_one(app: Flask, db: Session, client: FlaskClient) -> None:
    first = run(app, "create-admin", "head@north.example", "--school", "North School")
    second = run(app, "create-admin", "head@north.example", "--school", "North School")
    assert second.code == 0
    assert (_count(db, Person), _count(db, School)) == (1, 1)
    old, new = (urlsplit(said.out[2]).path for said in (first, second))
    assert client.post(old).status_code != 303
    assert client.post(new).status_code == 303
