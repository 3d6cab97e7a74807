"""`deactivate` and `reactivate`: an account is closed at once, and opened again, with nothing of it lost."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.observing.phone import put, send, statuses
from tests.observing.plain_form import of
from tests.ops.commands import run
from tests.promises import promise
from tests.schools.pages import said
from tests.world import PASSWORD, World, sign_in
from webapp.people.models import SignInLink


@pytest.fixture
def closed(app: Flask, client: FlaskClient, world: World) -> FlaskClient:
    """The coach's browser; the account was closed after a listen-in was sent, and can be found there still."""
    sign_in(client, world.ours.coach)
    send(client, world.ours.coach, put(world.ours))
    done = run(app, "deactivate", "  Coach@Ours.example ")
    assert (done.code, done.out) == (0, ["coach@ours.example is closed, and signed out everywhere."])
    return client


def kind(answer: object) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["type"]  # type: ignore[attr-defined]  # a TestResponse


@promise("SYNC-8")
def test_its_phone_is_told_that_it_is_closed_and_sends_nothing(closed: FlaskClient, db: Session, world: World) -> None:
    school = world.ours.school.id
    for answer in (
        closed.get("/api/v1/session"),
        send(closed, world.ours.coach, put(world.ours)),
        closed.get("/api/v1/changes", query_string={"school": str(school)}),
        closed.get(f"/api/v1/schools/{school}/setup"),
    ):
        assert kind(answer) == (401, "/problems/account-closed"), answer.request.path
    assert len(of(world.ours.school, db)) == 1


def test_its_pages_lead_to_a_sentence_that_says_what_is_left(closed: FlaskClient) -> None:
    for address in ("/record", "/account", "/heatmap"):
        page = closed.get(address, follow_redirects=True)
        assert page.request.path == "/sign-in"
        assert "Your account is closed." in said(page)
        assert 'href="/outbox"' in page.text


def test_a_stranger_learns_no_more_than_with_a_wrong_password(app: Flask, closed: FlaskClient, world: World) -> None:
    anew = app.test_client()
    wrong, right = (
        anew.post("/api/v1/session", json={"email": world.ours.coach.email, "password": password})
        for password in ("not it", PASSWORD)
    )
    assert (right.status_code, right.data) == (wrong.status_code, wrong.data)
    assert kind(anew.get("/api/v1/session")) == (401, "/problems/signed-out")
    anew.set_cookie("session", "nobody’s")
    assert kind(anew.get("/api/v1/session")) == (401, "/problems/signed-out")
    # The words that scripts may need stand in every page.
    shown = re.sub(r"<script.*?</script>", "", anew.get("/sign-in").text, flags=re.S)
    assert "closed" not in shown


def test_another_person_signs_in_there_as_ever(closed: FlaskClient, world: World) -> None:
    sign_in(closed, world.ours.principal)
    assert closed.get("/api/v1/session").get_json()["name"] == world.ours.principal.name


@promise("SYNC-6")
def test_opened_again_it_is_signed_in_as_before_and_sends_what_waited(
    app: Flask, closed: FlaskClient, db: Session, world: World
) -> None:
    waiting = put(world.ours)
    assert send(closed, world.ours.coach, waiting).status_code == 401
    assert run(app, "reactivate", "coach@ours.example").out == ["coach@ours.example is open."]
    assert statuses(send(closed, world.ours.coach, waiting)) == ["applied"]
    assert len(of(world.ours.school, db)) == 2


def test_twice_is_as_once(app: Flask, closed: FlaskClient, db: Session, world: World) -> None:
    db.refresh(world.ours.coach)
    since = world.ours.coach.deactivated_at
    assert since is not None
    assert run(app, "deactivate", "coach@ours.example").code == 0
    db.refresh(world.ours.coach)
    assert world.ours.coach.deactivated_at == since
    for _time in range(2):
        assert run(app, "reactivate", "coach@ours.example").code == 0
    assert closed.get("/api/v1/session").status_code == 200


def test_a_link_that_was_handed_out_before_ends(app: Flask, client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.principal).post(f"/school/people/{world.ours.coach.id}/sign-in-link")
    run(app, "deactivate", "coach@ours.example")
    db.rollback()
    assert db.scalar(select(func.count()).select_from(SignInLink)) == 0
    assert "account closed" in said(client.get("/school/people"))
    assert "is closed" in said(client.get(f"/school/people/{world.ours.coach.id}"))


def test_who_leaves_a_school_without_an_administrator_is_named(app: Flask, db: Session, world: World) -> None:
    done = run(app, "deactivate", "principal@ours.example")
    assert done.out[1].startswith("Nobody manages Our School now; run: listenin create-admin")
    assert run(app, "reactivate", "principal@ours.example").code == 0


def test_the_last_administrator_whose_account_is_open_stays(
    app: Flask, client: FlaskClient, db: Session, world: World
) -> None:
    sign_in(client, world.ours.principal)
    client.post(f"/school/people/{world.ours.coach.id}/role", data={"role": "admin"})
    run(app, "deactivate", "coach@ours.example")
    answer = client.post(f"/school/people/{world.ours.principal.id}/role", data={"role": "staff"})
    assert answer.status_code == 422
    assert "Somebody has to manage the school" in said(answer)
    assert client.post(f"/school/people/{world.ours.coach.id}/role", data={"role": "staff"}).status_code == 303


@pytest.mark.one_database
@pytest.mark.parametrize("command", ["deactivate", "reactivate"])
@pytest.mark.parametrize("email", ["nobody@ours.example", "coach", ""])
def test_who_is_not_here_is_told_in_one_line(app: Flask, world: World, command: str, email: str) -> None:
    done = run(app, command, email)
    assert (done.code, done.err) == (2, [f"Error: Nobody here has the e-mail address {email!r}"])
