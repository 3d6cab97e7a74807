"""Take every listen-in of the school along: as rows, for administrators, without whose it was."""

import csv
import json
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.world import World, sign_in
from webapp.culture.vocabulary import GroupSize, Setting, Trait
from webapp.observing.exporting import AT_ONCE, COLUMNS

# The hour that New York's clocks show twice.
FIRST = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
SECOND = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


@pytest.fixture
def listened(db: Session, world: World) -> World:
    """Three of ours, and one of the neighbour's; with a note, and one without observer."""
    ours, theirs = world.ours, world.neighbour
    ours.school.notes_days = 30
    later = heard(db, ours.school, ours.places[5], None, SECOND, setting=Setting.ONE_TO_ONE)[0]
    later.group_size_code = GroupSize.MANY.code
    first = heard(db, ours.school, ours.places[0], ours.coach, FIRST, Trait.EVIDENCE, Trait.ACTION)[0]
    first.note, first.walkthrough = "markednote", ours.year.id
    heard(db, ours.school, ours.places[1], ours.principal, datetime(2026, 11, 24, 15, 0, tzinfo=UTC))
    heard(db, theirs.school, theirs.places[0], theirs.coach, FIRST)
    ours.coach.name = "markedcoach"
    db.commit()
    return world


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def as_table(rows: list[dict[str, Any]]) -> list[list[str]]:
    return [["" if value is None else str(value) for value in row.values()] for row in rows]


def test_a_line_says_when_where_and_what_was_heard(client: FlaskClient, listened: World) -> None:
    answer = sign_in(client, listened.ours.principal).get("/school/listen-ins.csv")
    assert answer.status_code == 200
    rows = read_csv(answer.data)
    assert list(rows[0]) == list(COLUMNS)
    assert [row["time"] for row in rows] == [
        "2026-11-01T01:30:00-04:00",
        "2026-11-01T01:30:00-05:00",
        "2026-11-24T10:00:00-05:00",
    ]
    first = {name: value for name, value in rows[0].items() if value not in {"0", ""}}
    assert {name: first[name] for name in first if name not in {"id", "time"}} == {
        "place": "North hallway",
        "floor": "1",
        "kind": "hallway",
        "setting": "passing",
        "evidence": "1",
        "action": "1",
    }
    assert (rows[1]["setting"], rows[1]["group_size"], rows[1]["floor"]) == ("one_to_one", "8+", "")


def test_all_three_files_say_the_same(client: FlaskClient, listened: World) -> None:
    sign_in(client, listened.ours.principal)
    rows = read_csv(client.get("/school/listen-ins.csv").data)
    told = client.get("/school/listen-ins.json").get_json()
    assert (told["school"], told["timezone"]) == ("Our School", "America/New_York")
    assert as_table(told["observations"]) == as_table(rows)
    assert told["observations"][0]["evidence"] == 1
    book = load_workbook(BytesIO(client.get("/school/listen-ins.xlsx").data))
    assert book.sheetnames == ["Listen-ins", "About"]
    page = list(book["Listen-ins"].iter_rows(values_only=True))
    assert page[0] == (*COLUMNS[:2], "utc_offset", *COLUMNS[2:])
    for line, row in zip(page[1:], rows, strict=True):
        assert f"{line[1]:%Y-%m-%dT%H:%M:%S}{line[2]}" == row["time"]
        assert ["" if cell is None else str(cell) for cell in (line[0], *line[3:])] == as_table([row])[0][
            :1
        ] + as_table([row])[0][2:]


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_no_observer_no_note_and_no_neighbour_is_in_it(client: FlaskClient, listened: World, kind: str) -> None:
    data = sign_in(client, listened.ours.principal).get(f"/school/listen-ins.{kind}").data
    if kind == "xlsx":
        book = load_workbook(BytesIO(data))
        data = json.dumps([list(map(str, row)) for page in book for row in page.iter_rows(values_only=True)]).encode()
    ours = listened.ours
    secrets = ("markednote", "markedcoach", ours.coach.email, str(ours.coach.id), str(ours.year.id))
    assert not [secret for secret in secrets if secret.encode() in data]
    assert data.count(b"North hallway") == 1


def test_more_than_are_fetched_at_once_all_come_once_and_in_order(
    client: FlaskClient, db: Session, world: World
) -> None:
    ours = world.ours
    made = heard(db, ours.school, ours.places[0], ours.coach, FIRST, times=2 * AT_ONCE + 1)
    ids = sorted(str(each.id) for each in made)
    rows = read_csv(sign_in(client, ours.principal).get("/school/listen-ins.csv").data)
    assert [row["id"] for row in rows] == ids


def test_the_page_says_how_many_and_what_is_not_in_the_file(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.principal).get("/school/listen-ins")
    assert page.status_code == 200
    assert "3 listen-ins" in page.text
    assert "From November 1, 2026 to November 24, 2026" in page.text
    for kind in ("csv", "json", "xlsx"):
        assert f'href="/school/listen-ins.{kind}?school={listened.ours.school.id}"' in page.text


def test_before_the_first_listen_in_the_page_leads_to_listening(client: FlaskClient, world: World) -> None:
    page = sign_in(client, world.ours.principal).get("/school/listen-ins").text
    assert "Nobody has listened in yet" in page
    assert "listen-ins.csv" not in page


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_a_file_of_a_school_without_listen_ins_has_headings_and_no_line(
    client: FlaskClient, world: World, kind: str
) -> None:
    data = sign_in(client, world.ours.principal).get(f"/school/listen-ins.{kind}").data
    if kind == "csv":
        assert data == ("\ufeff" + ",".join(COLUMNS) + "\r\n").encode()
    elif kind == "json":
        assert json.loads(data)["observations"] == []
    else:
        assert load_workbook(BytesIO(data))["Listen-ins"].max_row == 1


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx"])
def test_it_has_a_name_to_be_kept_under_and_is_nobody_elses(client: FlaskClient, listened: World, kind: str) -> None:
    answer = sign_in(client, listened.ours.principal).get(f"/school/listen-ins.{kind}")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=our-school-listen-ins-20")
    assert answer.headers["Content-Disposition"].endswith(f".{kind}")
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert answer.headers["Cache-Control"] == "no-store, private"


@pytest.mark.one_database
@pytest.mark.parametrize("address", ["/school/listen-ins", "/school/listen-ins.csv"])
def test_an_observer_is_told_that_it_is_not_for_them(client: FlaskClient, listened: World, address: str) -> None:
    answer = sign_in(client, listened.ours.coach).get(address)
    assert answer.status_code == 403
    assert "Not for your role" in answer.text


@pytest.mark.one_database
def test_another_school_looks_like_none(client: FlaskClient, listened: World) -> None:
    sign_in(client, listened.ours.principal)
    theirs = client.get(f"/school/listen-ins.csv?school={listened.neighbour.school.id}")
    none = client.get(f"/school/listen-ins.csv?school={listened.ours.principal.id}")
    assert (theirs.status_code, theirs.data) == (404, none.data)
