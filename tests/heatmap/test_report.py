"""The map on one sheet: on the page, as PDF and as a picture."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from tests import paper
from tests.observing.rows import heard
from tests.world import Cast, World, sign_in
from webapp.culture.vocabulary import PlaceKind, Setting, Trait
from webapp.extensions import new_id
from webapp.heatmap import pages
from webapp.schools.models import Place

NOW = datetime.now(UTC)
VIEW = "period=30-days"


@pytest.fixture
def listened(db: Session, world: World) -> World:
    """Twenty in the hallway, six in the library, three in the lounge; as many before; and the neighbour's nine."""
    ours, theirs = world.ours, world.neighbour
    for number in range(20):
        at = NOW - timedelta(minutes=number)
        heard(db, ours.school, ours.places[0], (ours.coach, ours.principal)[number % 2], at, Trait.EVIDENCE)
        heard(db, ours.school, ours.places[0], ours.coach, at - timedelta(days=40), Trait.INQUIRY)
    heard(db, ours.school, ours.places[2], ours.coach, NOW, Trait.ACTION, times=6, setting=Setting.BREAK)
    heard(db, ours.school, ours.places[1], ours.coach, NOW, times=3)
    heard(db, theirs.school, theirs.places[0], theirs.coach, NOW, times=9)
    return world


def with_places(db: Session, here: Cast, number: int, name: str = "Quiet corner {}") -> None:
    """The school with as many places, listened to in nearly all of them."""
    for order in range(len(here.places), number):
        place = Place(
            id=new_id(),
            school_id=here.school.id,
            name=name.format(order),
            kind_code=PlaceKind.OTHER.code,
            floor=order % 5,
            position=order,
            adults=12,
        )
        db.add(place)
        db.flush()
        if order % 7:
            heard(db, here.school, place, (here.coach, here.principal)[order % 2], NOW, Trait.EVIDENCE, times=12)


def speaking(client: FlaskClient, language: str) -> FlaskClient:
    client.post("/account/language", data={"language": language})
    return client


def sheet_of(page: str) -> str:
    """The words of the sheet on a page, with single spaces between them."""
    sheet = page.partition('<article class="report')[2].partition(">")[2].partition("</article>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", sheet).replace("&#39;", "'").split())


def test_a_sheet_says_of_what_it_is_and_for_whom(client: FlaskClient, listened: World) -> None:
    said = sheet_of(sign_in(client, listened.ours.coach).get(f"/heatmap/report?{VIEW}").text)
    assert said.startswith("For the leadership team. Not for staff")
    assert "Our School: where we hear it" in said
    assert re.search(r"29 listen-ins by 2 people on \d days? in 3 places\.", said)
    assert "Nobody has listened in 3 of 6 places: Second-floor classrooms, Meeting room, Yard." in said
    assert "3 of 5 : too few to say" in said or "3 of 5: too few to say" in said
    assert said.count("Not listened") == 3
    for heading in ("How to read it", "Worth another listen", "To talk over", "Notes"):
        assert heading in said
    assert "What changed" not in said
    assert re.search(r"Made on \w+ \d+, \d{4} with Listen In, http://localhost/heatmap", said)


def test_no_name_of_who_listened_is_on_it(client: FlaskClient, db: Session, listened: World) -> None:
    listened.ours.coach.name, listened.ours.principal.name = "Markedcoach", "Markedprincipal"
    db.commit()
    client = sign_in(client, listened.ours.principal)
    assert "marked" not in sheet_of(client.get(f"/heatmap/report?{VIEW}").text).lower()
    assert "marked" not in paper.text_of(client.get(f"/heatmap/report.pdf?{VIEW}").data).lower()


def test_what_changed_is_said_with_its_interval(client: FlaskClient, listened: World) -> None:
    said = sheet_of(sign_in(client, listened.ours.coach).get(f"/heatmap/report?{VIEW}&compare=before").text)
    assert "Evidence, North hallway: from 0 to 100 %; +100 points, likely between +77 and +100." in said
    assert "Inquiry, North hallway: from 100 to 0 %; −100 points" in said
    assert "more than before" in said


