"""`/trends`: what is published, told in words and steps, the same for everyone."""

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.promises import promise
from tests.trends.schooldays import AUTUMN, FIRST, LAST, SECOND, THIRD, closing, plenty
from tests.world import World, sign_in
from webapp.culture.school_time import DAY, Period
from webapp.schools.models import SchoolYear
from webapp.trends.publishing import publish_due


def main_of(html: str) -> str:
    return html[html.index("<main") : html.index("</main>")]


def test_each_trait_is_told_in_a_sentence(client: FlaskClient, db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST, 24, evidence=12)
    publish_due(db, world.ours.school, closing(world.ours, FIRST))
    page = sign_in(client, world.ours.teacher).get("/trends")
    assert page.status_code == 200
    assert page.text.count('class="card trend"') == 7
    assert "Heard in between two fifths and three fifths of conversations, August 3 to August 30." in page.text
    assert "Heard in up to a fifth of conversations, August 3 to August 30." in page.text
    assert "The newest shares come from 20 to 39 conversations." in page.text


@promise("PRIVACY-5")
def test_a_share_is_drawn_and_tabled_as_its_band_and_no_count_is_told(
    client: FlaskClient, db: Session, world: World
) -> None:
    plenty(db, world.ours, FIRST, 23, evidence=11)
    publish_due(db, world.ours.school, closing(world.ours, FIRST))
    page = main_of(sign_in(client, world.ours.teacher).get("/trends").text)
    assert 'y="40.00" width="99.40" height="20.00"' in page
    assert "<td>between two fifths and three fifths</td><td>20 to 39 conversations</td>" in page
    said = re.sub(r"<[^>]*>", " ", page)
    assert re.search(r"\b(23|11|12|48)\b|%", said) is None


def test_windows_that_were_joined_stand_as_one_wide_step(client: FlaskClient, db: Session, world: World) -> None:
    for window, n in ((FIRST, 8), (SECOND, 8), (THIRD, 12)):
        plenty(db, world.ours, window, n)
    publish_due(db, world.ours.school, closing(world.ours, THIRD))
    page = sign_in(client, world.ours.teacher).get("/trends").text
    assert page.count('width="66.07"') == 7
    assert page.count('width="32.73"') == 7
    assert "Aug 3, 2026 to Sep 27, 2026" in page


@promise("PRIVACY-6")
def test_a_change_is_told_only_where_the_bands_lie_apart(client: FlaskClient, db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST, 24, evidence=2)
    plenty(db, world.ours, SECOND, 24, evidence=7)
    publish_due(db, world.ours.school, closing(world.ours, SECOND))
    reader = sign_in(client, world.ours.teacher)
    assert "More often" not in reader.get("/trends").text
    plenty(db, world.ours, THIRD, 24, evidence=16)
    publish_due(db, world.ours.school, closing(world.ours, THIRD))
    page = reader.get("/trends").text
    assert page.count("More often than before: it was between a fifth and two fifths, August 31 to September 27.") == 1
    assert "Less often" not in page


@promise("PRIVACY-6")
def test_a_slow_change_is_told_against_the_first_window(client: FlaskClient, db: Session, world: World) -> None:
    for window, evidence in ((FIRST, 22), (SECOND, 16), (THIRD, 12)):
        plenty(db, world.ours, window, 24, evidence=evidence)
    publish_due(db, world.ours.school, closing(world.ours, THIRD))
    page = sign_in(client, world.ours.teacher).get("/trends").text
    assert "Less often than before: it was four fifths or more, August 3 to August 30." in page


@promise("PRIVACY-3")
def test_a_gap_between_years_is_told_as_not_enough(client: FlaskClient, db: Session, world: World) -> None:
    before_last = Period(LAST.first - 28 * DAY, LAST.first - DAY)
    following = Period(LAST.last + DAY, LAST.last + 28 * DAY)
    db.add(SchoolYear(school_id=world.ours.school.id, first_day=following.first, last_day=date(2028, 7, 30)))
    for window, n in ((before_last, 12), (LAST, 4), (following, 12)):
        plenty(db, world.ours, window, n)
    publish_due(db, world.ours.school, closing(world.ours, following))
    page = sign_in(client, world.ours.teacher).get("/trends").text
    assert page.count('class="waits"') == 7
    assert "Jul 5, 2027 to Aug 1, 2027</th><td>Not enough</td>" in page
    assert "Where a dotted box stands" in page


