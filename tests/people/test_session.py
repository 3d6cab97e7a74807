"""How long a sign-in is kept, and the cookie that keeps it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import World, sign_in
from webapp.people import session
from webapp.people.models import SignIn

ADDRESS = "/api/v1/session"


def only(db: Session) -> SignIn:
    db.rollback()
    return db.scalars(select(SignIn)).one()


def cookie_line(client: FlaskClient, world: World, base: str) -> str:
    said = {"email": world.ours.coach.email, "password": "an open window in March"}
    return client.post(ADDRESS, json=said, base_url=base).headers["Set-Cookie"]


def test_the_cookie_is_for_this_site_and_not_for_scripts(client: FlaskClient, world: World) -> None:
    line = cookie_line(client, world, "http://localhost")
    assert line.startswith("session=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Expires="):
        assert part in line
    assert "Secure" not in line
    assert "Domain" not in line


def test_over_tls_the_cookie_never_travels_in_the_open(client: FlaskClient, world: World) -> None:
    assert "Secure" in cookie_line(client, world, "https://localhost")


def test_where_people_open_a_safe_address_so_does_the_cookie(world: World, make_app: Callable[..., Flask]) -> None:
    app = make_app(base_url="https://listen.example.org")
    assert "Secure" in cookie_line(app.test_client(), world, "http://localhost")


def test_the_cookie_lasts_sixty_days(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    cookie = client.get_cookie("session")
    assert cookie is not None
    assert cookie.expires is not None
    left = cookie.expires - datetime.now(UTC)
    assert timedelta(days=59, hours=23) < left <= timedelta(days=60)


def test_a_sign_in_that_is_not_used_ends(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.coach)
    only(db).expires_at = datetime.now(UTC) - timedelta(seconds=1)
    assert client.get(ADDRESS).status_code == 401


def test_a_sign_in_that_is_used_goes_on(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.coach)
    now = datetime.now(UTC)
    used = only(db)
    used.seen_at, used.expires_at = now - timedelta(days=59), now + timedelta(days=1)
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert "Expires=" in answer.headers["Set-Cookie"]
    kept = only(db)
    assert kept.seen_at >= now - timedelta(seconds=1)
    assert kept.expires_at >= now + session.KEPT - timedelta(seconds=1)


def test_within_the_hour_nothing_is_written(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.coach)
    seen = only(db).seen_at
    answer = client.get(ADDRESS)
    assert "Set-Cookie" not in answer.headers
    assert only(db).seen_at == seen


def test_a_cookie_that_nobody_signed_is_worth_nothing(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    cookie = client.get_cookie("session")
    assert cookie is not None
    for forged in ("", "nonsense", cookie.value[:-1], cookie.value + "A"):
        client.set_cookie("session", forged)
        assert client.get(ADDRESS).status_code == 401


def test_sign_ins_that_ended_by_themselves_are_not_kept(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client.application.test_client(), world.neighbour.coach)
    only(db).expires_at = datetime.now(UTC) - timedelta(seconds=1)
    sign_in(client, world.ours.coach)
    assert only(db).person_id == world.ours.coach.id
