"""The database is locked, or its connection is lost: whoever asked is told to try again, and nothing is half stored."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, create_engine, event, func, select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.observing import phone
from tests.world import PASSWORD, World, sign_in
from webapp.extensions import db as database
from webapp.observing.models import Observation
from webapp.people.models import Person

TRY_AGAIN = (503, "application/problem+json", "5")


@pytest.fixture
def other(app: Flask) -> Iterator[Connection]:
    """Another server process' connection to the same database."""
    engine = create_engine(app.config["SETTINGS"].database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@contextmanager
def locked(app: Flask, other: Connection) -> Iterator[None]:
    """Somebody else is writing and does not end, and nobody waits long for it."""
    little, ever = (
        ("SET lock_timeout = '10ms'", "SET lock_timeout = '10s'")
        if is_server(app)
        else ("PRAGMA busy_timeout=10", "PRAGMA busy_timeout=10000")
    )

    def wait_little(connection: Any, _record: object, _proxy: object) -> None:
        connection.execute(little)
        connection.commit()

    def wait_as_ever(connection: Any, _record: object) -> None:
        if connection is not None:
            connection.execute(ever)
            connection.commit()

    with app.app_context():
        engine = database.engine
    event.listen(engine, "checkout", wait_little)
    event.listen(engine, "checkin", wait_as_ever)
    other.execution_options(sqlite_begin="IMMEDIATE")
    with other.begin():
        if is_server(app):
            other.execute(text("SELECT 1 FROM school FOR UPDATE"))
        yield
    event.remove(engine, "checkout", wait_little)
    event.remove(engine, "checkin", wait_as_ever)


def away(app: Flask, other: Connection, call: Callable[[], TestResponse]) -> TestResponse:
    """What the call is answered when the database goes in its midst: locked, or its connection ended."""
    if not is_server(app):
        with locked(app, other):
            return call()
    with other.begin(), ThreadPoolExecutor(1) as thread:
        other.execute(text("SELECT 1 FROM school FOR UPDATE"))
        answer = thread.submit(call)
        while not answer.done():
            end(other, "wait_event_type = 'Lock'")
        return answer.result()


def is_server(app: Flask) -> bool:
    """Whether this run is on PostgreSQL."""
    return str(app.config["SETTINGS"].database_url).startswith("postgresql")


def stored(db: Session) -> int:
    db.rollback()
    return db.scalars(select(func.count()).select_from(Observation)).one()


def told(answer: TestResponse) -> tuple[int, str | None, str | None]:
    return answer.status_code, answer.mimetype, answer.headers.get("Retry-After")


def test_a_call_in_whose_midst_the_database_goes_stores_nothing_and_does_well_later(
    app: Flask, client: FlaskClient, db: Session, world: World, other: Connection
) -> None:
    coach = world.ours.coach
    sign_in(client, coach)
    said = phone.put(world.ours)
    db.commit()
    refused = away(app, other, lambda: phone.send(client, coach, said))
    assert told(refused) == TRY_AGAIN
    assert refused.get_json()["type"] == "/problems/try-again"
    assert stored(db) == 0
    assert phone.statuses(phone.send(client, coach, said)) == ["applied"]


def test_nobody_waits_for_another_writer_for_ever(
    app: Flask, client: FlaskClient, db: Session, world: World, other: Connection
) -> None:
    coach = world.ours.coach
    sign_in(client, coach)
    said = phone.put(world.ours)
    asked = "PRAGMA busy_timeout" if not is_server(app) else "SHOW lock_timeout"
    assert db.scalar(text(asked)) in {10_000, "10s"}
    db.commit()
    with locked(app, other):
        assert told(phone.send(client, coach, said)) == TRY_AGAIN
    assert phone.statuses(phone.send(client, coach, said)) == ["applied"]


@pytest.mark.one_database
def test_a_form_that_meets_a_lock_gets_a_page_and_can_be_sent_again(
    app: Flask, client: FlaskClient, world: World, other: Connection
) -> None:
    typed = {"email": world.ours.coach.email, "password": PASSWORD}
    with locked(app, other):
        refused = client.post("/sign-in", data=typed, headers={"Accept-Language": "es"})
    assert told(refused) == (503, "text/html", "5")
    assert 'lang="es"' in refused.text
    assert client.post("/sign-in", data=typed).status_code == 303


@pytest.mark.one_database
def test_a_person_who_is_signed_in_gets_the_page_too(
    app: Flask, client: FlaskClient, world: World, other: Connection
) -> None:
    sign_in(client, world.ours.principal)
    with locked(app, other):
        refused = client.post("/school/places/new", data={"name": "Yard", "kind": "outdoors", "adults": "9"})
    assert told(refused) == (503, "text/html", "5")
    assert "Nothing you saved is lost" in refused.text


def test_a_connection_lost_between_two_calls_is_made_anew(
    app: Flask, client: FlaskClient, db: Session, world: World, other: Connection
) -> None:
    coach = world.ours.coach
    sign_in(client, coach)
    said = phone.put(world.ours)
    who = coach.id
    db.commit()
    if is_server(app):
        end(other, "pid <> pg_backend_pid()")
    db.invalidate()
    call = {"device": "phone", "account": str(who), "clock": phone.instant(), "changes": [said]}
    assert phone.statuses(client.post("/api/v1/sync", json=call)) == ["applied"]


def test_a_connection_that_rested_for_long_is_not_trusted(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stands between may have forgotten it, and then nobody answers; a file is always there."""
    with app.app_context():
        engine = database.engine
    engine.dispose()

    def taken_up() -> object:
        with engine.connect() as connection:
            return connection.connection.driver_connection

    first = taken_up()
    assert taken_up() is first
    monkeypatch.setattr("webapp.extensions.LONGEST_REST", 0.0)
    assert (taken_up() is first) is not is_server(app)


@pytest.mark.one_database
def test_what_the_database_refuses_is_logged_without_what_was_said(
    app: Flask, client: FlaskClient, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    about = app.view_functions["about.show"]

    def broken() -> str:
        database.session.add(Person(name="", email=world.ours.coach.email, created_at=world.ours.coach.created_at))
        database.session.commit()
        return ""

    broken.__door__ = "open to all"  # type: ignore[attr-defined]  # marked, so that the view itself is reached
    app.view_functions["about.show"] = broken
    try:
        answer = client.get("/about")
    finally:
        app.view_functions["about.show"] = about
    assert answer.status_code == 500
    assert "IntegrityError" in caplog.text
    assert world.ours.coach.email not in caplog.text


def end(other: Connection, where: str) -> None:
    """Ends the connections to this database of which this is so, as a server does that is started anew."""
    # What others do is looked at once a transaction, unless one asks for it anew.
    other.execute(text("SELECT pg_stat_clear_snapshot()"))
    ending = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND "
    other.execute(text(ending + where))