@pytest.mark.parametrize(
    ("staff", "said"),
    [
        (40, "Trends appear when enough was heard"),
        (14, "With fewer than 15 staff, trends come by term only"),
        (7, "No trends for a staff this small"),
        (None, "Nobody has said yet how many adults work at this school."),
    ],
)
@promise("PRIVACY-4")
def test_a_school_without_publications_is_told_so(
    client: FlaskClient, db: Session, world: World, staff: int | None, said: str
) -> None:
    world.ours.school.staff_size = staff
    plenty(db, world.ours, FIRST, 9)
    publish_due(db, world.ours.school, closing(world.ours, FIRST))
    page = sign_in(client, world.ours.teacher).get("/trends").text
    assert said in page
    assert "card trend" not in page


@promise("PRIVACY-4")
def test_with_one_observer_the_page_says_that_the_observer_is_known(
    client: FlaskClient, db: Session, world: World
) -> None:
    plenty(db, world.ours, FIRST, 20, alone=True)
    publish_due(db, world.ours.school, closing(world.ours, AUTUMN))
    page = sign_in(client, world.ours.teacher).get("/trends").text
    assert "Here trends come by term only" in page
    assert "Who listened is known, then." in page


def test_administrators_observers_and_the_district_see_what_staff_see(
    client: FlaskClient, db: Session, world: World
) -> None:
    plenty(db, world.ours, FIRST)
    publish_due(db, world.ours.school, closing(world.ours, FIRST))
    address = f"/trends?school={world.ours.school.id}"
    pages = [
        main_of(sign_in(client, who).get(address).text)
        for who in (world.ours.teacher, world.ours.coach, world.ours.principal)
    ]
    assert pages[0] == pages[1] == pages[2]
    district = main_of(sign_in(client, world.director).get(address).text)
    assert pages[0][pages[0].index('<div class="cards') :] == district[district.index('<div class="cards') :]


def test_a_district_administrator_chooses_among_the_schools(client: FlaskClient, db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST)
    publish_due(db, world.ours.school, closing(world.ours, FIRST))
    director = sign_in(client, world.director)
    page = director.get("/trends").text
    assert f'<option value="{world.ours.school.id}">Our School</option>' in page
    assert f'<option value="{world.neighbour.school.id}" selected>Neighbour School</option>' in page
    assert "card trend" in director.get(f"/trends?school={world.ours.school.id}").text


def test_dates_are_in_the_readers_language(client: FlaskClient, db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST)
    publish_due(db, world.ours.school, closing(world.ours, FIRST))
    reader = sign_in(client, world.ours.teacher)
    page = reader.get("/trends", headers={"Accept-Language": "es"}).text
    assert "30 de agosto" in page


@promise("PRIVACY-1")
def test_no_parameter_changes_a_byte(client: FlaskClient, db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST)
    publish_due(db, world.ours.school, closing(world.ours, FIRST))
    reader = sign_in(client, world.ours.teacher)
    plain = reader.get("/trends")
    asked = reader.get("/trends?from=2026-08-05&to=2026-08-06&place=1&limit=2&page=3&rows=place")
    assert main_of(asked.text) == main_of(plain.text)
    for name in ("ETag", "Last-Modified", "Age", "Date-Modified"):
        assert name not in plain.headers
    assert plain.headers["Cache-Control"] == "no-store, private"


def test_the_newest_publication_shows_nothing_of_what_came_after(
    client: FlaskClient, db: Session, world: World
) -> None:
    plenty(db, world.ours, FIRST)
    publish_due(db, world.ours.school, closing(world.ours, FIRST))
    reader = sign_in(client, world.ours.teacher)
    before = reader.get("/trends").data
    plenty(db, world.ours, SECOND, 9)
    plenty(db, world.ours, FIRST, 30)
    assert reader.get("/trends").data == before


def test_another_school_is_not_there(client: FlaskClient, world: World) -> None:
    reader = sign_in(client, world.ours.teacher)
    foreign = reader.get(f"/trends?school={world.neighbour.school.id}")
    nowhere = reader.get("/trends?school=00000000-0000-7000-8000-000000000000")
    assert (foreign.status_code, nowhere.status_code) == (404, 404)
    assert main_of(foreign.text) == main_of(nowhere.text)


def test_a_person_of_no_school_sees_no_trends(client: FlaskClient, world: World) -> None:
    assert sign_in(client, world.stranger).get("/trends").status_code == 404


def test_whoever_is_signed_out_signs_in_first(client: FlaskClient, world: World) -> None:
    page = client.get("/trends")
    assert (page.status_code, page.location) == (302, "/sign-in?next=%2Ftrends")


def test_trends_are_only_read(client: FlaskClient, world: World) -> None:
    reader = sign_in(client, world.ours.teacher)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert reader.open("/trends", method=method).status_code == 405
