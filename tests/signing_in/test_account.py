"""`/account`, “You”."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import PASSWORD, World, sign_in
from webapp.people import throttle
from webapp.people.models import SignIn
from webapp.schools.models import Membership

ANOTHER = "rain on a tin roof"


def another_device(client: FlaskClient) -> FlaskClient:
    return client.application.test_client()


def test_a_person_sees_who_they_are_and_where(client: FlaskClient, world: World) -> None:
    page = sign_in(client, world.ours.coach).get("/account").text
    for words in ("Coach", "coach@ours.example", "Our School", "Observer", "This device"):
        assert words in page
    assert "Neighbour School" not in page
    assert 'action="/sign-out" data-sign-out' in page
    assert 'href="/about"' in page


def test_only_an_administrator_is_led_to_the_school(client: FlaskClient, world: World) -> None:
    leads = f'href="/school?school={world.ours.school.id}"'
    assert leads in sign_in(client, world.ours.principal).get("/account").text
    for person in (world.ours.coach, world.ours.teacher, world.director):
        assert 'href="/school' not in sign_in(client, person).get("/account").text


def test_each_of_several_schools_has_its_own_links(client: FlaskClient, db: Session, world: World) -> None:
    neighbour = world.neighbour.school
    db.add(Membership(person_id=world.ours.principal.id, school_id=neighbour.id, role_word="staff"))
    page = sign_in(client, world.ours.principal).get("/account").text
    assert f'href="/trends?school={neighbour.id}"' in page
    assert f'href="/school?school={neighbour.id}"' not in page


def test_who_belongs_nowhere_has_a_page_all_the_same(client: FlaskClient, world: World) -> None:
    assert "You belong to no school yet" in sign_in(client, world.stranger).get("/account").text


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/account"),
        ("POST", "/account/language"),
        ("GET", "/account/password"),
        ("POST", "/account/password"),
        ("POST", "/account/sign-ins/01936b5e-7c00-7000-8000-00000000beef/end"),
    ],
)
def test_whoever_is_signed_out_is_asked_in(client: FlaskClient, method: str, address: str) -> None:
    assert client.open(address, method=method).location.startswith("/sign-in")


def test_other_methods_are_refused(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    assert client.post("/account").status_code == 405
    assert client.get("/account/language").status_code == 405
    assert client.put("/account/password").status_code == 405
    assert client.get(f"/account/sign-ins/{uuid4()}/end").status_code == 405


def test_the_language_applies_at_once_and_is_kept(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    assert client.post("/account/language", data={"language": "es"}).location == "/account"
    assert '<html lang="es">' in client.get("/account", headers={"Accept-Language": "en"}).text
    elsewhere = sign_in(another_device(client), world.ours.coach)
    assert '<html lang="es">' in elsewhere.get("/account").text
    assert '<html lang="en">' in sign_in(another_device(client), world.neighbour.coach).get("/account").text


def test_the_language_may_follow_the_browser_again(client: FlaskClient, world: World) -> None:
    world.ours.coach.language = "es"
    sign_in(client, world.ours.coach)
    for _ in range(2):
        client.post("/account/language", data={"language": ""})
    assert '<html lang="en">' in client.get("/account", headers={"Accept-Language": "en"}).text
    assert '<html lang="es">' in client.get("/account", headers={"Accept-Language": "es-MX"}).text


@pytest.mark.parametrize("said", [{"language": "fr"}, {"language": "<b>es"}, {"language": "es\x00"}, {}])
def test_a_language_that_is_none_is_told(client: FlaskClient, world: World, said: dict[str, str]) -> None:
    answer = sign_in(client, world.ours.coach).post("/account/language", data=said)
    assert answer.status_code == 422
    assert "Choose one of these." in answer.text
    assert '<html lang="en">' in client.get("/account").text


def test_a_new_password_holds_and_ends_the_sign_ins_on_other_devices(client: FlaskClient, world: World) -> None:
    other = sign_in(another_device(client), world.ours.coach)
    neighbour = sign_in(another_device(client), world.neighbour.coach)
    sign_in(client, world.ours.coach)
    answer = client.post("/account/password", data={"present": PASSWORD, "chosen": ANOTHER})
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "Your new password holds." in client.get("/account").text
    assert other.get("/api/v1/session").status_code == 401
    assert neighbour.get("/api/v1/session").status_code == 200
    said = {"email": world.ours.coach.email, "password": PASSWORD}
    assert other.post("/api/v1/session", json=said).status_code == 401
    assert other.post("/api/v1/session", json=said | {"password": ANOTHER}).status_code == 200


def test_changing_the_password_twice_with_the_old_one_does_no_harm(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    said = {"present": PASSWORD, "chosen": ANOTHER}
    assert client.post("/account/password", data=said).status_code == 303
    assert client.post("/account/password", data=said).status_code == 422
    assert client.get("/api/v1/session").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("present", "", "Type the password that you have now."),
        ("present", "a closed window", "This is not the password that you have now."),
        ("present", "a" * 300, "This is not the password that you have now."),
        ("chosen", "", "Type the password that you want."),
        ("chosen", "too short", "Use at least 10 characters."),
        ("chosen", "a long one " * 20, "Use at most 200 characters."),
        ("chosen", "with a bell\x07 in it", "This has a character that cannot be typed again."),
        ("chosen", "password123", "Many people use this password"),
        ("chosen", "Coach@Ours.example", "This is your name or your e-mail address"),
    ],
)
@pytest.mark.one_database
def test_bad_input_is_told_at_its_field_and_changes_nothing(
    client: FlaskClient, world: World, field: str, value: str, message: str
) -> None:
    other = sign_in(another_device(client), world.ours.coach)
    sign_in(client, world.ours.coach)
    answer = client.post("/account/password", data={"present": PASSWORD, "chosen": ANOTHER, field: value})
    assert answer.status_code == 422
    _, _, after = answer.text.partition(f'id="{field}-problem"')
    assert message in after.partition("</p>")[0]
    for typed in (PASSWORD, ANOTHER, value):
        assert not typed or f'value="{typed}"' not in answer.text
    assert other.get("/api/v1/session").status_code == 200


def test_guessing_the_present_password_is_slowed_down(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, world.ours.coach)
    monkeypatch.setattr(throttle, "FROM_ONE_ADDRESS_FOR_ONE_PERSON", 1)
    client.post("/account/password", data={"present": "a closed window", "chosen": ANOTHER})
    answer = client.post("/account/password", data={"present": PASSWORD, "chosen": ANOTHER})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "There were too many tries." in answer.text


def test_whoever_has_no_password_chooses_one_without_another(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    world.ours.coach.password_hash = None
    assert "You have none yet." in client.get("/account").text
    assert client.post("/account/password", data={"chosen": ANOTHER}).status_code == 303


def test_another_device_can_be_signed_out_and_twice_does_no_harm(
    client: FlaskClient, db: Session, world: World
) -> None:
    other = sign_in(another_device(client), world.ours.coach)
    there = db.scalars(select(SignIn)).one().id
    page = sign_in(client, world.ours.coach).get("/account").text
    assert f'action="/account/sign-ins/{there}/end"' in page
    for _ in range(2):
        assert client.post(f"/account/sign-ins/{there}/end").location == "/account"
    assert other.get("/api/v1/session").status_code == 401
    assert client.get("/api/v1/session").status_code == 200


def test_nobody_ends_the_sign_in_of_somebody_else(client: FlaskClient, db: Session, world: World) -> None:
    other = sign_in(another_device(client), world.neighbour.coach)
    there = db.scalars(select(SignIn)).one().id
    sign_in(client, world.ours.coach)
    assert str(there) not in client.get("/account").text
    theirs = client.post(f"/account/sign-ins/{there}/end")
    invented = client.post(f"/account/sign-ins/{uuid4()}/end")
    assert (theirs.status_code, theirs.location) == (invented.status_code, invented.location)
    assert other.get("/api/v1/session").status_code == 200


def test_a_form_that_another_site_sends_changes_nothing(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    answer = client.post("/account/language", data={"language": "es"}, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert '<html lang="en">' in client.get("/account").text


def test_forms_carry_a_secret_of_their_session(
    client: FlaskClient, world: World, make_app: Callable[..., Flask]
) -> None:
    app = make_app()
    app.config["WTF_CSRF_ENABLED"] = True
    guarded = sign_in(app.test_client(), world.ours.coach)
    assert guarded.post("/account/language", data={"language": "es"}).status_code == 400
    assert guarded.post("/sign-out").status_code == 303
    late = guarded.post("/sign-in", data={"email": "coach@ours.example", "password": PASSWORD})
    assert late.status_code == 422
    assert "This page lay open for too long." in late.text
    assert 'value="coach@ours.example"' in late.text


def test_the_device_list_tells_the_day_in_the_schools_zone(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.coach)
    # In New York this is still the 23rd.
    db.scalars(select(SignIn)).one().seen_at = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    db.scalars(select(SignIn)).one().expires_at = datetime(2100, 1, 1, tzinfo=UTC)
    other = sign_in(another_device(client), world.ours.coach)
    assert "Last seen Nov 23, 2026" in other.get("/account").text
