"""See the building floor by floor, coloured by a trait or by how little anybody has listened, week by week."""

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.schools.pages import said
from tests.world import World, member, sign_in
from webapp.culture.school_time import local_date, this_week
from webapp.culture.vocabulary import Role, Setting, Trait

PAGE = "/heatmap/building"
NOW = datetime.now(UTC)


@pytest.fixture
def listened(db: Session, world: World) -> World:
    """Twelve in the hallway this week, three of them with a next step; seven there before, and two elsewhere."""
    ours = world.ours
    heard(db, ours.school, ours.places[0], ours.coach, NOW, Trait.ACTION, times=3)
    heard(db, ours.school, ours.places[0], ours.principal, NOW, times=9)
    heard(db, ours.school, ours.places[0], ours.coach, NOW - timedelta(weeks=2), Trait.ACTION, times=7)
    heard(db, ours.school, ours.places[2], ours.coach, NOW, setting=Setting.BREAK, times=2)
    heard(db, world.neighbour.school, world.neighbour.places[1], world.neighbour.coach, NOW, times=9)
    db.commit()
    return world


def room(page: Any, name: str) -> tuple[str, str, str | None]:
    """The classes, the words and the address of a room."""
    for found in re.finditer(r'<a class="room cell ([^"]*)"([^>]*)>(.*?)</a>', page.text, re.S):
        words = " ".join(re.sub(r"<[^>]*>", " ", unescape(found[3])).split())
        if words.startswith(name):
            href = re.search(r'href="([^"]*)"', found[2])
            return found[1], words.removeprefix(name).strip(), unescape(href[1]) if href else None
    raise AssertionError(f"no room {name} on the page")


def test_floors_stand_from_the_top_down_and_what_has_none_comes_last(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.coach).get(PAGE).text
    floors = re.findall(r'class="storey">\s*<h2>(.*?)</h2>', page)
    assert floors == ["Floor 2", "Floor 1", "Elsewhere"]


def test_each_room_prints_its_number_and_its_n_in_the_colours_of_the_map(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.coach).get(f"{PAGE}?period=30-days&trait=action")
    look, words, href = room(page, "North hallway")
    assert words == "53 % of 19"
    table = client.get("/heatmap?period=30-days").text
    cell = f"{listened.ours.places[0].id},action"
    found = re.search(rf'class="cell ([^"]*)" href="[^"]*{cell}#figures"', table)
    assert found is not None
    assert look == found[1]
    assert href is not None
    assert client.get(href.partition("#")[0]).text.count('id="figures"') == 1
    assert room(page, "Library")[:2] == ("too-few", "2 of 5 too few to say")
    assert room(page, "Yard")[:2] == ("not-listened", "Not listened Listen in there")
    assert f"place={listened.ours.places[5].id}" in str(room(page, "Yard")[2])


def test_least_listened_to_has_words_and_colours_of_its_own(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.ours.coach).get(f"{PAGE}?period=30-days")
    assert room(page, "North hallway")[:2] == ("listened-often", "19 listen-ins, often")
    assert room(page, "Library")[:2] == ("listened-few", "2 listen-ins, rarely")
    assert "shade-" not in page.text.split('class="building"')[1].split("</main>")[0]


def test_one_can_move_through_the_weeks_without_a_script(client: FlaskClient, listened: World) -> None:
    ours = listened.ours
    page = sign_in(client, ours.coach).get(f"{PAGE}?period=30-days&trait=action&at=1")
    first = this_week(local_date(NOW, ours.school.zone) - timedelta(weeks=2), ours.school.week_start)
    assert room(page, "North hallway")[:2][1] == "100 % of 7"
    assert 'max="3" value="1"' in page.text
    assert f"from={first.first}" in str(room(page, "North hallway")[2])
    assert room(client.get(f"{PAGE}?period=30-days&trait=action&at=2"), "North hallway")[0] == "not-listened"
    assert room(client.get(f"{PAGE}?period=30-days&trait=action&at=3"), "North hallway")[1] == "25 % of 12"
    assert room(client.get(f"{PAGE}?period=30-days&trait=action&at=999"), "North hallway")[1] == "25 % of 12"


