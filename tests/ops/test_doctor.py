"""`doctor`: says in a line each what is well and what is not, and ends with 1 when something is not."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.conftest import new_app
from tests.observing.rows import heard
from tests.ops.commands import run
from tests.promises import promise
from tests.world import World
from webapp import settings
from webapp.culture.disclosure import Rhythm
from webapp.extensions import new_id
from webapp.observing import retention
from webapp.observing.models import Tombstone
from webapp.ops import findings
from webapp.ops.findings import Weight
from webapp.people.models import SignIn
from webapp.schools.models import MergedPlace
from webapp.settings import Settings
from webapp.trends.models import Publication
from webapp.trends.published import NONE_BEFORE, hash_of

SECRET = "only for tests, and long enough to be taken"
Make = Callable[..., Flask]
# The tests' own PostgreSQL server is as quick and as forgetful as it can be, and the doctor sees it.
FORGETFUL = "What is saved may be lost when the power goes: fsync is off, not on, full_page_writes is off, not on"


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The front end is there, whatever was built."""
    for name in ("manifest.json", "sw.js"):
        (tmp_path / name).write_text("{}")
    monkeypatch.setattr(settings, "STATIC", tmp_path)


def problems(app: Flask) -> list[str]:
    """The lines that doctor calls problems; it must end with 1 when there is one, and with 0 when there is none."""
    said = run(app, "doctor")
    found = [line.removeprefix("problem  ") for line in said.out if line.startswith("problem")]
    assert said.code == bool(found)
    return [line for line in found if line != FORGETFUL]


def test_a_sound_installation_has_no_problem_and_each_finding_is_a_line(app: Flask, world: World) -> None:
    assert problems(app) == []
    said = run(app, "doctor")
    assert said.err == []
    assert {line.split()[0] for line in said.out} <= {"ok", "note", "problem"}
    assert "ok       The database answers and is migrated" in said.out


def test_the_databases_password_is_not_shown() -> None:
    said = run(new_app("postgresql+psycopg://listenin:hunter2@localhost:1/nothing"), "doctor")
    assert said.code == 1
    assert "hunter2" not in "\n".join([*said.out, *said.err])


def test_a_database_that_is_not_migrated_is_told_with_the_command_that_mends_it(app: Flask, not_migrated: None) -> None:
    (line,) = problems(app)
    assert line.endswith("is not migrated; run: listenin db upgrade")


@pytest.mark.parametrize("words", [("publish",), ("demo",), ("create-admin", "a@b.example", "--school", "N")])
def test_other_commands_say_the_same_in_one_line(app: Flask, not_migrated: None, words: tuple[str, ...]) -> None:
    said = run(app, *words)
    assert (said.code, said.out, len(said.err)) == (1, [], 1)
    assert said.err[0].endswith("is not migrated; run: listenin db upgrade")


def test_a_database_of_a_later_release_is_left_alone(app: Flask, db: Session, not_migrated: None) -> None:
    db.execute(text("INSERT INTO alembic_version (version_num) VALUES ('later')"))
    db.commit()
    said = run(app, "publish")
    assert said.err[0].endswith("was migrated by a later release; install that release")
    db.execute(text("DELETE FROM alembic_version"))
    db.commit()


def test_a_database_that_does_not_answer_is_told_in_one_line() -> None:
    (line,) = problems(new_app("sqlite:////nowhere/at/all.db"))
    assert line == "The database sqlite:////nowhere/at/all.db does not answer: unable to open database file"


@promise("SYNC-3")
def test_a_database_that_may_lose_what_it_saved_is_a_problem(app: Flask, db: Session) -> None:
    # SQLite does not listen within a transaction.
    sqlite = ("COMMIT", "PRAGMA synchronous=OFF")
    for each in sqlite if db.get_bind().dialect.name == "sqlite" else ("SET synchronous_commit = off",):
        db.execute(text(each))
    (found,) = findings.durability(db)
    assert found.weight is Weight.PROBLEM
    assert "synchronous" in found.line


@promise("PRIVACY-8")
def test_a_database_that_lets_publications_be_changed_is_a_problem(app: Flask, db: Session) -> None:
    sqlite = db.get_bind().dialect.name == "sqlite"
    db.execute(text("DROP TRIGGER closing_no_delete" if sqlite else "DROP TRIGGER closing_frozen ON closing"))
    (found,) = findings.append_only(db)
    assert found.weight is Weight.PROBLEM
    assert "could be changed" in found.line
    db.rollback()


