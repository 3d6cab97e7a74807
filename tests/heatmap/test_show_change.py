"""Look at what changes over time, and what followed a next step."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.acting.steps import decided
from tests.heatmap.weeks import week_of
from tests.observing.rows import heard
from tests.schools.pages import said
from tests.world import World, sign_in
from webapp.culture.school_time import local_date, this_week
from webapp.culture.vocabulary import Setting
from webapp.schools.models import SchoolYear as YearRow
from webapp.schools.models import Term

PAGE = "/heatmap/change"


@pytest.fixture
def listened(db: Session, world: World) -> World:
    """A year that began 20 weeks ago, sixteen weeks of listening until now, and a next step half-way."""
    ours, today = world.ours, local_date(datetime.now(UTC), world.ours.school.zone)
    began = this_week(today, 1).first - timedelta(weeks=16)
    db.query(Term).delete()
    for each in db.query(YearRow).all():
        each.first_day, each.last_day = began - timedelta(weeks=4), began + timedelta(weeks=48)
    for week in range(16):
        week_of(db, ours, week, 3 if week < 12 else 9, 0 if week == 5 else 10, since=began)
        week_of(db, world.neighbour, week, 0, 40, since=began)
    decided(db, ours, begins=began + timedelta(weeks=8))
    decided(db, world.neighbour, "Theirs alone", begins=began + timedelta(weeks=8))
    return world


def test_the_page_has_seven_charts_each_with_its_table(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.principal).get(PAGE)
    words = said(page)
    assert page.text.count('role="img"') == 7
    assert page.text.count("<table") == 7
    assert "150 listen-ins by 2 people on 75 days" in words
    assert words.count("Nobody listened") == 14
    assert "Bring one piece of student work" in words
    assert "Theirs alone" not in words
    # On a Sunday the ninth is whole.
    assert re.search(r"In [89] weeks from that day on heard in", words)
    evidence = page.text[page.text.index('id="evidence"') : page.text.index('id="inquiry"')]
    assert evidence.count('class="point beyond"') >= 3
    assert evidence.count("above chance") == evidence.count('class="point beyond"')
    assert 'class="step"' in evidence
    assert "worth a look, no proof." in said(page)
    assert "what changed?" in words


def test_it_is_reached_from_the_map_and_leads_back_with_what_was_chosen(client: FlaskClient, listened: World) -> None:
    sign_in(client, listened.ours.principal)
    for at in ("/heatmap?period=30-days&setting=passing&compare=before&observers=admin", "/heatmap/coverage"):
        [link] = set(re.findall(r'href="(/heatmap/change[^"]*)"', client.get(at).text.replace("&amp;", "&")))
        assert ("setting=passing" in link and "period=30-days" in link) or at == "/heatmap/coverage"
        assert "compare" not in link
        assert client.get(link).status_code == 200
    assert "period" not in re.findall(r'href="(/heatmap/change[^"]*)"', client.get("/heatmap").text)[0]
    back = re.findall(r'href="(/heatmap\?[^"]*rows[^"]*)"', client.get(f"{PAGE}?setting=passing&every=month").text)
    assert len(back) == 7
    assert all("setting=passing" in link and "every" not in link and "period=year" in link for link in back)


def test_a_choice_narrows_and_nothing_of_it_is_told_so(client: FlaskClient, db: Session, listened: World) -> None:
    ours = listened.ours
    heard(db, ours.school, ours.places[4], ours.coach, datetime.now(UTC), setting=Setting.BREAK, times=7)
    sign_in(client, ours.principal)
    assert "7 listen-ins by 1 person" in said(client.get(f"{PAGE}?setting=break"))
    assert "7 listen-ins by 1 person" in said(client.get(f"{PAGE}?floor=2"))
    assert "None of these were heard then" in said(client.get(f"{PAGE}?setting=one_to_one"))
    assert "Nobody listened in then" in said(client.get(f"{PAGE}?from=2001-01-01&to=2001-01-02"))


def test_without_a_next_step_it_says_what_one_is_for(client: FlaskClient, db: Session, world: World) -> None:
    heard(db, world.ours.school, world.ours.places[0], world.ours.coach, datetime.now(UTC), times=6)
    words = said(sign_in(client, world.ours.principal).get(PAGE))
    assert "No next step yet." in words
    assert "1 of 12 weeks" in words
    assert "gives over a third of this" in words


def test_before_the_first_listen_in_it_says_so(client: FlaskClient, db: Session, world: World) -> None:
    theirs = world.neighbour
    heard(db, theirs.school, theirs.places[0], theirs.coach, datetime.now(UTC), times=9)
    assert "Nobody has listened in yet" in said(sign_in(client, world.ours.principal).get(PAGE))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("every=day", "The charts can be drawn by week or by month."),
        ("period=ever", "“ever” is no period."),
        ("setting=%3Cb%3E", "“<b>” is none of these."),
        ("observers=admin", "Over time all who listened are shown together"),
        ("period=dates&from=x&to=", "This is no day of the calendar."),
        ("from=2026-03-02&to=2026-03-01", "The last day comes before the first."),
    ],
)
def test_what_an_address_cannot_ask_is_told_and_the_year_shown(
    client: FlaskClient, listened: World, query: str, message: str
) -> None:
    page = sign_in(client, listened.ours.principal).get(f"{PAGE}?{query}")
    assert page.status_code == 200
    assert message in said(page)
    assert "150 listen-ins" in said(page)


def test_only_administrators_of_the_school_come_in(client: FlaskClient, listened: World) -> None:
    there = f"{PAGE}?school={listened.ours.school.id}"
    assert client.get(there).status_code == 302
    for person, status in (
        (listened.ours.coach, 403),
        (listened.ours.teacher, 403),
        (listened.director, 403),
        (listened.neighbour.principal, 404),
        (listened.stranger, 404),
    ):
        assert sign_in(client, person).get(there).status_code == status, person.email
    assert "heatmap/change" not in sign_in(client, listened.ours.coach).get("/heatmap").text
    assert sign_in(client, listened.ours.principal).post(PAGE).status_code == 405


def test_opened_twice_it_is_the_same_and_says_nobodys_name(client: FlaskClient, listened: World) -> None:
    sign_in(client, listened.ours.principal)
    page = client.get(PAGE)
    assert page.data == client.get(PAGE).data
    main = page.text[page.text.index("<main") :]
    assert "Coach" not in main
    assert "@" not in main
