"""Look where nobody has listened."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.promises import promise
from tests.schools.pages import said
from tests.world import World, sign_in
from webapp.culture.school_time import local_date
from webapp.culture.vocabulary import Trait
from webapp.schools.models import Place, SchoolYear, Term

PAGE = "/heatmap/coverage"
NOW = datetime.now(UTC)


@pytest.fixture
def listened(db: Session, world: World) -> World:
    """A year that began 20 weeks ago; twelve listen-ins in the hallway today, one in the library six weeks ago."""
    ours = world.ours
    today = local_date(NOW, ours.school.zone)
    db.query(Term).delete()
    for each in (ours, world.neighbour):
        each.year.first_day, each.year.last_day = today - timedelta(weeks=20), today + timedelta(weeks=20)
    for number in range(12):
        heard(db, ours.school, ours.places[0], (ours.coach, ours.principal)[number % 4 == 0], NOW, Trait.ACTION)
    heard(db, ours.school, ours.places[2], ours.coach, NOW - timedelta(weeks=6))
    heard(db, world.neighbour.school, world.neighbour.places[1], world.neighbour.coach, NOW, times=9)
    db.commit()
    return world


def coverage(client: FlaskClient, world: World, query: str = "") -> Any:
    answer = client.get(f"/api/v1/schools/{world.ours.school.id}/coverage{query}")
    assert answer.status_code == 200, answer.text
    return answer.json


def test_it_says_in_words_for_how_long_nobody_was_there(client: FlaskClient, listened: World) -> None:
    words = said(sign_in(client, listened.ours.principal).get(PAGE))
    assert "5 of 6 places are due: not listened to as often as planned in the last 4 weeks." in words
    assert "The plan: every place at least once in 4 weeks." in words
    assert "Library Due · Nobody there for 5 weeks" in words or "Library Due · Nobody there for 6 weeks" in words
    assert "North hallway Somebody was there today" in words
    assert "Yard Due · Nobody there yet this school year" in words
    assert "13 listen-ins" in words


def test_from_each_place_one_can_go_and_listen(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.coach).get(PAGE).text
    for place in listened.ours.places:
        assert f"place={place.id}" in page
    assert "Change the plan" not in page


@promise("STATISTICS-12")
def test_it_says_how_much_comes_from_one_and_never_who(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.coach).get(PAGE)
    words = said(page)
    assert "77 % come from one person. That is more than half: it may not speak for the whole school." in words
    assert "92 % come from one place, North hallway." in words
    assert "come from one day" in words
    main = page.text[page.text.index("<main") :]
    assert "Coach" not in main
    assert "@" not in main


@promise("STATISTICS-16")
def test_the_order_never_follows_what_was_heard(client: FlaskClient, db: Session, listened: World) -> None:
    ours = listened.ours
    sign_in(client, ours.principal)

    def order(query: str) -> list[str]:
        page = client.get(f"{PAGE}?{query}").text
        return sorted((place.name for place in ours.places), key=lambda name: page.index(f">{name}<"))

    assert order("order=least")[-2:] == ["Library", "North hallway"]
    before = order("")
    assert before == [place.name for place in ours.places]
    heard(db, ours.school, ours.places[3], ours.coach, NOW, *Trait, times=3)
    assert order("") == before


@pytest.mark.parametrize("query", ["by=weekdays", "by=times", "by=1", "by=7", "of=year", "of=term", "order=least"])
def test_every_view_is_a_page(client: FlaskClient, listened: World, query: str) -> None:
    page = sign_in(client, listened.ours.principal).get(f"{PAGE}?{query}")
    assert page.status_code == 200
    assert "cannot be shown" not in said(page)


@pytest.mark.parametrize("query", ["by=8", "by=", "by=%00", "by=²", "of=week", "order=rate", "order=%3Cb%3E"])
def test_an_address_that_cannot_be_followed_is_told_so(client: FlaskClient, listened: World, query: str) -> None:
    page = sign_in(client, listened.ours.principal).get(f"{PAGE}?{query}")
    assert page.status_code == 200
    assert "This page cannot be shown as the address asks." in said(page)
    assert "North hallway" in said(page)


def test_without_listen_ins_it_says_so(client: FlaskClient, world: World) -> None:
    assert "Nobody has listened in this school year yet" in said(sign_in(client, world.ours.principal).get(PAGE))


def test_without_places_it_says_so(client: FlaskClient, db: Session, world: World) -> None:
    db.query(Place).filter(Place.school_id == world.ours.school.id).delete()
    assert "No places yet" in said(sign_in(client, world.ours.principal).get(PAGE))


def test_a_handful_is_too_few_to_say_how_even_it_was(client: FlaskClient, db: Session, world: World) -> None:
    heard(db, world.ours.school, world.ours.places[0], world.ours.coach, NOW, times=4)
    words = said(sign_in(client, world.ours.principal).get(PAGE))
    assert "4 listen-ins are too few to say." in words
    assert "come from" not in words


def test_without_a_school_year_it_says_what_it_counts_by(client: FlaskClient, db: Session, listened: World) -> None:
    db.query(SchoolYear).delete()
    words = said(sign_in(client, listened.ours.principal).get(PAGE))
    assert "No school year is set" in words


def test_after_the_school_year_nothing_is_due(client: FlaskClient, db: Session, listened: World) -> None:
    listened.ours.year.last_day = local_date(NOW, listened.ours.school.zone) - timedelta(days=1)
    words = said(sign_in(client, listened.ours.principal).get(PAGE))
    assert "Nothing is due until the next one begins." in words
    assert "Due ·" not in words


def test_a_place_put_away_is_never_due(client: FlaskClient, db: Session, listened: World) -> None:
    ours = listened.ours
    ours.places[2].archived = ours.places[5].archived = True
    words = said(sign_in(client, ours.principal).get(f"{PAGE}?of=year"))
    assert "3 of 4 places are due" in words
    assert "Library put away" in words
    assert "Yard" not in words


def test_the_map_leads_to_it_and_it_speaks_spanish(client: FlaskClient, listened: World) -> None:
    sign_in(client, listened.ours.principal)
    assert "/heatmap/coverage" in client.get("/heatmap").text
    page = client.get(PAGE, headers={"Accept-Language": "es"})
    assert "Dónde nadie ha escuchado" in page.text
    assert "Antes de clases" in client.get(f"{PAGE}?by=times", headers={"Accept-Language": "es"}).text


def test_the_api_tells_the_same(client: FlaskClient, listened: World) -> None:
    ours = listened.ours
    found = coverage(sign_in(client, ours.coach), listened, "?of=year")
    hallway, _lounge, library = found["places"][:3]
    assert (hallway["place"], hallway["label"], hallway["n"], hallway["recent"]) == (
        str(ours.places[0].id), "North hallway", 12, 12,
    )  # fmt: skip
    assert (hallway["standing"], hallway["quiet_weeks"], library["standing"]) == ("met", 0, "due")
    assert library["quiet_days"] in {28, 29}
    assert sum(slot["n"] for slot in hallway["slots"]) == 12
    assert (found["plan"]["times"], found["plan"]["weeks"], found["plan"]["weekdays"]) == (1, 4, [1, 2, 3, 4, 5])
    assert found["plan"]["periods"][0] == {"name": "Before school", "from": "06:00", "to": "08:00"}
    assert found["sample"]["busiest"] == {"observer": 10, "place": 12, "day": 12}
    assert found["sample"]["lopsided"] == ["observer", "place", "day"]
    assert found["today"] == str(local_date(datetime.now(UTC), ours.school.zone))
    assert date.fromisoformat(found["first"]) == ours.year.first_day


@pytest.mark.parametrize("query", ["?of=week", "?of=", "?of=term&of=year"])
def test_the_api_says_where_a_query_is_wrong(client: FlaskClient, world: World, query: str) -> None:
    answer = sign_in(client, world.ours.principal).get(f"/api/v1/schools/{world.ours.school.id}/coverage{query}")
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.json is not None
    assert [each["field"] for each in answer.json["errors"]] == ["of"]


def test_only_those_who_see_the_map_come_in(client: FlaskClient, world: World) -> None:
    there = f"{PAGE}?school={world.ours.school.id}"
    api = f"/api/v1/schools/{world.ours.school.id}/coverage"
    assert (client.get(there).status_code, client.get(api).status_code) == (302, 401)
    for person, status in (
        (world.ours.teacher, 403),
        (world.director, 403),
        (world.neighbour.principal, 404),
        (world.stranger, 404),
    ):
        sign_in(client, person)
        assert (client.get(there).status_code, client.get(api).status_code) == (status, status), person.email
    assert sign_in(client, world.ours.coach).post(there).status_code == 405


def test_asking_twice_gives_the_same(client: FlaskClient, listened: World) -> None:
    sign_in(client, listened.ours.principal)
    assert coverage(client, listened) == coverage(client, listened)