def test_it_is_of_what_the_view_was_narrowed_to(client: FlaskClient, listened: World) -> None:
    said = sheet_of(sign_in(client, listened.ours.coach).get(f"/heatmap/report?{VIEW}&setting=break").text)
    assert "Only: Break." in said
    assert "6 listen-ins" in said


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("places", [1, 14, 60])
def test_however_many_places_it_is_one_tagged_page(
    client: FlaskClient, db: Session, listened: World, places: int, language: str
) -> None:
    ours = listened.ours
    if places == 1:
        for place in ours.places[1:]:
            place.archived = True
        query = f"{VIEW}&compare=before&setting=passing&floor=1"
    else:
        with_places(db, ours, places)
        query = f"{VIEW}&compare=before"
    client = speaking(sign_in(client, ours.coach), language)
    made = client.get(f"/heatmap/report.pdf?{query}")
    assert (made.status_code, made.mimetype) == (200, "application/pdf")
    assert paper.pages_of(made.data) == 1
    assert paper.faults_of(made.data, language, "Our School") == []


def test_the_pdf_says_what_the_page_says(client: FlaskClient, db: Session, listened: World) -> None:
    with_places(db, listened.ours, 14)
    client = sign_in(client, listened.ours.coach)
    page = sheet_of(client.get(f"/heatmap/report?{VIEW}&compare=before").text)
    told = paper.text_of(client.get(f"/heatmap/report.pdf?{VIEW}&compare=before").data)
    # Where a line breaks, a hyphen or a space may stand that is not there on the page.
    words, numbers = re.compile(r"[^\W\d_]{3,}"), re.compile(r"\d+")
    assert sorted(numbers.findall(told)) == sorted(numbers.findall(page))
    assert set(words.findall(page)) - set(words.findall(told)) == set()


def test_it_is_read_in_its_order(client: FlaskClient, listened: World) -> None:
    made = sign_in(client, listened.ours.coach).get(f"/heatmap/report.pdf?{VIEW}&compare=before").data
    order = [tag for tag in paper.tags_of(made) if tag in {"H1", "H2", "Table", "Caption", "L"}]
    assert order == ["H1", "Table", "Caption", "H2", "H2", "L", "H2", "L", "H2"]
    told = paper.text_of(made)
    parts = ("leadership team", "where we hear it", "North hallway", "How to read it", "To talk over", "Made on")
    assert [told.index(part) for part in parts] == sorted(told.index(part) for part in parts)


def test_places_that_do_not_fit_stand_by_floor_and_it_says_so(
    client: FlaskClient, db: Session, listened: World
) -> None:
    with_places(db, listened.ours, 60)
    said = sheet_of(sign_in(client, listened.ours.coach).get(f"/heatmap/report?{VIEW}").text)
    assert "60 places do not fit on one sheet, so they stand here by floor; the map has each." in said
    assert "Floor 4" in said
    assert "Quiet corner 20" not in said


def test_places_that_fit_without_the_names_of_their_floors_stand_without_them(
    client: FlaskClient, db: Session, listened: World
) -> None:
    with_places(db, listened.ours, 30)
    client = sign_in(client, listened.ours.coach)
    said = sheet_of(client.get(f"/heatmap/report?{VIEW}").text)
    assert "do not fit" not in said
    assert "Quiet corner 20" in said
    assert "Floor 4" not in said
    assert paper.pages_of(client.get(f"/heatmap/report.pdf?{VIEW}&compare=before").data) == 1


def test_weeks_that_do_not_fit_leave_the_oldest_out_and_it_says_so(
    client: FlaskClient, db: Session, listened: World
) -> None:
    ours = listened.ours
    heard(db, ours.school, ours.places[0], ours.coach, NOW - timedelta(weeks=50), Trait.EVIDENCE)
    first, last = (NOW - timedelta(weeks=51)).date(), NOW.date() + timedelta(days=1)
    said = sheet_of(sign_in(client, ours.coach).get(f"/heatmap/report?rows=week&from={first}&to={last}").text)
    told = re.search(r"Here are the last (\d+) of 51 rows; the map has all of them\.", said)
    assert told
    assert 30 <= int(told[1]) < 51
    assert "when we hear it" in said


@pytest.mark.one_database
def test_long_names_fit_too(client: FlaskClient, db: Session, listened: World) -> None:
    with_places(db, listened.ours, 20, name="The corner behind the stairs where nobody can be heard {}")
    made = sign_in(client, listened.ours.coach).get(f"/heatmap/report.pdf?{VIEW}&compare=before").data
    assert paper.pages_of(made) == 1


