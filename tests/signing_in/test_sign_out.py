"""Sign out on the page."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

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
