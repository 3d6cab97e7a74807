"""Sign in with a one-time link."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import PASSWORD, World, sign_in
from webapp.people import links, session
from webapp.people.models import SignIn


@pytest.fixture
def secret(db: Session, world: World) -> str:
    """The secret of a link for our coach."""
    return links.make(db, world.ours.coach, datetime.now(UTC))


def test_the_link_says_for_whom_it_is_and_looking_does_not_use_it_up(client: FlaskClient, secret: str) -> None:
    for _ in range(2):
        page = client.get(f"/sign-in/{secret}")
        assert page.status_code == 200
        assert "Welcome, Coach" in page.text
        assert "coach@ours.example" in page.text
    assert client.get_cookie("session") is None


def test_the_button_signs_in_and_a_password_is_asked_for(client: FlaskClient, world: World, secret: str) -> None:
    answer = client.post(f"/sign-in/{secret}")
    assert (answer.status_code, answer.location) == (303, "/account/password")
    assert client.get("/api/v1/session").get_json()["account"] == str(world.ours.coach.id)
    page = client.get("/account/password").text
    assert "You are signed in, Coach." in page
    assert 'name="chosen"' in page


def test_whoever_forgot_the_password_is_not_asked_for_it(client: FlaskClient, secret: str) -> None:
    client.post(f"/sign-in/{secret}")
    assert 'name="present"' not in client.get("/account/password").text
    answer = client.post("/account/password", data={"chosen": "rain on a tin roof"})
    assert answer.location == "/account"
    client.delete("/api/v1/session")
    said = {"email": "coach@ours.example", "password": "rain on a tin roof"}
    assert client.post("/api/v1/session", json=said).status_code == 200


def test_whoever_comes_for_the_first_time_goes_on_to_their_first_page(
    client: FlaskClient, world: World, secret: str
) -> None:
    world.ours.coach.password_hash = None
    client.post(f"/sign-in/{secret}")
    page = client.get("/account/password").text
    assert "At least 10 characters." in page
    assert "other devices" not in page
    answer = client.post("/account/password", data={"chosen": "rain on a tin roof"})
    assert (answer.status_code, answer.location) == (303, "/")


def test_once_a_password_was_chosen_the_next_change_asks_for_it(client: FlaskClient, secret: str) -> None:
    client.post(f"/sign-in/{secret}")
    client.post("/account/password", data={"chosen": "rain on a tin roof"})
    assert 'name="present"' in client.get("/account/password").text
    answer = client.post("/account/password", data={"chosen": "snow on a tin roof"})
    assert answer.status_code == 422


def test_after_an_hour_the_link_is_no_proof_any_more(client: FlaskClient, db: Session, secret: str) -> None:
    client.post(f"/sign-in/{secret}")
    db.scalars(select(SignIn)).one().created_at -= session.LINK_IS_PROOF
    assert 'name="present"' in client.get("/account/password").text


def test_a_link_works_once_and_says_so_the_second_time(client: FlaskClient, secret: str) -> None:
    client.post(f"/sign-in/{secret}")
    for answer in (client.get(f"/sign-in/{secret}"), client.post(f"/sign-in/{secret}")):
        assert answer.status_code == 410
        assert "This link is used or has ended" in answer.text
        assert 'href="/sign-in"' in answer.text
    assert client.get("/api/v1/session").status_code == 200


def test_a_link_ends_after_a_week(client: FlaskClient, db: Session, world: World) -> None:
    secret = links.make(db, world.ours.coach, datetime.now(UTC) - links.VALID - timedelta(seconds=1))
    assert client.get(f"/sign-in/{secret}").status_code == 410
    assert client.post(f"/sign-in/{secret}").status_code == 410
    assert client.get("/api/v1/session").status_code == 401


def test_a_newer_link_ends_the_older(client: FlaskClient, db: Session, world: World, secret: str) -> None:
    newer = links.make(db, world.ours.coach, datetime.now(UTC))
    assert client.get(f"/sign-in/{secret}").status_code == 410
    assert client.get(f"/sign-in/{newer}").status_code == 200


def test_choosing_a_password_ends_a_link_that_still_lies_about(client: FlaskClient, world: World, secret: str) -> None:
    sign_in(client, world.ours.coach)
    client.post("/account/password", data={"present": PASSWORD, "chosen": "rain on a tin roof"})
    assert client.get(f"/sign-in/{secret}").status_code == 410


def test_the_link_of_somebody_deactivated_leads_nowhere(client: FlaskClient, world: World, secret: str) -> None:
    world.ours.coach.deactivated_at = datetime.now(UTC)
    assert client.get(f"/sign-in/{secret}").status_code == 410
    assert client.post(f"/sign-in/{secret}").status_code == 410


def test_an_invented_link_tells_nothing(client: FlaskClient, secret: str) -> None:
    for invented in (secret[:-1], secret + "A", "ñ", "%00", "a" * 900):
        assert client.get(f"/sign-in/{invented}").status_code == 410
        assert client.post(f"/sign-in/{invented}").status_code == 410


def test_a_link_takes_the_place_of_whoever_was_signed_in(client: FlaskClient, world: World, secret: str) -> None:
    sign_in(client, world.neighbour.teacher)
    client.post(f"/sign-in/{secret}")
    assert client.get("/api/v1/session").get_json()["account"] == str(world.ours.coach.id)


def test_other_methods_are_refused(client: FlaskClient, secret: str) -> None:
    assert client.delete(f"/sign-in/{secret}").status_code == 405


def test_another_site_cannot_press_the_button(client: FlaskClient, secret: str) -> None:
    assert client.post(f"/sign-in/{secret}", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get(f"/sign-in/{secret}").status_code == 200
