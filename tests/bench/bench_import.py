"""How long it takes to bring in a form of 20,000 lines, step by step as on the page, and a file of our own at the
prompt; beside bare inserts of the same rows."""

import csv
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, text

from tests import databases, world
from tests.bench.stage import table
from tests.conftest import SECRET
from tests.observing.import_form import BEGIN, choose, go_on
from webapp import create_app
from webapp.culture.vocabulary import TRAITS, Setting
from webapp.culture.words import SETTING_NAMES, TRAIT_WORDS
from webapp.extensions import Base, alembic, db, new_id
from webapp.observing.models import Observation
from webapp.settings import Settings

LINES = 20_000
AIM = 10.0
BEGAN = datetime(2023, 9, 4, 13, 0, tzinfo=UTC)
Times = dict[str, float]


def main() -> None:
    databases.begin_run(durable=True)
    try:
        found = {kind: measured(kind) for kind in databases.KINDS}
    finally:
        databases.end_run()
    rows = [
        (step, *(f"{found[kind][step]:.2f}" for kind in reversed(databases.KINDS)), *judged(step, found))
        for step in found[databases.KINDS[0]]
    ]
    table(
        f"An import of {LINES:,} lines, seconds", ("", *(kind for kind in reversed(databases.KINDS)), "aim", ""), rows
    )


def judged(step: str, found: dict[str, Times]) -> tuple[str, str]:
    if not step.startswith("All"):
        return "", ""
    return f"{AIM:.0f}", "good" if max(times[step] for times in found.values()) < AIM else "too slow"


def measured(kind: str) -> Times:
    app = create_app(Settings(database_url=databases.new_url(kind), secret_key=SECRET))
    app.config.update(WTF_CSRF_ENABLED=False)
    with app.app_context():
        alembic.upgrade()
        cast = world.build(db.session)
        principal, theirs = cast.ours.principal.email, cast.neighbour.school.name
    client = app.test_client()
    assert client.post("/api/v1/session", json={"email": principal, "password": world.PASSWORD}).status_code == 200
    times = by_page(client)
    times["All on the page"] = sum(times.values())
    assert stored(app) == LINES
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "all.csv")
        prompt = app.test_cli_runner()
        assert prompt.invoke(args=["export", "Our School", file]).exit_code == 0
        times["All at the prompt, a file of our own"] = timed(
            lambda: prompt.invoke(args=["import", theirs, file], catch_exceptions=False)
        )
    assert stored(app) == 2 * LINES
    past = client.get(BEGIN).text.partition(f"{BEGIN}/done/")[2][:36]
    times["Undo"] = timed(lambda: client.post(f"{BEGIN}/done/{past}/undo"))
    assert stored(app) == LINES
    times["Bare inserts of these rows"] = bare(app)
    return times


def by_page(client: FlaskClient) -> Times:
    times: Times = {}
    address = ""

    def step(name: str, send: Callable[[], str]) -> None:
        nonlocal address
        began = time.perf_counter()
        address = send()
        times[name] = time.perf_counter() - began

    form = a_form()
    step("The file", lambda: choose(client, form).location)
    step("Its columns", lambda: go_on(client, address).location)
    step("Its words", lambda: go_on(client, address).location)
    step("The preview", lambda: str(client.get(address).status_code) and address)
    step("Bringing it in", lambda: client.post(address).location)
    assert "/done/" in address
    return times


def a_form() -> bytes:
    """As Google Forms writes it: a line every 47 minutes, words with commas between them."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(["Timestamp", "Your name", "Where", "Kind of talk", "What did you hear?", "How many"])
    settings = [SETTING_NAMES[setting] for setting in Setting]
    for number in range(LINES):
        at = BEGAN + timedelta(minutes=47 * number)
        heard = ", ".join(TRAIT_WORDS[trait].name for trait in TRAITS if trait & (number * 37))
        place = world.PLACES[number % len(world.PLACES)][0]
        when = f"{at.month}/{at.day}/{at.year} {at:%H:%M:%S}"
        writer.writerow([when, "Somebody", place, settings[number % 6], heard, number % 9 + 2])
    return file.getvalue().encode()


def timed(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def stored(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Observation)) or 0


def bare(app: Flask) -> float:
    """The rows once more, into a table of the same columns with a key and nothing else, and one commit."""
    with app.app_context():
        columns = [column for column in Base.metadata.tables["observation"].columns]
        rows = [dict(row._mapping) | {"id": new_id()} for row in db.session.execute(select(*columns))]
        db.session.execute(text("CREATE TABLE bare AS SELECT * FROM observation WHERE 1 = 0"))
        db.session.execute(text("CREATE UNIQUE INDEX bare_id ON bare (id)"))
        db.session.commit()
        into = Base.metadata.tables["observation"].to_metadata(type(Base.metadata)(), name="bare")

        def fill() -> None:
            db.session.execute(insert(into), rows)
            db.session.commit()

        return timed(fill)


if __name__ == "__main__":
    main()
