"""Take the figures of a view along, for a spreadsheet."""

import csv
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.world import World, sign_in
from webapp.culture.vocabulary import Setting, Trait
from webapp.web.downloads import MEDIA_TYPES
from webapp.web.sheets import Kind

NOW = datetime.now(UTC)
HEADINGS = ["key", "row", "trait", "heard", "n", "rate", "low", "high", "steadied"]
WORDS = {"Evidence", "Inquiry"}


@pytest.fixture
def listened(db: Session, world: World) -> World:
    """Twenty in the hallway, six in the library, and the neighbour's nine."""
    ours, theirs = world.ours, world.neighbour
    for number in range(20):
        said = (Trait.EVIDENCE,) if number % 4 else ()
        at = NOW - timedelta(minutes=number)
        heard(db, ours.school, ours.places[0], (ours.coach, ours.principal)[number % 2], at, *said)
    heard(db, ours.school, ours.places[2], ours.coach, NOW, Trait.ACTION, times=6, setting=Setting.BREAK)
    heard(db, theirs.school, theirs.places[0], theirs.coach, NOW, times=9)
    return world


def table(client: FlaskClient, address: str) -> tuple[dict[str, str], list[list[str]]]:
    """The head (its names and words) and the lines below the headings, of a CSV file."""
    answer = client.get(address)
    assert answer.status_code == 200
    lines = list(csv.reader(StringIO(answer.data.decode("utf-8-sig"), newline=""), strict=True))
    cut = next(at for at, line in enumerate(lines) if line[: len(HEADINGS)] == HEADINGS)
    return {line[0]: line[1] for line in reversed(lines[: cut - 1])}, lines[cut + 1 :]


def test_the_page_leads_to_the_same_view_as_a_file(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.coach).get("/heatmap?rows=setting&period=30-days").text
    links = [found.replace("&amp;", "&") for found in re.findall(r'href="(/heatmap\.[^"]+)"', page)]
    assert [link.partition("?")[0] for link in links] == ["/heatmap.png", "/heatmap.xlsx", "/heatmap.csv"]
    head, lines = table(client, links[2])
    assert head["Map by"] == "Kinds of talk"
    assert {line[1] for line in lines} >= {"In passing", "Break"}


def test_a_line_is_a_trait_of_a_row_with_its_figures(client: FlaskClient, listened: World) -> None:
    hallway = str(listened.ours.places[0].id)
    _head, lines = table(sign_in(client, listened.ours.principal), "/heatmap.csv?period=30-days")
    assert [hallway, "North hallway", "Evidence", "15", "20", "0.75", "0.5313", "0.8881"] in [
        line[:8] for line in lines
    ]
    assert [line[2] for line in lines if line[0] == hallway][:3] == ["Substantive", "Evidence", "Inquiry"]
    assert len(lines) == 7 * len(listened.ours.places)
    assert [line[3:] for line in lines if line[1] == "Yard"][0] == ["0", "0", "", "", "", ""]


def test_the_head_says_what_it_is_of_and_how_to_read_it(client: FlaskClient, listened: World) -> None:
    head, _lines = table(sign_in(client, listened.ours.coach), "/heatmap.csv?period=30-days")
    assert head["School"] == "Our School"
    assert head["Listen-ins"].startswith("26 listen-ins by 2 people on")
    assert head["Only"] == "Every listen-in of the period"
    assert re.fullmatch(r"\w{3} \d.*\s–\s\w{3} \d.*, \d{4}", head["Period"])
    assert datetime.fromisoformat(head["As of"]).utcoffset() in {timedelta(hours=-4), timedelta(hours=-5)}
    assert "heard` of `n` listen-ins" in head["How to read it"]


def test_a_map_of_one_kind_of_place_can_be_seen_and_taken_along(client: FlaskClient, listened: World) -> None:
    sign_in(client, listened.ours.coach)
    page = client.get("/heatmap?period=30-days&kind=hallway").text
    links = re.findall(r'href="(/heatmap\.(?:csv|xlsx)\?[^"]*)"', page)
    assert len(links) == 2
    for link in links:
        assert "kind=hallway" in link
        assert client.get(link.replace("&amp;", "&")).status_code == 200


def test_it_is_of_what_the_view_was_narrowed_to(client: FlaskClient, listened: World) -> None:
    head, lines = table(sign_in(client, listened.ours.coach), "/heatmap.csv?period=30-days&setting=break&floor=1")
    assert head["Only"] == "Break · Floor 1"
    heard_there = {(line[1], line[4]) for line in lines}
    assert {n for _place, n in heard_there} <= {"0", "6"}
    page = client.get("/heatmap?period=30-days&setting=break").text
    assert re.search(r'href="/heatmap\.csv\?[^"]*setting=break', page)


