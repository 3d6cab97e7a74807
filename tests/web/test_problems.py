"""Errors: problem+json from the API, a page that says what to do elsewhere."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.world import World, sign_in

ADDRESSES = ["/no-such-page", "/record/not-an-id", "/static/no-such-file.js"]


@pytest.mark.one_database
@pytest.mark.parametrize("address", ADDRESSES)
def test_people_get_a_page_that_says_what_to_do(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "Home" in answer.text


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/api/v1/no-such-call", 404),
        ("PUT", "/api/v1/session", 405),
        ("GET", "/api/v1/schools/not-an-id/setup", 404),
        ("GET", "/api/v1/sync", 405),
    ],
)
def test_the_api_never_answers_html(client: FlaskClient, method: str, address: str, status: int) -> None:
    answer = client.open(address, method=method)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json is not None
    assert set(answer.json) >= {"type", "title", "status", "detail"}
    assert answer.json["status"] == status


@pytest.mark.one_database
def test_the_api_never_redirects(client: FlaskClient) -> None:
    for address in ("/api/v1/session/", "/api/v1//session", "/api/v1/openapi.json/"):
        answer = client.get(address)
        assert answer.status_code == 404, address


@pytest.mark.one_database
def test_a_body_that_is_no_json_or_too_large_is_told_so(client: FlaskClient) -> None:
    broken = client.post("/api/v1/session", data=b"{", content_type="application/json")
    assert (broken.status_code, broken.json and broken.json["type"]) == (422, "/problems/malformed")
    large = client.post("/api/v1/session", data=b" " * (512 * 1024 + 1), content_type="application/json")
    assert (large.status_code, large.json and large.json["type"]) == (413, "/problems/too-large")


@pytest.mark.one_database
def test_what_breaks_here_says_nothing_of_the_inside(app: Flask, client: FlaskClient) -> None:
    about = app.view_functions["about.show"]

    def broken() -> str:
        raise RuntimeError("a secret of the inside")

    broken.__door__ = "open to all"  # type: ignore[attr-defined]  # marked, so that the view itself is reached
    app.view_functions["about.show"] = broken
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        answer = client.get("/about")
    finally:
        app.view_functions["about.show"] = about
        app.config["PROPAGATE_EXCEPTIONS"] = None
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Nothing you saved is lost" in answer.text


@pytest.fixture
def with_tokens(app: Flask) -> Iterator[None]:
    """Forms are checked as they are when people use them."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.one_database
@pytest.mark.usefixtures("with_tokens")
def test_a_form_that_lay_open_until_its_sign_in_ended_says_so(client: FlaskClient, world: World) -> None:
    answer = client.post("/school/places/new", data={"school": str(world.ours.school.id), "name": "Gym"})
    assert answer.status_code == 400
    assert "You are not signed in" in answer.text


@pytest.mark.one_database
@pytest.mark.usefixtures("with_tokens")
def test_a_form_without_its_token_is_refused_also_when_signed_in(client: FlaskClient, world: World) -> None:
    principal = sign_in(client, world.ours.principal)
    answer = principal.post("/school/places/new", data={"school": str(world.ours.school.id), "name": "Gym"})
    assert answer.status_code == 400
    assert "That did not arrive whole" in answer.text
