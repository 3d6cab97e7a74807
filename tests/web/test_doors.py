"""Doors are shut unless opened, and writes come from this site only."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.web.doors import DOOR, behind_door_of, open_to_all


@pytest.mark.one_database
def test_a_view_that_nobody_opened_answers_403(app: Flask, client: FlaskClient) -> None:
    forgotten = app.view_functions["about.show"]
    app.view_functions["about.show"] = lambda: "never seen"
    try:
        answer = client.get("/about")
    finally:
        app.view_functions["about.show"] = forgotten
    assert answer.status_code == 403
    assert "never seen" not in answer.text


@pytest.mark.one_database
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ],
)
def test_a_write_that_another_site_started_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post("/api/v1/session", json={"email": "a@b.example", "password": "x"}, headers=headers)
    assert (answer.status_code, answer.json and answer.json["type"]) == (403, "/problems/foreign-origin")


@pytest.mark.one_database
@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}],
)
def test_a_write_from_here_or_from_no_browser_passes_the_door(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post("/api/v1/session", json={"email": "a@b.example", "password": "x"}, headers=headers)
    assert answer.status_code == 401


@pytest.mark.one_database
def test_reading_from_elsewhere_is_no_write(client: FlaskClient) -> None:
    assert client.get("/about", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.one_database
def test_whoever_may_not_come_in_learns_nothing_of_what_is_wrong_with_the_call(client: FlaskClient) -> None:
    answer = client.post("/api/v1/sync", json={"nonsense": True})
    assert (answer.status_code, answer.json and answer.json["type"]) == (401, "/problems/signed-out")


def test_another_view_can_stand_behind_the_same_door() -> None:
    view = open_to_all(lambda: "one")
    other: Callable[[], str] = behind_door_of(view, lambda: "other")
    assert (other(), getattr(other, DOOR)) == ("other", "open to all")
