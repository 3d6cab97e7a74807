"""`import`: a file that `export` wrote, back from the prompt; all or nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.ops.commands import run
from tests.world import World
from webapp.culture.vocabulary import GroupSize, Setting, Trait
from webapp.extensions import new_id
from webapp.observing.exporting import COLUMNS
from webapp.observing.models import Import, Observation
from webapp.schools.models import School

HEADINGS = ",".join(COLUMNS)


@pytest.fixture
def exported(app: Flask, db: Session, world: World, tmp_path: Path) -> Path:
    """Twenty of ours over the hour that comes twice, in every place and setting, of every size."""
    ours = world.ours
    began = datetime(2026, 11, 1, 4, 10, tzinfo=UTC)
    for number in range(20):
        made = heard(
            db,
            ours.school,
            ours.places[number % 6],
            ours.coach,
            began + timedelta(minutes=17 * number),
            Trait(number * 6 % 128),
            setting=list(Setting)[number % 6],
        )[0]
        made.group_size_code = [*range(len(GroupSize)), None][number % 4]
    db.commit()
    file = tmp_path / "all.csv"
    assert run(app, "export", "Our School", str(file)).code == 0
    return file


def told(db: Session, school: School) -> list[tuple[object, ...]]:
    from webapp.schools.models import Place

    asked = (
        select(
            Observation.observed_at,
            Place.name,
            Observation.setting_code,
            Observation.heard,
            Observation.group_size_code,
        )
        .join(Place, Place.id == Observation.place_id)
        .where(Observation.school_id == school.id)
        .order_by(Observation.observed_at)
    )
    return [tuple(row) for row in db.execute(asked)]


def write(file: Path, *lines: str) -> str:
    file.write_text("\n".join((HEADINGS, *lines)) + "\n")
    return str(file)


def row(place: str = "Library", **said: str) -> str:
    cells = {"id": str(new_id()), "time": "2026-01-13T09:15:00-05:00", "place": place, "setting": "passing"} | said
    return ",".join(cells.get(column, "") for column in COLUMNS)


@pytest.mark.parametrize("by", ["name", "id"])
def test_what_was_exported_comes_into_another_school_as_it_was(
    app: Flask, db: Session, world: World, exported: Path, by: str
) -> None:
    theirs = world.neighbour.school
    said = run(app, "import", str(getattr(theirs, by)), str(exported))
    assert (said.code, said.err) == (0, [])
    assert said.out == [f"Neighbour School: 20 observations came in from {exported}"]
    assert [row for row in told(db, theirs)] == told(db, world.ours.school)


def test_twice_is_once_and_into_its_own_school_not_at_all(
    app: Flask, db: Session, world: World, exported: Path
) -> None:
    for school, n in (("Neighbour School", 20), ("Neighbour School", 0), ("Our School", 0)):
        said = run(app, "import", school, str(exported))
        assert said.code == 0
        assert f"{n} observations came in" in said.out[0]
        assert said.out[0].endswith("20 were there already") == (n == 0)
    assert len(told(db, world.neighbour.school)) == len(told(db, world.ours.school)) == 20
    assert len(list(db.scalars(select(Import)))) == 1


def test_a_dry_run_says_what_would_come_in_and_stores_nothing(
    app: Flask, db: Session, world: World, exported: Path
) -> None:
    said = run(app, "import", "Neighbour School", str(exported), "--dry-run")
    assert said.out == [f"Neighbour School: 20 observations would come in from {exported}"]
    assert told(db, world.neighbour.school) == []


def test_wrong_lines_are_told_each_and_nothing_comes_in(app: Flask, db: Session, world: World, tmp_path: Path) -> None:
    one = str(new_id())
    file = write(
        tmp_path / "all.csv",
        row(id=one),
        row("Attic"),
        row(setting="party"),
        row(time="soon"),
        row(evidence="perhaps"),
        row(group_size="many"),
        row(id=one),
        row(id="1"),
    )
    said = run(app, "import", "Our School", file)
    assert said.code == 1
    assert said.err == [
        "line 3: “Attic” is no place of the school. Say which it is, or add it to the places first.",
        "line 4: “party” is no setting that is known. Say which it is.",
        "line 5: “soon” cannot be read as a time. Write it as 2026-11-03 9:15.",
        "line 6: “perhaps” in “evidence” says neither that it was heard nor that it was not.",
        "line 7: “many” is no number of people that is known. Say how many.",
        f"line 8: The id {one} stands in an earlier line too. Take one away.",
        "line 9: “1” is no id of a listen-in. Take the line as it was exported, or take away the column “id”.",
        f"Error: 7 lines of {file} have something wrong; nothing came in",
    ]
    assert told(db, world.ours.school) == []


@pytest.mark.parametrize("name", ["=Sum", "+1", "'quoted", "-"])
def test_words_that_were_defused_are_read_back(
    app: Flask, db: Session, world: World, tmp_path: Path, name: str
) -> None:
    for cast in (world.ours, world.neighbour):
        cast.places[0].name = name
    heard(db, world.ours.school, world.ours.places[0], None, datetime(2026, 1, 13, tzinfo=UTC))
    db.commit()
    run(app, "export", "Our School", str(tmp_path / "all.csv"))
    assert run(app, "import", "Neighbour School", str(tmp_path / "all.csv")).code == 0
    assert told(db, world.neighbour.school)[0][1] == name


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("when,where\n1,2\n", "is not a CSV file that `export` wrote; bring it in on the page School › Listen-ins"),
        ("PK\x03\x04", "This is a spreadsheet, not a CSV file."),
        ("", "This file is empty. Choose another."),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_one_line(
    app: Flask, world: World, tmp_path: Path, content: str | None, line: str
) -> None:
    file = tmp_path / "form.csv"
    if content is not None:
        file.write_text(content)
    said = run(app, "import", "Our School", str(file))
    assert (said.code != 0, len(said.err)) == (True, 1)
    assert line in said.err[0]


@pytest.mark.one_database
def test_a_school_that_is_not_there_is_told_with_those_that_are(app: Flask, world: World, tmp_path: Path) -> None:
    said = run(app, "import", "No School", write(tmp_path / "all.csv", row()))
    assert said.err == ["Error: SCHOOL: there is no school 'No School'; there are: Neighbour School, Our School"]
