"""`/api/v1/session`: the door that phones and tests come in by."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.world import PASSWORD, ZONE, World, sign_in
from webapp.people import throttle
from webapp.people.models import SignIn
from webapp.schools.models import Membership

ADDRESS = "/api/v1/session"


def test_a_person_signs_in_and_is_told_their_schools(client: FlaskClient, world: World) -> None:
    coach = world.ours.coach
    answer = client.post(ADDRESS, json={"email": coach.email, "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json == {
        "account": str(coach.id),
        "name": coach.name,
        "schools": [
            {"id": str(world.ours.school.id), "name": "Our School", "role": "observer", "timezone": ZONE},
        ],
    }
    assert client.get(ADDRESS).json == answer.json


def test_who_runs_the_district_is_told_each_of_its_schools(client: FlaskClient, world: World) -> None:
    sign_in(client, world.director)
    schools = client.get(ADDRESS).get_json()["schools"]
    assert [(school["name"], school["role"]) for school in schools] == [
        ("Neighbour School", "district_admin"),
        ("Our School", "district_admin"),
    ]


def test_who_belongs_nowhere_signs_in_to_no_school(client: FlaskClient, world: World) -> None:
    sign_in(client, world.stranger)
    assert client.get(ADDRESS).get_json()["schools"] == []


def test_the_role_in_the_school_itself_counts_before_the_districts(
    client: FlaskClient, db: Session, world: World
) -> None:
    db.add(Membership(person_id=world.director.id, school_id=world.ours.school.id, role_word="observer"))
    sign_in(client, world.director)
    roles = {school["name"]: school["role"] for school in client.get(ADDRESS).get_json()["schools"]}
    assert roles == {"Our School": "observer", "Neighbour School": "district_admin"}


def test_the_address_may_be_typed_in_any_case(client: FlaskClient, world: World) -> None:
    typed = f"  {world.ours.coach.email.upper()} "
    assert client.post(ADDRESS, json={"email": typed, "password": PASSWORD}).status_code == 200


def test_a_wrong_password_and_an_unknown_address_are_told_alike(client: FlaskClient, world: World) -> None:
    wrong = client.post(ADDRESS, json={"email": world.ours.coach.email, "password": "a closed window"})
    unknown = client.post(ADDRESS, json={"email": "nobody@ours.example", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.mimetype == "application/problem+json"
    assert wrong.json == unknown.json
    assert wrong.get_json()["type"] == "/problems/wrong-password"
    assert "Set-Cookie" not in wrong.headers


def test_whoever_was_deactivated_cannot_come_in(client: FlaskClient, world: World) -> None:
    world.ours.coach.deactivated_at = datetime.now(UTC)
    answer = client.post(ADDRESS, json={"email": world.ours.coach.email, "password": PASSWORD})
    assert answer.status_code == 401


def test_whoever_is_deactivated_is_out_at_once(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    world.ours.coach.deactivated_at = datetime.now(UTC)
    assert client.get(ADDRESS).status_code == 401


def test_after_too_many_tries_the_wait_is_told(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "FROM_ONE_ADDRESS_FOR_ONE_PERSON", 1)
    client.post(ADDRESS, json={"email": world.ours.coach.email, "password": "a closed window"})
    answer = client.post(ADDRESS, json={"email": world.ours.coach.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= throttle.REMEMBERED.total_seconds()
    assert answer.get_json()["type"] == "/problems/too-many-tries"


def test_a_phone_that_is_signed_out_is_told_so(client: FlaskClient) -> None:
    answer = client.get(ADDRESS)
    assert answer.status_code == 401
    assert answer.get_json()["type"] == "/problems/signed-out"


def test_signing_out_ends_the_sign_in_and_twice_does_no_harm(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.coach)
    for _ in range(2):
        answer = client.delete(ADDRESS)
        assert answer.status_code == 204
        assert answer.data == b""
        assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert client.get(ADDRESS).status_code == 401
    assert db.scalars(select(SignIn)).all() == []


def test_a_cookie_that_was_copied_is_worth_nothing_after_signing_out(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    cookie = client.get_cookie("session")
    assert cookie is not None
    client.delete(ADDRESS)
    client.set_cookie("session", cookie.value)
    assert client.get(ADDRESS).status_code == 401


def test_other_methods_are_refused(client: FlaskClient) -> None:
    for method in ("PUT", "PATCH"):
        assert client.open(ADDRESS, method=method).status_code == 405


def test_another_site_can_neither_sign_in_nor_out(client: FlaskClient, world: World) -> None:
    elsewhere = {"Origin": "https://elsewhere.example"}
    said = {"email": world.ours.coach.email, "password": PASSWORD}
    assert client.post(ADDRESS, json=said, headers=elsewhere).status_code == 403
    sign_in(client, world.ours.coach)
    assert client.delete(ADDRESS, headers=elsewhere).status_code == 403
    assert client.get(ADDRESS).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", None),
        ("email", 7),
        ("email", ""),
        ("email", "a" * 255),
        ("email", "coach\x00@ours.example"),
        ("email", "<b>coach@ours.example"),
        ("password", None),
        ("password", ["an", "open", "window"]),
        ("password", ""),
        ("password", "a" * 201),
        ("remember", True),
    ],
)
def test_a_call_of_another_shape_is_told_where_it_is_wrong(client: FlaskClient, field: str, value: object) -> None:
    answer = client.post(ADDRESS, json={"email": "coach@ours.example", "password": PASSWORD, field: value})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.get_json()["errors"]] == [field]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"\\ud800"', b"\xff"])
def test_what_is_no_call_at_all_is_refused(client: FlaskClient, body: bytes) -> None:
    assert client.post(ADDRESS, data=body, content_type="application/json").status_code == 422
