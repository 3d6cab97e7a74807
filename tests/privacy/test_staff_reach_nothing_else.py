"""A staff account tries every address: trends, its own account, and what is open to all; nothing of what was heard."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import paper
from tests.addresses import DOORS, LAST, Examples, examples
from tests.house.test_doors import addresses
from tests.observing.rows import heard
from tests.promises import promise
from tests.trends.schooldays import FIRST, closing, noon, plenty
from tests.world import World, sign_in
from webapp.culture.vocabulary import Trait
from webapp.extensions import new_id
from webapp.observing.models import Observation
from webapp.trends.publishing import publish_due

REACHED = {
    "GET /",
    "GET /about",
    "GET /account",
    "POST /account/language",
    "GET /account/password",
    "POST /account/password",
    "POST /account/sign-ins/<sign_in>/end",
    "GET /api/v1/openapi.json",
    "GET /api/v1/schools/<school>/trends",
    "DELETE /api/v1/session",
    "GET /api/v1/session",
    "POST /api/v1/session",
    "POST /api/v1/sync",
    "GET /healthz",
    "GET /manifest.webmanifest",
    "GET /metrics",
    "GET /offline",
    "GET /outbox",
    "GET /readyz",
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/<secret>",
    "POST /sign-in/<secret>",
    "POST /sign-out",
    "GET /sw.js",
    "GET /trends",
    # The same on paper.
    "GET /trends/report",
    "GET /trends/report.pdf",
}
"""All that staff reach. A new address is not among them unless it is written here, after thinking of what it tells."""

MARKS = ("markednote", "markedplace", "markedcoach", "markedprincipal")


@pytest.fixture
def things(db: Session, world: World) -> Examples:
    """Everything that could give somebody away has a mark."""
    ours = world.ours
    for place in ours.places:
        place.name = f"markedplace {place.name}"
    for person, mark in ((ours.coach, "markedcoach"), (ours.principal, "markedprincipal")):
        person.name, person.email = mark, f"{mark}@ours.example"
    ours.school.notes_days = 30
    for observation in plenty(db, ours, FIRST):
        observation.note = "markednote"
    publish_due(db, ours.school, closing(ours, FIRST))
    return examples(db, ours.school, coach=ours.coach, teacher=ours.teacher)


def ask(client: FlaskClient, line: str, things: Examples) -> TestResponse:
    method, _space, rule = line.partition(" ")
    body: dict[str, Any] = {"json": {}} if rule.startswith("/api/") and method == "POST" else {}
    return client.open(things.address(rule), method=method, **body)


def words_of(answer: TestResponse) -> str:
    """What it says; a PDF also where it is not seen."""
    if answer.mimetype != "application/pdf":
        return answer.text
    return " ".join([paper.text_of(answer.data), *paper.drawings_of(answer.data), paper.about(answer.data)])


@promise("PRIVACY-1")
def test_staff_reach_what_is_written_here_and_nothing_else(
    app: Flask, client: FlaskClient, world: World, things: Examples
) -> None:
    teacher = sign_in(client, world.ours.teacher)
    in_order = sorted(addresses(app), key=lambda line: LAST.index(line) if line in LAST else -1)
    reached = {line for line in in_order if ask(teacher, line, things).status_code not in {401, 403, 404}}
    assert reached == REACHED


@promise("PRIVACY-1")
def test_no_note_name_or_place_is_in_anything_that_staff_get(
    app: Flask, client: FlaskClient, world: World, things: Examples
) -> None:
    teacher = sign_in(client, world.ours.teacher)
    in_order = sorted(addresses(app), key=lambda line: LAST.index(line) if line in LAST else -1)
    told = {}
    for line in in_order:
        if "<secret>" in line:
            # It says whose it is to whoever holds it, and staff hold nobody else's.
            continue
        answer = ask(teacher, line, things)
        text = (words_of(answer) + str(answer.headers)).lower()
        told[line] = [mark for mark in (*MARKS, things.values["id"]) if mark in text]
    assert {line for line, found in told.items() if found} == set()


def test_a_mark_would_be_seen(client: FlaskClient, world: World, things: Examples) -> None:
    principal = sign_in(client, world.ours.principal)
    assert "markedplace" in ask(principal, "GET /school/places", things).text
    assert "markedcoach" in ask(principal, "GET /school/people", things).text


@promise("PRIVACY-2")
@pytest.mark.parametrize("op", ["put", "delete"])
def test_staff_who_try_to_write_learn_nothing_and_change_nothing(
    client: FlaskClient, db: Session, world: World, op: str
) -> None:
    ours = world.ours
    theirs = heard(db, ours.school, ours.places[0], ours.coach, noon(ours, FIRST.first), Trait.EVIDENCE)[0]
    kept, answers = (theirs.heard, theirs.revision), []
    for said in (theirs.id, new_id()):
        change: dict[str, Any] = {"op": op, "id": str(said), "school": str(ours.school.id), "base": None}
        if op == "put":
            change |= {"place": str(ours.places[0].id), "setting": "passing", "heard": ["action"]}
            change |= {"observed_at": (datetime.now(UTC) - timedelta(hours=1)).isoformat()}
        now = datetime.now(UTC).isoformat()
        call = {"device": str(new_id()), "account": str(ours.teacher.id), "clock": now, "changes": [change]}
        answer = sign_in(client, ours.teacher).post("/api/v1/sync", json=call)
        (result,) = answer.get_json()["results"]
        answers.append({name: value for name, value in result.items() if name != "id"})
    assert answers[0] == answers[1]
    assert (answers[0]["status"], answers[0].get("current")) == ("rejected", None)
    db.expire_all()
    assert (db.get_one(Observation, theirs.id).heard, theirs.revision) == kept


@promise("PRIVACY-2")
def test_two_who_ask_at_different_times_get_the_same_bytes(
    app: Flask, client: FlaskClient, db: Session, world: World, things: Examples
) -> None:
    """However much was heard since, and on whichever phone."""
    teacher = sign_in(client, world.ours.teacher)
    lines = [
        line for line in sorted(REACHED) if line.startswith("GET") and line not in {"GET /metrics", "GET /account"}
    ]
    lines = [line for line in lines if line in DOORS and "<secret>" not in line]
    before = {line: ask(teacher, line, things).data for line in lines}
    plenty(db, world.ours, FIRST, 40, evidence=40)
    other_phone = sign_in(app.test_client(), world.ours.teacher)
    assert {line: ask(other_phone, line, things).data for line in lines} == before
