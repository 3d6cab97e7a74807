"""Every address, asked by everyone: each gets what the role may see, and nothing more (tests/addresses.py)."""

from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import world as cast
from tests.addresses import DOORS, LAST, NOBODY, PEOPLE, Examples, examples
from tests.house.test_doors import addresses
from webapp.people.models import Person

MAY_COMPLAIN = {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
JSON = "application/json"


@pytest.fixture
def things(db: Session, world: cast.World) -> Examples:
    ours = world.ours
    return examples(db, ours.school, coach=ours.coach, teacher=ours.teacher)


@pytest.mark.one_database
def test_every_address_is_in_the_table(app: Flask) -> None:
    assert sorted(addresses(app)) == sorted(DOORS)


@pytest.mark.parametrize("who", [*PEOPLE, NOBODY])
def test_everyone_gets_what_the_role_may_see_and_nothing_more(
    client: FlaskClient, world: cast.World, things: Examples, who: str
) -> None:
    if who != NOBODY:
        cast.sign_in(client, person(world, who))
    wrong = {line: fault for line in in_order() if (fault := ask(client, line, things, who))}
    assert wrong == {}


@pytest.mark.parametrize("who", ["teacher", "coach", "principal", "neighbour"])
def test_what_is_not_there_and_what_is_another_schools_look_alike(
    client: FlaskClient, world: cast.World, things: Examples, who: str
) -> None:
    """Each person asks in a school of one's own for our things, and for things that are nowhere."""
    stranger_to_it = world.ours if who == "neighbour" else world.neighbour
    cast.sign_in(client, person(world, who))
    home = world.neighbour if who == "neighbour" else world.ours
    nothing = Examples({name: str(home.district.id) for name in things.values} | {"school": str(home.school.id)})
    theirs = Examples(
        {**things.values, "place": str(stranger_to_it.places[0].id), "person": str(stranger_to_it.teacher.id)}
        | {"year": str(stranger_to_it.year.id), "school": str(home.school.id)}
    )
    for line in in_order():
        if not {"<place>", "<person>", "<year>"} & set(line.split("/")):
            continue
        answers = [open_(client, line, things) for things in (nothing, theirs)]
        assert answers[0].status_code == answers[1].status_code, line
        assert answers[0].status_code in {403, 404}, line
        assert answers[0].data == answers[1].data, line


def in_order() -> list[str]:
    """Reading before writing, and what ends the sign-in last."""
    return sorted(DOORS, key=lambda line: (LAST.index(line) if line in LAST else -1, not line.startswith("GET")))


def ask(client: FlaskClient, line: str, things: Examples, who: str) -> str | None:
    """What is wrong with the answer; None when nothing is."""
    answer = open_(client, line, things)
    refusal = DOORS[line].refusal(who)
    if refusal is None:
        return None if welcome(answer, line) else f"{answer.status} to whom it is open"
    if refusal == 401 and not line.partition(" ")[2].startswith("/api/"):
        leads = answer.status_code in {302, 307} and answer.location.startswith("/sign-in")
        return None if leads else f"{answer.status} instead of a way to sign in"
    return None if answer.status_code == refusal else f"{answer.status} instead of {refusal}"


def welcome(answer: TestResponse, line: str) -> bool:
    """A form that is sent empty may complain; nothing else may."""
    if answer.status_code in {401, 403, 404}:
        # An empty sign-in is no wrong password, and this one is answered before anything is looked up.
        return False
    return answer.status_code < 400 or (not line.startswith("GET") and answer.status_code in MAY_COMPLAIN)


def open_(client: FlaskClient, line: str, things: Examples) -> TestResponse:
    method, _space, rule = line.partition(" ")
    body: dict[str, Any] = {"data": "{}", "content_type": JSON} if rule.startswith("/api/") and method == "POST" else {}
    return client.open(things.address(rule, DOORS[line].query), method=method, **body)


def person(world: cast.World, who: str) -> Person:
    others = {"director": world.director, "stranger": world.stranger, "neighbour": world.neighbour.principal}
    found: Person = others.get(who) or getattr(world.ours, who)
    return found
