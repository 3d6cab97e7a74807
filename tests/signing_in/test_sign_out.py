"""Sign out on the page."""

from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.promises import promise
from tests.world import World, sign_in
from webapp.people.models import SignIn


def test_a_person_signs_out_and_kept_pages_are_forgotten(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.coach)
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    # Never "storage": what was not sent yet is kept there.
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert db.scalars(select(SignIn)).all() == []
    assert client.get("/account").location == "/sign-in?next=%2Faccount"


def test_the_sign_in_on_another_device_stays(client: FlaskClient, world: World) -> None:
    other = sign_in(client.application.test_client(), world.ours.coach)
    sign_in(client, world.ours.coach).post("/sign-out")
    assert other.get("/api/v1/session").status_code == 200


def test_whoever_is_signed_out_may_sign_out(client: FlaskClient) -> None:
    assert client.post("/sign-out").location == "/sign-in"


def test_an_address_alone_signs_nobody_out(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    assert client.get("/sign-out").status_code == 405
    assert client.get("/api/v1/session").status_code == 200


def test_another_site_cannot_sign_anybody_out(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    assert client.post("/sign-out", headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert client.get("/api/v1/session").status_code == 200


def test_signing_out_twice_does_no_harm(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    assert [client.post("/sign-out").status_code for _ in range(2)] == [303, 303]


def test_a_phone_that_was_left_without_a_network_ends_that_sign_in_later(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    answer = client.delete(f"/api/v1/session?account={world.ours.coach.id}")
    assert answer.status_code == 204
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert client.get("/api/v1/session").status_code == 401


@promise("SYNC-5")
def test_whoever_signed_in_there_since_stays_signed_in(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.principal)
    assert client.delete(f"/api/v1/session?account={world.ours.coach.id}").status_code == 409
    assert client.get("/api/v1/session").status_code == 200


def test_a_sign_in_that_is_over_already_is_said_to_be_and_no_cookie_is_touched(
    client: FlaskClient, world: World
) -> None:
    sign_in(client, world.ours.coach)
    late = client.application.test_client()
    late.set_cookie("session", client.get_cookie("session").value)  # type: ignore[union-attr]  # it is signed in
    client.delete("/api/v1/session")
    answer = late.delete(f"/api/v1/session?account={world.ours.coach.id}")
    assert (answer.status_code, answer.get_json()["type"]) == (401, "/problems/signed-out")
    assert "Set-Cookie" not in answer.headers


def test_the_sign_in_of_a_closed_account_ends_too_and_is_not_there_when_it_is_opened_again(
    client: FlaskClient, db: Session, world: World
) -> None:
    sign_in(client, world.ours.coach)
    world.ours.coach.deactivated_at = datetime.now(UTC)
    db.commit()
    assert client.delete(f"/api/v1/session?account={world.ours.coach.id}").status_code == 204
    world.ours.coach.deactivated_at = None
    db.commit()
    assert client.get("/api/v1/session").status_code == 401
