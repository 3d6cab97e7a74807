"""`export`: all observations of a school in a file, from the prompt."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.ops.commands import run
from tests.world import World, sign_in
from webapp.culture.vocabulary import Trait


@pytest.fixture
def listened(db: Session, world: World) -> World:
    ours, theirs = world.ours, world.neighbour
    heard(db, ours.school, ours.places[0], ours.coach, datetime(2026, 11, 24, tzinfo=UTC), Trait.EVIDENCE, times=3)
    heard(db, theirs.school, theirs.places[0], theirs.coach, datetime(2026, 11, 24, tzinfo=UTC))
    db.commit()
    return world


@pytest.mark.parametrize("by", ["name", "id"])
def test_a_school_by_its_name_or_id_goes_into_a_file(app: Flask, listened: World, tmp_path: Path, by: str) -> None:
    school, file = listened.ours.school, tmp_path / "all.csv"
    said = run(app, "export", str(getattr(school, by)), str(file))
    assert (said.code, said.err) == (0, [])
    assert said.out == [f"Our School: 3 observations in {file}"]
    assert len(file.read_bytes().splitlines()) == 4
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["all.csv"]


def test_it_is_what_the_page_gives(app: Flask, client: FlaskClient, listened: World, tmp_path: Path) -> None:
    for kind in ("csv", "json", "xlsx"):
        assert run(app, "export", "Our School", str(tmp_path / f"all.{kind}")).code == 0
    sign_in(client, listened.ours.principal)
    assert (tmp_path / "all.csv").read_bytes() == client.get("/school/listen-ins.csv").data
    told = json.loads((tmp_path / "all.json").read_bytes())
    assert told["observations"] == client.get("/school/listen-ins.json").get_json()["observations"]
    assert load_workbook(tmp_path / "all.xlsx")["Listen-ins"].max_row == 4


def test_an_ending_in_capitals_is_known(app: Flask, listened: World, tmp_path: Path) -> None:
    assert run(app, "export", "Our School", str(tmp_path / "ALL.CSV")).code == 0


@pytest.mark.parametrize(
    ("school", "name", "line"),
    [
        ("Our School", "all.ods", "Error: FILE: 'all.ods' has no ending that is known; use one of .csv, .xlsx, .json"),
        ("Our School", "all", "Error: FILE: 'all' has no ending that is known; use one of .csv, .xlsx, .json"),
        (
            "No School",
            "a.csv",
            "Error: SCHOOL: there is no school 'No School'; there are: Neighbour School, Our School",
        ),
        ("Our School", "none/a.csv", "Error: FILE: there is no folder {folder}/none; make it first"),
        (
            "Our School",
            "old.csv",
            "Error: FILE: {folder}/old.csv is there already; choose another name, or remove it first",
        ),
    ],
)
def test_bad_input_ends_with_2_and_one_line_and_writes_nothing(
    app: Flask, listened: World, tmp_path: Path, *, school: str, name: str, line: str
) -> None:
    (tmp_path / "old.csv").write_text("kept")
    said = run(app, "export", school, str(tmp_path / name))
    assert (said.code, said.out, said.err) == (2, [], [line.format(folder=tmp_path)])
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {"old.csv": "kept"}


def test_two_schools_of_one_name_are_told_by_their_ids(
    app: Flask, db: Session, listened: World, tmp_path: Path
) -> None:
    listened.neighbour.school.name = "Our School"
    db.commit()
    said = run(app, "export", "Our School", str(tmp_path / "a.csv"))
    assert said.code == 2
    assert str(listened.ours.school.id) in said.err[0]
    assert str(listened.neighbour.school.id) in said.err[0]


def test_what_cannot_be_written_is_told_and_leaves_no_half(
    app: Flask, listened: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_said: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("webapp.ops.export.write", full)
    said = run(app, "export", "Our School", str(tmp_path / "a.csv"))
    assert (said.code, said.err) == (1, [f"Error: {tmp_path}/a.csv cannot be written: No space left on device"])
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_tables_is_told(app: Flask, not_migrated: None, tmp_path: Path) -> None:
    said = run(app, "export", "Our School", str(tmp_path / "a.csv"))
    assert said.code == 1
    assert "is not migrated" in said.err[0]
