"""A listen-in on the plain page whose sign-in ended before it was sent: its words come back after signing in."""

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.observing.plain_form import above_save, filled, of, shown
from tests.promises import promise
from tests.schools.pages import said, value_of
from tests.world import PASSWORD, World, sign_in
from webapp.culture.vocabulary import Role
from webapp.observing import carrying
from webapp.observing.forms import as_field
from webapp.people.models import Person, SignIn
from webapp.schools.models import Membership

NOTE = "“Why do you think so?” asked twice"


@pytest.fixture
def typed(client: FlaskClient, db: Session, world: World) -> dict[str, Any]:
    """What the coach filled in; then the sign-in ended."""
    world.ours.school.notes_days = 30
    db.commit()
    page = shown(sign_in(client, world.ours.coach).get("/record"))
    form = {name: page[name][0] for name in ("id", "school", "account")}
    db.execute(delete(SignIn))
    db.commit()
    return filled(world.ours, **form, place=str(world.ours.places[2].id), note=NOTE, heard=["inquiry"])


def sent(client: FlaskClient, typed: dict[str, Any], address: str = "/record") -> TestResponse:
    """The form, sent: the browser sends it once more to where it is told to."""
    first = client.post(address, data=typed)
    assert first.status_code == 307
    return client.post(first.location, data=typed)


def signed_in(client: FlaskClient, page: TestResponse, who: Person, password: str = PASSWORD) -> TestResponse:
    """The sign-in page, sent with all that it carries."""
    hidden = {name: value_of(page, name) for name in ("next", "carried")}
    return client.post("/sign-in", data=hidden | {"email": who.email, "password": password})


@promise("SYNC-8")
def test_after_signing_in_again_the_form_stands_there_as_it_was(
    client: FlaskClient, db: Session, world: World, typed: dict[str, Any]
) -> None:
    page = sent(client, typed)
    assert page.status_code == 401
    assert "stands there again, for you alone" in said(page)
    assert NOTE not in said(page)
    again = signed_in(client, page, world.ours.coach)
    assert again.status_code == 200
    form = shown(again)
    for name in ("id", "school", "place", "heard", "note"):
        assert form[name] == ([typed[name]] if isinstance(typed[name], str) else typed[name]), name
    assert "what you typed is still here" in said(again)
    assert re.findall(r'href="([^"]*)"[^>]*aria-current="page"', again.text) == ["/record"]
    answer = client.post("/record", data=form)
    assert answer.status_code == 302
    [stored] = of(world.ours.school, db)
    assert (str(stored.id), stored.note, stored.observer_id) == (typed["id"], NOTE, world.ours.coach.id)


def test_a_wrong_password_in_between_loses_nothing(client: FlaskClient, world: World, typed: dict[str, Any]) -> None:
    page = signed_in(client, sent(client, typed), world.ours.coach, "a closed window")
    assert page.status_code == 422
    assert shown(signed_in(client, page, world.ours.coach))["note"] == [NOTE]


@promise("SYNC-5")
def test_somebody_else_who_signs_in_there_does_not_see_it(
    client: FlaskClient, world: World, typed: dict[str, Any]
) -> None:
    answer = signed_in(client, sent(client, typed), world.ours.principal)
    assert (answer.status_code, answer.location) == (303, "/record")
    assert NOTE not in client.get("/record").text


@promise("SYNC-5")
def test_a_form_that_is_sent_while_somebody_else_is_signed_in_waits_for_who_filled_it_in(
    client: FlaskClient, db: Session, world: World, typed: dict[str, Any]
) -> None:
    sign_in(client, world.ours.principal)
    page = sent(client, typed)
    assert page.status_code == 401
    assert of(world.ours.school, db) == []
    assert shown(signed_in(client, page, world.ours.coach))["note"] == [NOTE]


@promise("SYNC-8")
def test_what_was_being_mended_is_mended(client: FlaskClient, db: Session, world: World, typed: dict[str, Any]) -> None:
    sign_in(client, world.ours.coach)
    client.post("/record", data=typed)
    address = f"/record/{typed['id']}"
    mending = shown(client.get(address)) | {"heard": ["action"], "note": ["mended"]}
    db.execute(delete(SignIn))
    db.commit()
    page = sent(client, mending, address)
    assert value_of(page, "next") == address
    again = signed_in(client, page, world.ours.coach)
    assert f'action="{address}"' in again.text
    assert client.post(address, data=shown(again)).status_code == 302
    [stored] = of(world.ours.school, db)
    assert (stored.note, stored.revision) == ("mended", 2)


def test_what_was_deleted_meanwhile_is_offered_as_new(
    client: FlaskClient, db: Session, world: World, typed: dict[str, Any]
) -> None:
    again = signed_in(client, sent(client, typed | {"base": "1"}), world.ours.coach)
    form = shown(again)
    assert (form["note"], form["base"]) == ([NOTE], [""])
    assert form["id"] != [typed["id"]]


def give_role(db: Session, world: World, role: Role | None) -> None:
    """The coach is this in our school from now on, or nobody."""
    mine = Membership.person_id == world.ours.coach.id
    db.execute(update(Membership).where(mine).values(role_word=role) if role else delete(Membership).where(mine))
    db.commit()


@promise("SYNC-8")
@pytest.mark.parametrize("role", [Role.STAFF, None])
def test_who_records_no_more_gets_their_own_words_back_with_the_reason(
    client: FlaskClient, db: Session, world: World, typed: dict[str, Any], role: Role | None
) -> None:
    sign_in(client, world.ours.coach)
    give_role(db, world, role)
    page = client.post("/record", data=typed)
    assert page.status_code == (403 if role else 404)
    for words in ("You do not record in this school any more", "Inquiry", NOTE):
        assert words in said(page)
    # Nothing of the school: not even the name of the place.
    assert world.ours.places[2].name not in page.text
    assert of(world.ours.school, db) == []


