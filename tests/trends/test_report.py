"""The sheet for a staff meeting: what is published, and nothing else."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import paper
from tests.observing.rows import heard
from tests.promises import promise
from tests.trends.schooldays import FIRST, SECOND, THIRD, closing, noon, plenty
from tests.world import Cast, World, sign_in
from webapp.culture.disclosure import closes_at
from webapp.culture.school_time import Period
from webapp.culture.vocabulary import Trait
from webapp.trends import pages
from webapp.trends.publishing import publish_due

MONTHS = (FIRST, SECOND, THIRD)


def publish(db: Session, here: Cast, months: tuple[Period, ...] = MONTHS) -> None:
    """Evidence rises from month to month."""
    for number, month in enumerate(months):
        plenty(db, here, month, 24, evidence=(2, 12, 23)[number])
        publish_due(db, here.school, closing(here, month))
    db.commit()


@pytest.fixture
def published(db: Session, world: World) -> World:
    publish(db, world.ours)
    return world


def sheet_of(page: str) -> str:
    """The sheet of a page without its date."""
    sheet = page.partition('<article class="report')[2].partition("</article>")[0]
    return re.sub(r"Made on [^<]*", "", sheet)


def test_it_says_what_is_published_of_all_seven(client: FlaskClient, published: World) -> None:
    page = sign_in(client, published.ours.teacher).get("/trends/report").text
    sheet = sheet_of(page)
    assert len(re.findall(r"<section class=\"told\">", sheet)) == 7
    assert "Heard in four fifths or more of conversations, September 28 to October 25." in sheet
    assert "More often than before" in sheet
    assert "What from this week could we bring to our next meeting?" in sheet
    trends = client.get("/trends").text
    for sentence in re.findall(r"Heard in [^<]*?conversations, [^<.]*\.", sheet):
        assert sentence in trends


def test_a_drawing_is_told_in_words(client: FlaskClient, published: World) -> None:
    made = sign_in(client, published.ours.teacher).get("/trends/report.pdf").data
    drawings = paper.drawings_of(made)
    assert len(drawings) == 7
    assert drawings[1] == (
        "Evidence. Aug 3, 2026 to Aug 30, 2026: up to a fifth; "
        "Aug 31, 2026 to Sep 27, 2026: between two fifths and three fifths; "
        "Sep 28, 2026 to Oct 25, 2026: four fifths or more"
    )


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_is_one_tagged_page(client: FlaskClient, published: World, language: str) -> None:
    client = sign_in(client, published.ours.teacher)
    client.post("/account/language", data={"language": language})
    made = client.get("/trends/report.pdf")
    assert (made.status_code, made.mimetype) == (200, "application/pdf")
    assert paper.pages_of(made.data) == 1
    assert paper.faults_of(made.data, language, "Our School") == []
    order = [tag for tag in paper.tags_of(made.data) if tag in {"H1", "H2", "Figure"}]
    assert order == ["H1", *(("H2", "Figure") * 7), "H2"]


def test_the_pdf_says_what_the_page_says(client: FlaskClient, published: World) -> None:
    client = sign_in(client, published.ours.coach)
    sheet = re.sub(
        r"<title>[^<]*</title>|<[^>]*>", " ", client.get("/trends/report").text.partition('told-to-staff">')[2]
    )
    sheet = sheet.partition("Notes")[0]
    told = paper.text_of(client.get("/trends/report.pdf").data)
    assert set(re.findall(r"[^\W_]{3,}", sheet)) - set(re.findall(r"[^\W_]{3,}", told)) == set()


@promise("PRIVACY-1")
@pytest.mark.parametrize("path", ["/trends/report", "/trends/report.pdf"])
def test_schools_that_differ_in_what_is_not_published_have_the_same_sheet(
    client: FlaskClient, db: Session, published: World, path: str
) -> None:
    ours, theirs = published.ours, published.neighbour
    publish(db, theirs)
    theirs.school.name = ours.school.name
    # What came late, what is not yet told, who listens, what places there are: none of it is on paper.
    heard(db, theirs.school, theirs.places[0], theirs.coach, noon(theirs, FIRST.first), Trait.PERSONAL, times=40)
    heard(db, theirs.school, theirs.places[1], theirs.coach, noon(theirs, THIRD.last + timedelta(days=9)), times=30)
    theirs.places[0].name, theirs.coach.name, theirs.school.staff_size = "Another place", "Another", 60
    db.commit()
    sheets = []
    for here in (ours, theirs):
        answer = sign_in(client, here.teacher).get(path)
        sheets.append(answer.data if path.endswith("pdf") else sheet_of(answer.text).encode())
    assert sheets[0] == sheets[1]


@promise("PRIVACY-1")
def test_no_part_of_the_address_changes_it(client: FlaskClient, published: World) -> None:
    client = sign_in(client, published.ours.teacher)
    plain = client.get("/trends/report.pdf").data
    for query in ("from=2026-08-03&to=2026-08-05", "rows=place", "paper=a4", "setting=break&observers=admin"):
        assert client.get(f"/trends/report.pdf?{query}").data == plain


@promise("PRIVACY-2")
def test_what_comes_later_changes_nothing_on_it(client: FlaskClient, db: Session, published: World) -> None:
    ours = published.ours
    before = sign_in(client, ours.teacher).get("/trends/report.pdf").data
    heard(db, ours.school, ours.places[0], ours.coach, noon(ours, SECOND.first), Trait.ACTION, times=50)
    publish_due(db, ours.school, closes_at(THIRD, ours.school.zone) + timedelta(days=1))
    db.commit()
    assert client.get("/trends/report.pdf").data == before


def test_where_nothing_is_published_there_is_nothing_to_hand_out(client: FlaskClient, world: World) -> None:
    page = sign_in(client, world.ours.teacher).get("/trends/report").text
    assert "Nothing is published yet" in page
    assert "/trends/report.pdf" not in page
    answer = client.get("/trends/report.pdf")
    assert answer.status_code == 303
    assert "/trends/report" not in client.get("/trends").text
    assert "Nothing is published yet" in client.get(answer.location).text


def test_the_trends_and_the_sheet_lead_to_each_other(client: FlaskClient, published: World) -> None:
    client = sign_in(client, published.ours.teacher)
    assert re.search(r'href="/trends/report\?school=', client.get("/trends").text)
    page = client.get("/trends/report").text
    assert re.search(r'href="/trends\?school=', page)
    assert re.search(r'href="/trends/report\.pdf\?school=', page)


def test_a_server_without_pango_leads_to_the_page_that_can_be_printed(
    client: FlaskClient, published: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper.take_away(monkeypatch, pages)
    answer = sign_in(client, published.ours.teacher).get("/trends/report.pdf")
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "the library Pango is not installed there" in page
    assert "/trends/report.pdf" not in page


def test_it_is_of_our_school_only(client: FlaskClient, published: World) -> None:
    theirs = published.neighbour.school.id
    assert sign_in(client, published.ours.teacher).get(f"/trends/report.pdf?school={theirs}").status_code == 404