@pytest.mark.one_database
@pytest.mark.parametrize(("zone", "size"), [("America/Chicago", (612, 792)), ("Europe/Madrid", (595, 842))])
def test_it_is_on_the_paper_of_where_the_school_is(
    client: FlaskClient, db: Session, listened: World, zone: str, size: tuple[int, int]
) -> None:
    listened.ours.school.timezone = zone
    db.commit()
    made = sign_in(client, listened.ours.coach).get(f"/heatmap/report.pdf?{VIEW}").data
    assert paper.size_of(made) == size


@pytest.mark.one_database
@pytest.mark.parametrize("query", [VIEW, f"{VIEW}&compare=before", f"{VIEW}&rows=weekday"])
def test_a_picture_shows_the_map_and_nothing_runs_out(client: FlaskClient, listened: World, query: str) -> None:
    made = sign_in(client, listened.ours.coach).get(f"/heatmap.png?{query}")
    assert made.mimetype == "image/png"
    assert made.headers["Content-Disposition"].endswith(".png")
    with Image.open(BytesIO(made.data)) as picture:
        assert picture.size == (1920, 1080)
        grey = picture.convert("L")
        assert len(grey.getcolors(256) or []) > 20
        # Its margins are white all around.
        for edge in ((0, 0, 1920, 20), (0, 1060, 1920, 1080), (0, 0, 20, 1080), (1900, 0, 1920, 1080)):
            assert grey.crop(edge).getextrema() == (255, 255)


@pytest.mark.one_database
def test_a_picture_of_many_places_fits(client: FlaskClient, db: Session, listened: World) -> None:
    with_places(db, listened.ours, 24)
    made = sign_in(client, listened.ours.coach).get(f"/heatmap.png?{VIEW}&compare=before")
    with Image.open(BytesIO(made.data)) as picture:
        assert picture.convert("L").crop((0, 1060, 1920, 1080)).getextrema() == (255, 255)


def test_the_page_has_the_picture_in_words(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.coach).get(f"/heatmap/report?{VIEW}").text
    assert "A table of rows by the seven traits, in per cent; " in page
    assert "29 listen-ins" in page


def test_the_map_leads_to_all_of_them_with_the_same_view(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.coach).get(f"/heatmap?{VIEW}&rows=setting&compare=before").text
    links = [found.replace("&amp;", "&") for found in re.findall(r'href="(/heatmap[./][^"]+)"', page)]
    told = {link.partition("?")[0]: link for link in links}
    for path in ("/heatmap/report", "/heatmap/report.pdf", "/heatmap.png"):
        assert "rows=setting" in told[path]
        assert "compare=before" in told[path]
        assert client.get(told[path]).status_code == 200


@pytest.mark.parametrize("path", ["/heatmap/report", "/heatmap/report.pdf", "/heatmap.png"])
@pytest.mark.parametrize(
    "query", ["rows=rooms", "period=dates&from=2026-02-31&to=2026-03-01", f"{VIEW}&observers=admin"]
)
def test_a_view_that_cannot_be_followed_leads_to_the_map_that_says_why(
    client: FlaskClient, listened: World, path: str, query: str
) -> None:
    answer = sign_in(client, listened.ours.coach).get(f"{path}?{query}")
    assert answer.status_code == 303
    assert answer.location.startswith("/heatmap?")
    assert 'class="problem"' in client.get(answer.location).text


@pytest.mark.parametrize("path", ["/heatmap/report", "/heatmap/report.pdf", "/heatmap.png"])
def test_where_nobody_has_listened_the_map_says_so(client: FlaskClient, world: World, path: str) -> None:
    answer = sign_in(client, world.ours.coach).get(path)
    assert answer.status_code == 303
    assert "Nobody has listened in yet" in client.get(answer.location).text


@pytest.mark.parametrize("path", ["/heatmap/report.pdf", "/heatmap.png"])
def test_a_server_without_pango_leads_to_the_page_that_can_be_printed(
    client: FlaskClient, listened: World, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    paper.take_away(monkeypatch, pages)
    answer = sign_in(client, listened.ours.coach).get(f"{path}?{VIEW}")
    assert (answer.status_code, answer.location) == (303, f"/heatmap/report?{VIEW}")
    page = client.get(answer.location).text
    assert "the library Pango is not installed there" in page
    assert "/heatmap/report.pdf" not in page


def test_it_is_of_our_school_only(client: FlaskClient, listened: World) -> None:
    theirs = listened.neighbour.school.id
    assert sign_in(client, listened.ours.coach).get(f"/heatmap/report.pdf?school={theirs}").status_code == 404
    assert client.get(f"/heatmap.png?school={theirs}").status_code == 404
