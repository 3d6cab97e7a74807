"""The server's log: a line a request, in which nobody and nothing that was said can be found."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.world import PASSWORD, World, sign_in
from webapp.ops import requests_log


@pytest.fixture
def logging_client(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A client of an application that logs, as where people work."""
    monkeypatch.setitem(app.config, "TESTING", False)
    return client


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]


def test_each_request_has_a_line(logging_client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    logging_client.get("/about")
    logging_client.get("/nowhere")
    first, second = logged(capsys)
    assert (first["method"], first["route"], first["status"]) == ("GET", "/about", 200)
    assert first["ms"] >= 0
    assert (second["route"], second["status"]) == (requests_log.UNKNOWN, 404)


def test_no_line_tells_who_or_what(
    logging_client: FlaskClient, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    sign_in(logging_client, world.ours.coach)
    logging_client.get("/sign-in/a-secret-of-a-link?next=/record")
    logging_client.get(f"/trends?school={world.ours.school.id}", headers={"X-Forwarded-For": "203.0.113.7"})
    said = capsys.readouterr().err
    assert '"/sign-in/<secret>"' in said
    for word in (world.ours.coach.email, PASSWORD, "a-secret", str(world.ours.school.id), "203.0.113.7", "127.0.0.1"):
        assert word not in said


def test_watchers_do_not_fill_the_log(logging_client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    for address in requests_log.QUIET:
        logging_client.get(address)
    assert logged(capsys) == []


def test_on_a_terminal_there_is_no_log(
    app: Flask, logging_client: FlaskClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(app.config, "LOG_REQUESTS", False)
    capsys.readouterr()
    logging_client.get("/about")
    assert logged(capsys) == []


def test_a_statement_that_fails_is_told_without_its_values(db: Session) -> None:
    with pytest.raises(DBAPIError) as failed:
        db.execute(text("INSERT INTO nowhere (note) VALUES (:note)"), {"note": "what was said in private"})
    db.rollback()
    assert "private" not in str(failed.value)
