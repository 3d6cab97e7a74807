"""What tests stand on: the application on each database, a client that checks its pages, a clock moved by hand."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from sqlalchemy import text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import Session

from tests import databases
from tests import world as cast
from tests.pages import PageCheckingClient
from webapp import create_app
from webapp.extensions import Base, alembic
from webapp.extensions import db as database
from webapp.settings import Settings

# The browser is shared by all folders that ask for one.
pytest_plugins = ["tests.browser.fixtures"]

# The same examples in every run, so that a red one has a cause; and nothing is timed.
settings.register_profile("house", derandomize=True, deadline=None)
settings.load_profile("house")

SECRET = "only for tests, and long enough to be taken"


def pytest_configure(config: pytest.Config) -> None:
    """The databases of a run belong to the process that began it."""
    if not hasattr(config, "workerinput"):
        databases.begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and databases.FOLDER in os.environ:
        databases.end_run()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that uses `app` runs on each database, unless it is marked `one_database`."""
    if "app" in metafunc.fixturenames:
        one = metafunc.definition.get_closest_marker("one_database")
        metafunc.parametrize("app", databases.KINDS[:1] if one else databases.KINDS, indirect=True)


@dataclass
class Clock:
    """Verbs take the time as an argument; this is the one that a test hands them."""

    now: datetime

    def forward(self, **how_far: float) -> datetime:
        self.now += timedelta(**how_far)
        return self.now


@dataclass(frozen=True)
class Prepared:
    """An application with its tables made, and what its database looks like with no rows in it."""

    app: Flask
    engine: Engine
    url: str


def new_app(url: str, **settings: Any) -> Flask:
    """The application on the database at `url`, with other settings where a test needs them."""
    app = create_app(Settings(database_url=url, secret_key=SECRET, **settings))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = PageCheckingClient
    return app


@cache
def prepared(kind: str) -> Prepared:
    """Made once a process: the migrations run here, not in each test."""
    url = databases.new_url(kind)
    app = new_app(url)
    with app.app_context():
        alembic.upgrade()
        engine = database.engine
    engine.dispose()
    if kind == "sqlite":
        shutil.copyfile(_file(url), _file(url).with_suffix(".empty"))
    return Prepared(app, engine, url)


@pytest.fixture
def app(request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application on an empty database."""
    on = prepared(request.param)
    yield on.app
    if request.param == "sqlite":
        _put_back(on)
    else:
        _empty(on.engine)


@pytest.fixture
def make_app(app: Flask) -> Callable[..., Flask]:
    """Makes another application on the same database, with other settings."""
    url = app.config["SETTINGS"].database_url
    return lambda **settings: new_app(url, **settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser of somebody signed out, that checks every page it gets."""
    return app.test_client()


@pytest.fixture
def db(app: Flask) -> Iterator[Session]:
    """A session on the database that `app` and `client` use. What it wrote is committed before each request."""
    with app.app_context():
        yield database.session
        database.session.rollback()


@pytest.fixture
def world(db: Session) -> cast.World:
    """Our school and its neighbour, in the database."""
    return cast.build(db)


@pytest.fixture
def clock() -> Clock:
    """A Tuesday morning in autumn term."""
    return Clock(datetime(2026, 11, 24, 15, 30, tzinfo=UTC))


def _file(url: str) -> Path:
    return Path(str(make_url(url).database))


def _put_back(on: Prepared) -> None:
    on.engine.dispose()
    file = _file(on.url)
    for left in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        left.unlink(missing_ok=True)
    shutil.copyfile(file.with_suffix(".empty"), file)


def _empty(engine: Engine) -> None:
    with engine.begin() as connection:
        # Rows go without asking keys and triggers; DELETE, because TRUNCATE costs a file for each table and index.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in Base.metadata.tables.values():
            connection.execute(table.delete())