def test_what_the_script_shows_is_what_the_server_draws(client: FlaskClient, listened: World) -> None:
    sign_in(client, listened.ours.coach)
    page = client.get(f"{PAGE}?period=30-days&trait=action")
    told = re.search(r"<script type=\"application/json\" data-moments>(.*?)</script>", page.text, re.S)
    assert told is not None
    moments = json.loads(unescape(told[1]))["moments"]
    hallway, library = (str(listened.ours.places[at].id) for at in (0, 2))
    for at, moment in enumerate(moments):
        drawn = client.get(f"{PAGE}?period=30-days&trait=action&at={at}")
        for place, name in ((hallway, "North hallway"), (library, "Library")):
            figure = moment["rooms"][place]
            assert room(drawn, name)[:2] == (figure["look"], f"{figure['number']} {figure['about']}")


def test_it_can_be_narrowed_and_keeps_the_colour(client: FlaskClient, listened: World) -> None:
    sign_in(client, listened.ours.coach)
    page = client.get(f"{PAGE}?period=30-days&trait=action&setting=break")
    assert room(page, "North hallway")[0] == "not-listened"
    assert room(page, "Library")[1].startswith("2 of 5")
    one_floor = client.get(f"{PAGE}?period=30-days&trait=action&floor=2")
    assert re.findall(r'class="storey">\s*<h2>(.*?)</h2>', one_floor.text) == ["Floor 2"]
    assert "trait=action" in one_floor.text


def test_in_a_single_week_once_is_something(client: FlaskClient, db: Session, world: World) -> None:
    ours = world.ours
    heard(db, ours.school, ours.places[0], ours.coach, NOW, times=3)
    heard(db, ours.school, ours.places[1], ours.coach, NOW)
    heard(db, ours.school, ours.places[1], ours.coach, NOW - timedelta(weeks=2))
    db.commit()
    page = sign_in(client, ours.coach).get(f"{PAGE}?period=30-days&at=3")
    assert room(page, "North hallway")[:2] == ("listened-often", "3 listen-ins that week")
    assert room(page, "Teachers’ lounge")[:2] == ("listened-some", "1 listen-in that week")
    all_weeks = client.get(f"{PAGE}?period=30-days")
    assert room(all_weeks, "Teachers’ lounge")[:2] == ("listened-few", "2 listen-ins, rarely")


def test_where_a_group_would_be_one_person_all_are_shown(client: FlaskClient, listened: World) -> None:
    sign_in(client, listened.ours.coach)
    assert "Too few people listened then" in said(client.get(f"{PAGE}?period=30-days&observers=observer"))


def test_weeks_of_one_group_of_observers_are_not_shown_apart(client: FlaskClient, db: Session, listened: World) -> None:
    ours = listened.ours
    for role in (Role.ADMIN, Role.OBSERVER):
        another = member(db, ours.school, role, f"{role}-two@ours.example")
        db.flush()
        heard(db, ours.school, ours.places[0], another, NOW - timedelta(weeks=1), times=3)
    db.commit()
    page = sign_in(client, ours.coach).get(f"{PAGE}?period=30-days&observers=observer&at=1")
    assert room(page, "North hallway")[1] == "13 listen-ins, often"
    assert "weeks are not shown apart" in said(page)
    assert 'type="range"' not in page.text


@pytest.mark.parametrize("query", ["trait=nonsense", "at=-1", "at=x", "at=²", "period=nonsense", "setting=nonsense"])
def test_what_cannot_be_followed_is_as_at_first(client: FlaskClient, listened: World, query: str) -> None:
    page = sign_in(client, listened.ours.coach).get(f"{PAGE}?{query}")
    assert page.status_code == 200
    assert "North hallway" in said(page)


def test_nobody_sees_the_neighbours_rooms(client: FlaskClient, db: Session, listened: World) -> None:
    listened.neighbour.places[1].name = "Their lounge"
    db.commit()
    assert "Their lounge" not in sign_in(client, listened.ours.coach).get(PAGE).text


def test_before_the_first_listen_in_it_says_what_to_do(client: FlaskClient, world: World) -> None:
    page = sign_in(client, world.ours.coach).get(PAGE)
    assert "Nobody has listened in yet" in said(page)


def test_the_map_coverage_and_the_building_lead_to_each_other(client: FlaskClient, listened: World) -> None:
    sign_in(client, listened.ours.coach)
    for page in ("/heatmap", "/heatmap/coverage"):
        assert f'href="{PAGE}?school=' in client.get(page).text
    building = client.get(PAGE).text
    assert 'href="/heatmap/coverage?' in building
    assert re.search(r'href="/heatmap\?[^"]*rows=place', building)
