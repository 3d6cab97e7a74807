"""Whoever runs a district sees its schools side by side, from the weeks that each keeps counted: no league table."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.world import World, sign_in
from webapp.culture.school_time import monday_of
from webapp.culture.vocabulary import TRAITS, Trait
from webapp.extensions import new_id
from webapp.heatmap.district import DistrictView, Order, draw
from webapp.schools.models import District, School

# A Wednesday at noon in New York: no clock's turn of a day or week is near.
NOW = datetime(2026, 11, 25, 17, tzinfo=UTC)
TODAY = NOW.date()
EVIDENCE = TRAITS.index(Trait.EVIDENCE)


@pytest.fixture
def listened(db: Session, world: World) -> World:
    """Ours: 20 this week and 10 six weeks ago; the neighbour's: 8 last week. Elsewhere another district has 30."""
    ours, theirs = world.ours, world.neighbour
    heard(db, ours.school, ours.places[0], ours.coach, NOW, Trait.EVIDENCE, times=15)
    heard(db, ours.school, ours.places[1], ours.principal, NOW, times=5)
    heard(db, ours.school, ours.places[0], ours.coach, NOW - timedelta(weeks=6), Trait.ACTION, times=10)
    heard(db, theirs.school, theirs.places[0], theirs.coach, NOW - timedelta(weeks=1), Trait.EVIDENCE, times=8)
    elsewhere = District(id=new_id(), name="Another District")
    db.add(elsewhere)
    db.flush()
    far = School(id=new_id(), district_id=elsewhere.id, name="Far School", timezone="America/Denver")
    near = School(id=new_id(), district_id=ours.district.id, name="Silent School", timezone="America/Denver")
    db.add_all([far, near])
    db.commit()
    return world


@pytest.fixture
def statements() -> Iterator[list[str]]:
    sent: list[str] = []

    def note(*said: object) -> None:
        sent.append(str(said[2]))

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


def rows(db: Session, world: World, view: DistrictView) -> list[tuple[str, int, list[tuple[int, int]]]]:
    """Each school with its listen-ins, and each cell as heard and n."""
    grid = draw(db, world.ours.district, view, TODAY)
    return [
        (line.school.name, line.n, [(cell.tally.heard, cell.tally.n) for cell in line.cells]) for line in grid.lines
    ]


def test_schools_stand_by_name_with_what_was_heard_in_the_weeks_chosen(db: Session, listened: World) -> None:
    found = rows(db, listened, DistrictView(weeks=4))
    assert [(name, n) for name, n, _cells in found] == [
        ("Neighbour School", 8),
        ("Our School", 20),
        ("Silent School", 0),
    ]
    assert [cells[EVIDENCE] for _name, _n, cells in found] == [(8, 8), (15, 20), (0, 0)]
    assert rows(db, listened, DistrictView(weeks=13))[1][1] == 30


def test_or_those_listened_to_least_come_first_and_never_by_what_was_heard(db: Session, listened: World) -> None:
    by_least = rows(db, listened, DistrictView(weeks=4, order=Order.LEAST))
    assert [name for name, _n, _cells in by_least] == ["Silent School", "Neighbour School", "Our School"]
    assert set(Order) == {"name", "least"}


def test_one_trait_week_by_week_the_newest_first(db: Session, listened: World) -> None:
    view = DistrictView(weeks=13, trait=Trait.EVIDENCE)
    grid = draw(db, listened.ours.district, view, TODAY)
    assert grid.columns[0] == monday_of(TODAY, 1)
    # As on every other page, no day is named that is still to come.
    assert grid.last == TODAY
    assert len(grid.columns) == 13
    assert (grid.n, grid.silent) == (38, 1)
    cells = {name: cells for name, _n, cells in rows(db, listened, view)}
    assert cells["Our School"][0] == (15, 20)
    assert cells["Our School"][6] == (0, 10)
    assert cells["Neighbour School"][:2] == [(0, 0), (8, 8)]


def test_a_school_says_since_when_nobody_has_listened(db: Session, listened: World) -> None:
    theirs = listened.neighbour
    in_weeks = draw(db, listened.ours.district, DistrictView(), TODAY + timedelta(weeks=3))
    assert in_weeks.lines[0].quiet_since == monday_of(TODAY - timedelta(weeks=1), 1)
    heard(db, theirs.school, theirs.places[0], None, NOW + timedelta(weeks=2))
    assert draw(db, listened.ours.district, DistrictView(), TODAY + timedelta(weeks=3)).lines[0].quiet_since is None


def test_the_page_tells_it_without_looking_at_any_observation(
    client: FlaskClient, listened: World, statements: list[str]
) -> None:
    sign_in(client, listened.director)
    statements.clear()
    for query in ("", "?trait=evidence&order=least", "?weeks=52"):
        page = client.get(f"/district{query}")
        assert page.status_code == 200
        assert "Our School" in page.text
        assert "Far School" not in page.text
    assert not [each for each in statements if re.search(r"\bobservation\b", each)]


def test_fewer_than_ten_have_no_rate(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.director).get("/district?weeks=4").text
    # The neighbour's eight, and our own twenty.
    assert page.count("8 of 10") == len(TRAITS)
    assert re.search(r'class="rate">75<', page)


def test_each_cell_names_its_trait_where_a_small_page_has_no_columns(client: FlaskClient, listened: World) -> None:
    page = sign_in(client, listened.director).get("/district?weeks=4").text
    named = re.findall(r'data-trait="([^"]+)"', page)
    assert len(named) == 2 * len(TRAITS)
    assert named[: len(TRAITS)] == named[len(TRAITS) :]
    assert named[EVIDENCE] == "Evidence"
    assert "data-trait" not in client.get("/district?trait=evidence").text


def test_nobody_else_finds_it_and_no_other_district_can_be_named(
    client: FlaskClient, listened: World, db: Session
) -> None:
    for person in (listened.ours.principal, listened.ours.coach, listened.ours.teacher, listened.stranger):
        assert sign_in(client, person).get("/district").status_code == 404
    director = sign_in(client, listened.director)
    other = db.scalars(select(District).where(District.name == "Another District")).one()
    assert director.get(f"/district?district={other.id}").status_code == 404
    assert director.get("/district?district=ours").status_code == 404
    assert director.get(f"/district?district={listened.ours.district.id}").status_code == 200
    client.delete("/api/v1/session")
    assert client.get("/district").status_code == 302


@pytest.mark.parametrize("query", ["weeks=5", "weeks=-1", "trait=loud", "order=best", "order="])
def test_what_cannot_be_followed_is_said_and_the_page_comes_as_at_first(
    client: FlaskClient, listened: World, query: str
) -> None:
    page = sign_in(client, listened.director).get(f"/district?{query}")
    assert page.status_code == 200
    assert "cannot be shown as the address asks" in page.text
    assert "Our School" in page.text


def test_where_nobody_listened_a_longer_time_is_offered(client: FlaskClient, world: World) -> None:
    page = sign_in(client, world.director).get("/district?weeks=4").text
    assert "Nobody listened in then" in page
    assert "weeks=52" in page


def test_whoever_runs_the_district_finds_it_from_home_and_in_the_tabs(client: FlaskClient, listened: World) -> None:
    home = sign_in(client, listened.director).get("/").text
    assert 'href="/district"' in home
    assert 'href="/district"' in client.get("/account").text
    ours = listened.ours.school.id
    assert f'href="/trends?school={ours}" aria-label="Trends of Our School"' in client.get("/district").text
    assert 'href="/district"' not in sign_in(client, listened.ours.principal).get("/account").text
