"""What the import rules cannot see: the SQL that is sent when trends are opened."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.promises import promise
from tests.trends.schooldays import FIRST, closing, plenty
from tests.world import World, sign_in
from webapp.extensions import Base
from webapp.extensions import db as database
from webapp.trends.publishing import publish_due

ALLOWED = {"person", "sign_in", "school", "membership", "publication"}


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL sent meanwhile."""
    sent: list[str] = []
    with app.app_context():
        engine = database.engine

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def tables(sent: list[str]) -> set[str]:
    """The tables that are named in them, anywhere."""
    words = set(re.findall(r"\w+", " ".join(sent).lower()))
    return words & set(Base.metadata.tables)


@promise("PRIVACY-1")
@pytest.mark.parametrize("address", ["/trends", "/api/v1/schools/{school}/trends"])
def test_opening_trends_names_no_table_but_publications_and_who_one_is(
    app: Flask, client: FlaskClient, db: Session, world: World, address: str
) -> None:
    plenty(db, world.ours, FIRST)
    publish_due(db, world.ours.school, closing(world.ours, FIRST))
    reader, address = sign_in(client, world.ours.teacher), address.format(school=world.ours.school.id)
    with statements(app) as sent:
        assert reader.get(address).status_code == 200
    assert "publication" in tables(sent)
    assert tables(sent) <= ALLOWED


def test_what_is_read_by_the_heat_map_would_be_seen(app: Flask, client: FlaskClient, world: World) -> None:
    coach = sign_in(client, world.ours.coach)
    with statements(app) as sent:
        assert coach.get("/heatmap").status_code == 200
    assert "observation" in tables(sent)