def test_what_it_is_compared_with_stands_beside_it(client: FlaskClient, db: Session, listened: World) -> None:
    ours = listened.ours
    heard(db, ours.school, ours.places[0], ours.coach, NOW - timedelta(days=40), Trait.INQUIRY, times=20)
    head, lines = table(sign_in(client, ours.coach), "/heatmap.csv?period=30-days&compare=before")
    assert head["Compared with"] != head["Period"]
    evidence, inquiry, *_rest = (
        line[3:5] + line[9:] for line in lines if line[1] == "North hallway" and line[2] in WORDS
    )
    assert evidence == ["15", "20", "0", "20", "0.0", "up"]
    assert inquiry == ["0", "20", "20", "20", "1.0", "down"]


def test_a_group_that_would_be_one_person_leads_to_the_page_that_says_so(client: FlaskClient, listened: World) -> None:
    answer = sign_in(client, listened.ours.coach).get("/heatmap.csv?period=30-days&observers=admin")
    assert answer.status_code == 303
    assert "Too few people listened then" in client.get(answer.location).text


@pytest.mark.parametrize("rows", ["place", "floor", "setting", "kind", "week", "weekday", "hour"])
def test_a_spreadsheet_has_the_same_figures(client: FlaskClient, listened: World, rows: str) -> None:
    address = f"?rows={rows}&period=30-days"
    _head, lines = table(sign_in(client, listened.ours.coach), f"/heatmap.csv{address}")
    answer = client.get(f"/heatmap.xlsx{address}")
    assert answer.mimetype == MEDIA_TYPES[Kind.XLSX]
    book = load_workbook(BytesIO(answer.data))
    assert book.sheetnames == ["Map", "About"]
    found = [["" if cell is None else cell for cell in line] for line in book["Map"].iter_rows(values_only=True)]
    assert found[0] == HEADINGS
    # The words as they are, the numbers as numbers.
    assert found[1:] == [[*line[:3], *(float(cell) if cell else "" for cell in line[3:])] for line in lines]
    assert [line[0] for line in book["About"].iter_rows(values_only=True)][:2] == ["School", "Map by"]


def test_it_has_a_name_to_be_kept_under_and_is_nobody_elses(client: FlaskClient, listened: World) -> None:
    answer = sign_in(client, listened.ours.coach).get("/heatmap.csv?from=2026-08-03&to=2026-08-09")
    assert answer.headers["Content-Disposition"] == "attachment; filename=our-school-place-2026-08-03-2026-08-09.csv"
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store, private"


def test_a_name_that_looks_like_a_formula_is_defused(client: FlaskClient, db: Session, listened: World) -> None:
    listened.ours.places[0].name = '=HYPERLINK("http://x.example")'
    db.commit()
    _head, lines = table(sign_in(client, listened.ours.coach), "/heatmap.csv?period=30-days")
    assert '\'=HYPERLINK("http://x.example")' in {line[1] for line in lines}
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@"))]


def test_it_speaks_the_language_of_whoever_asks(client: FlaskClient, listened: World) -> None:
    sign_in(client, listened.ours.coach)
    client.post("/account/language", data={"language": "es"})
    answer = client.get("/heatmap.csv?period=30-days").data.decode("utf-8-sig")
    assert "Evidencia" in answer
    assert "How to read it" not in answer


@pytest.mark.parametrize("query", ["rows=rooms", "period=ever", "period=dates&from=2026-02-31&to=2026-03-01"])
def test_a_view_that_cannot_be_followed_leads_to_the_page_that_says_why(
    client: FlaskClient, listened: World, query: str
) -> None:
    answer = sign_in(client, listened.ours.coach).get(f"/heatmap.csv?{query}&_external=1&_scheme=x")
    assert answer.status_code == 303
    assert answer.location.startswith(f"/heatmap?{query}&")
    assert 'class="problem"' in client.get(answer.location).text


def test_where_nothing_was_heard_there_is_nothing_to_take_along(client: FlaskClient, world: World) -> None:
    page = sign_in(client, world.ours.coach).get("/heatmap").text
    assert "/heatmap.csv" not in page
    _head, lines = table(client, "/heatmap.csv?rows=week")
    assert lines == []


def test_the_way_to_every_listen_in_is_for_administrators(client: FlaskClient, listened: World) -> None:
    assert "/school/listen-ins" not in sign_in(client, listened.ours.coach).get("/heatmap?period=30-days").text
    assert "/school/listen-ins" in sign_in(client, listened.ours.principal).get("/heatmap?period=30-days").text