@promise("SYNC-8")
def test_once_the_role_is_back_it_is_sent_from_that_page_under_the_time_it_was(
    client: FlaskClient, db: Session, world: World, typed: dict[str, Any]
) -> None:
    sign_in(client, world.ours.coach)
    give_role(db, world, Role.STAFF)
    page = client.post("/record", data=typed | {"when": "now"})
    again = {name: value_of(page, name) for name in ("account", "carried")}
    assert client.post("/record", data=again).status_code == 403
    give_role(db, world, Role.OBSERVER)
    form = shown(client.post("/record", data=again))
    assert (form["note"], form["heard"], form["when"]) == ([NOTE], ["inquiry"], ["at"])
    assert client.post("/record", data=form).status_code == 302
    [stored] = of(world.ours.school, db)
    assert str(stored.id) == typed["id"]


@promise("SYNC-5")
def test_what_somebody_got_back_is_nobody_elses(
    client: FlaskClient, db: Session, world: World, typed: dict[str, Any]
) -> None:
    sign_in(client, world.ours.coach)
    give_role(db, world, Role.STAFF)
    carried = value_of(client.post("/record", data=typed), "carried")
    sign_in(client, world.ours.principal)
    assert NOTE not in client.post("/record", data={"carried": carried}).text
    give_role(db, world, Role.OBSERVER)
    page = sent(client, {"account": str(world.ours.coach.id), "carried": carried})
    assert shown(signed_in(client, page, world.ours.coach))["note"] == [NOTE]


@promise("SYNC-8")
def test_while_the_account_is_closed_the_page_keeps_it_and_says_so(
    client: FlaskClient, db: Session, world: World, typed: dict[str, Any]
) -> None:
    sign_in(client, world.ours.coach)
    world.ours.coach.deactivated_at = datetime.now(UTC)
    db.commit()
    page = sent(client, typed)
    assert "Your account is closed." in said(page)
    assert "What you filled in is kept on this page for a day." in said(page)
    assert "Your sign-in ended meanwhile" not in said(page)
    world.ours.coach.deactivated_at = None
    db.commit()
    assert shown(signed_in(client, page, world.ours.coach))["note"] == [NOTE]


@pytest.mark.parametrize("minutes", [0, 20])
@pytest.mark.one_database
def test_just_now_means_when_it_was_sent(
    client: FlaskClient, world: World, typed: dict[str, Any], minutes: int
) -> None:
    before = datetime.now(UTC) - timedelta(minutes=minutes)
    when = "now" if minutes == 0 else str(minutes)
    form = shown(signed_in(client, sent(client, typed | {"when": when}), world.ours.coach))
    after = datetime.now(UTC) - timedelta(minutes=minutes)
    zone = world.ours.school.zone
    assert form["when"] == ["at"]
    assert as_field(before, zone) <= form["at"][0] <= as_field(after, zone)


@pytest.mark.one_database
def test_it_lies_in_no_cookie_and_no_log(
    client: FlaskClient, world: World, typed: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        page = sent(client, typed)
    carried = value_of(page, "carried")
    assert carried
    cookie = client.get_cookie("session")
    assert cookie is None or carried not in cookie.value
    assert "Why do you think" not in caplog.text
    assert carried not in caplog.text
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.one_database
@pytest.mark.parametrize("what", ["made up", "too old", "too long", "of nobody"])
def test_what_cannot_be_carried_is_not(
    client: FlaskClient, world: World, typed: dict[str, Any], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "too long":
        typed["note"] = "x" * (carrying.LONGEST + 1)
    if what == "of nobody":
        del typed["account"]
    page = sent(client, typed)
    if what in {"too long", "of nobody"}:
        assert 'name="carried"' not in page.text
        assert "go back: what you typed is still on that page" in said(page)
        return
    carried = value_of(page, "carried")
    if what == "made up":
        carried = carried[:-3] + ("AAA" if carried[-3:] != "AAA" else "BBB")
    else:
        monkeypatch.setattr(carrying, "KEPT_FOR", -1)
    said_ = {"email": world.ours.coach.email, "password": PASSWORD, "next": "/record", "carried": carried}
    assert client.post("/sign-in", data=said_).location == "/record"


@pytest.fixture
def with_secrets(app: Flask) -> Iterator[None]:
    """Forms carry their secret, as they do where people work."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.one_database
@pytest.mark.usefixtures("with_secrets")
def test_a_form_with_an_old_secret_comes_back_filled(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    page = shown(client.get("/record"))
    typed = filled(world.ours, heard=["inquiry"], csrf_token="an old one", account=page["account"][0])
    answer = client.post("/record", data=typed)
    assert answer.status_code == 422
    assert above_save(answer) == [
        "This page lay open for a long time. Nothing is lost: look it over, then save once more."
    ]
    form = shown(answer)
    assert (form["id"], form["heard"]) == ([typed["id"]], ["inquiry"])
    assert client.post("/record", data=form).status_code == 302


@pytest.mark.one_database
@pytest.mark.usefixtures("with_secrets")
def test_the_form_that_is_shown_again_can_be_saved_at_once(
    client: FlaskClient, world: World, typed: dict[str, Any]
) -> None:
    page = sent(client, typed)
    hidden = {name: value_of(page, name) for name in ("csrf_token", "next", "carried")}
    again = client.post("/sign-in", data=hidden | {"email": world.ours.coach.email, "password": PASSWORD})
    assert client.post("/record", data=shown(again)).status_code == 302