@promise("PRIVACY-8")
def test_a_publication_that_is_not_what_was_sealed_is_a_problem(app: Flask, db: Session, world: World) -> None:
    school = world.ours.school
    content = json.dumps({"rhythm": Rhythm.BY_WINDOW})
    sealed = hash_of(NONE_BEFORE, school.id, 1, content + " ")
    days = {"first_day": date(2026, 8, 3), "last_day": date(2026, 8, 30)}
    db.add(Publication(school_id=school.id, number=1, content=content, hash_before=NONE_BEFORE, hash=sealed, **days))
    db.commit()
    assert problems(app) == ["What was published of Our School is not what was sealed; restore a backup"]


def test_a_zone_that_the_system_does_not_know_is_a_problem(app: Flask, db: Session, world: World) -> None:
    world.neighbour.school.timezone = "Mars/Olympus"
    db.commit()
    assert problems(app)[0].startswith("Neighbour School is in Mars/Olympus, a time zone")


def test_a_clock_that_went_back_is_a_problem(app: Flask, db: Session, world: World) -> None:
    later = datetime.now(UTC) + timedelta(hours=2)
    hours = {"created_at": later, "seen_at": later, "expires_at": later + timedelta(days=60)}
    db.add(SignIn(id=new_id(), person_id=world.ours.coach.id, secret_hash=bytes(32), **hours))
    db.commit()
    (line,) = problems(app)
    assert line.startswith("Somebody signed in at ")


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"base_url": "https://listen.example.org"}, "BASE_URL is https, so a proxy stands in front: set"),
        ({"base_url": "http://listen.example.org"}, "BASE_URL is not https, so phones cannot record without"),
        (
            {"base_url": "https://listen.example.org", "trusted_proxies": 1, "listenin_development": True},
            "LISTENIN_DEVELOPMENT is on; unset it",
        ),
    ],
)
def test_an_address_that_does_not_fit_is_a_problem(make_app: Make, given: dict[str, object], line: str) -> None:
    (found,) = problems(make_app(**given))
    assert found.startswith(line)


def test_an_address_that_fits_is_none(make_app: Make) -> None:
    assert problems(make_app(base_url="https://listen.example.org", trusted_proxies=1)) == []
    assert problems(make_app(base_url="http://localhost:8000")) == []


def test_the_demo_where_people_work_is_a_problem(make_app: Make) -> None:
    public = make_app(base_url="https://listen.example.org", trusted_proxies=1)
    run(public, "demo", "--observations", "0")
    assert problems(public) == ["The demo is here, and its password is known to many: begin with an empty database"]


def test_a_front_end_that_was_not_built_is_a_problem(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "sw.js").unlink()
    assert problems(app) == ["The front end is not built (sw.js is missing); run: make build"]


def test_a_key_that_others_may_read_is_a_problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "INSTANCE", tmp_path)
    monkeypatch.delenv("SECRET_KEY", raising=False)
    unset = Settings(database_url="sqlite://")
    assert [found.weight for found in findings.secret_key(unset)] == [Weight.NOTE]
    (tmp_path / "secret_key").write_text(SECRET)
    (tmp_path / "secret_key").chmod(0o644)
    assert [found.weight for found in findings.secret_key(unset)] == [Weight.PROBLEM]
    (tmp_path / "secret_key").chmod(0o600)
    assert [found.weight for found in findings.secret_key(unset)] == [Weight.FINE]


def test_deletions_that_nobody_forgot_and_listen_ins_left_behind_are_problems(
    app: Flask, db: Session, world: World
) -> None:
    ours, now = world.ours, datetime.now(UTC)
    known = retention.DELETIONS_KNOWN_FOR
    heard(db, ours.school, ours.places[0], ours.coach, now, times=3)
    for revision, days in ((1, 2), (2, 0)):
        long_ago = now - known - timedelta(days=days)
        db.add(Tombstone(id=new_id(), school_id=ours.school.id, revision=revision, deleted_at=long_ago))
    db.commit()
    assert problems(app) == [
        "Deletions that should be forgotten by now: 1; let a timer run listenin publish every night"
    ]
    retention.forget(db, now)
    merged = MergedPlace(place_id=ours.places[0].id, school_id=ours.school.id, into_id=ours.places[1].id, merged_at=now)
    db.add(merged)
    db.commit()
    (told,) = problems(app)
    assert told.startswith("Listen-ins filed under a place that is part of another: 3")


def test_a_server_that_takes_too_few_connections_is_a_problem(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert problems(app) == []
    monkeypatch.setattr(findings, "CONNECTIONS", 1_000)
    on_postgresql = app.config["SETTINGS"].database_url.startswith("postgresql")
    assert [line.rpartition("; ")[2] for line in problems(app)] == ["the server needs 1000"] * on_postgresql
