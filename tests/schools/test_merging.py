"""`/school/places/<place>/merger`: a place becomes part of another, for good."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.observing.plain_form import above_save, filled, of, shown
from tests.observing.rows import heard
from tests.promises import promise
from tests.schools.pages import problem_at, said
from tests.trends.schooldays import FIRST, closing, plenty
from tests.trends.test_publish import bytes_of
from tests.world import World, sign_in
from webapp.culture.school_time import DAY, Period
from webapp.culture.vocabulary import Trait
from webapp.extensions import new_id
from webapp.observing import tallies
from webapp.observing.tallies import Row
from webapp.schools import merging, places
from webapp.schools.models import MergedPlace, Place, School
from webapp.trends.publishing import publish_due

NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)


@pytest.fixture
def hallway(db: Session, world: World) -> Place:
    """Where three listen-ins were made; one more in the library, and as many next door."""
    for cast in (world.ours, world.neighbour):
        heard(db, cast.school, cast.places[0], cast.coach, NOW, Trait.EVIDENCE)
        heard(db, cast.school, cast.places[2], cast.coach, NOW, Trait.INQUIRY)
        heard(db, cast.school, cast.places[0], cast.principal, NOW - 40 * DAY, Trait.EVIDENCE, times=2)
    db.commit()
    return world.ours.places[0]


@pytest.fixture
def library(world: World) -> Place:
    return world.ours.places[2]


def address(place: Place) -> str:
    return f"/school/places/{place.id}/merger"


def filed(db: Session, school: School) -> list[tuple[str, int]]:
    """Under which place and revision each observation stands, in the order of revisions."""
    names = {id_: name for id_, name in db.execute(select(Place.id, Place.name))}
    return [(names[each.place_id], each.revision) for each in of(school, db)]


def test_a_place_asks_which_one_then_says_how_many_go_along_and_changes_nothing_yet(
    client: FlaskClient, db: Session, world: World, hallway: Place, library: Place
) -> None:
    before = filed(db, world.ours.school)
    sign_in(client, world.ours.principal)
    assert f'href="{address(hallway)}"' in client.get(f"/school/places/{hallway.id}").text
    assert "Merge it into" in said(client.get(address(hallway)))
    page = client.get(address(hallway), query_string={"into": str(library.id)})
    assert "Merge North hallway into Library?" in said(page)
    assert "3 listen-ins move to Library." in said(page)
    assert "cannot be undone" in said(page)
    assert filed(db, world.ours.school) == before
    assert "Nothing was heard in Yard yet." in said(
        client.get(address(world.ours.places[5]), query_string={"into": str(library.id)})
    )


@promise("SYNC-7")
def test_everything_heard_there_moves_and_phones_learn_of_each(
    client: FlaskClient, db: Session, world: World, hallway: Place, library: Place
) -> None:
    world.ours.places[0].adults = 30
    sign_in(client, world.ours.principal)
    next_door = filed(db, world.neighbour.school)
    answer = client.post(address(hallway), data={"into": str(library.id)})
    assert (answer.status_code, answer.location) == (303, f"/school/places#place-{library.id}")
    page = said(client.get("/school/places"))
    assert "North hallway is part of Library now, and 3 listen-ins went along." in page
    assert "part of Library now" in page[page.index("Archived") :]
    assert filed(db, world.ours.school) == [("Library", 2), ("Library", 5), ("Library", 6), ("Library", 7)]
    assert (world.ours.school.revision, world.ours.school.setup_revision) == (7, 2)
    assert (hallway.archived, library.archived, library.adults) == (True, False, 30)
    assert filed(db, world.neighbour.school) == next_door
    told = client.get("/api/v1/changes", query_string={"school": str(world.ours.school.id), "since": "4"}).get_json()
    assert [(each["place"], each["revision"]) for each in told["changes"]] == [(str(library.id), n) for n in (5, 6, 7)]


def test_where_nothing_was_heard_nothing_is_said_to_go_along(client: FlaskClient, world: World, library: Place) -> None:
    sign_in(client, world.ours.principal)
    client.post(address(world.ours.places[5]), data={"into": str(library.id)})
    assert "Yard is part of Library now. " in said(client.get("/school/places"))


def test_what_was_heard_counts_under_the_place_that_is_left(
    db: Session, world: World, hallway: Place, library: Place
) -> None:
    merging.merge(db, world.ours.school, hallway, library, now=NOW)
    period = Period((NOW - 60 * DAY).date(), NOW.date())
    counted = tallies.count(db, world.ours.school, by=Row.PLACE, period=period)
    assert {place: found[0].n for place, found in counted.items()} == {str(library.id): 4}


@promise("PRIVACY-2")
def test_what_staff_were_shown_stays_byte_for_byte(db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST)
    now = closing(world.ours, FIRST)
    publish_due(db, world.ours.school, now)
    before = bytes_of(db, world.ours.school)
    assert before
    merging.merge(db, world.ours.school, world.ours.places[0], world.ours.places[1], now=now)
    db.commit()
    publish_due(db, world.ours.school, now + 14 * DAY)
    assert bytes_of(db, world.ours.school) == before


def test_sent_twice_is_done_once(
    client: FlaskClient, db: Session, world: World, hallway: Place, library: Place
) -> None:
    sign_in(client, world.ours.principal)
    for _time in range(2):
        assert client.post(address(hallway), data={"into": str(library.id)}).status_code == 303
    assert world.ours.school.revision == 7
    assert "already" not in said(client.get("/school/places"))
    client.post(address(hallway), data={"into": str(world.ours.places[1].id)})
    assert "North hallway is part of Library already." in said(client.get("/school/places"))
    assert "North hallway is part of Library already." in said(client.get(address(hallway)))
    assert filed(db, world.ours.school)[0] == ("Library", 2)


def test_what_is_no_place_to_take_it_is_refused(client: FlaskClient, db: Session, world: World, hallway: Place) -> None:
    world.ours.places[1].archived = True
    db.commit()
    before = filed(db, world.ours.school)
    sign_in(client, world.ours.principal)
    itself, archived, next_door = hallway, world.ours.places[1], world.neighbour.places[1]
    for into in (str(itself.id), str(archived.id), str(next_door.id), str(new_id()), "the library", ""):
        answer = client.post(address(hallway), data={"into": into})
        assert (answer.status_code, problem_at(answer, "into")) == (422, "Choose a place from the list."), into
        assert client.get(address(hallway), query_string={"into": into}).status_code == 422
    assert client.post(address(hallway)).status_code == 422
    assert client.get(address(next_door)).status_code == 404
    for none in (itself, archived):
        with pytest.raises(merging.NoPlaceToTakeItError):
            merging.merge(db, world.ours.school, hallway, none, now=NOW)
    assert filed(db, world.ours.school) == before


def test_the_only_place_has_no_other_to_become_part_of(client: FlaskClient, db: Session, world: World) -> None:
    for place in world.ours.places[1:]:
        place.archived = True
    db.commit()
    page = sign_in(client, world.ours.principal).get(address(world.ours.places[0]))
    assert (page.status_code, "There is no other place" in said(page)) == (200, True)


def test_however_often_it_is_one_step_to_the_place_that_is_left(
    db: Session, world: World, hallway: Place, library: Place
) -> None:
    school, yard = world.ours.school, world.ours.places[5]
    merging.merge(db, school, hallway, library, now=NOW)
    with pytest.raises(merging.MergedBeforeError):
        merging.merge(db, school, hallway, yard, now=NOW)
    merging.merge(db, school, library, yard, now=NOW)
    db.commit()
    both = [world.neighbour.school.id, school.id]
    assert places.survivors(db, both) == {hallway.id: yard.id, library.id: yard.id}
    assert places.survivors(db, both[:1]) == {}
    assert {place for place, _revision in filed(db, school)} == {"Yard"}
    assert [revision for _place, revision in filed(db, school)] == [8, 9, 10, 11]


def test_a_merged_place_neither_comes_back_nor_is_changed(
    client: FlaskClient, db: Session, world: World, hallway: Place, library: Place
) -> None:
    merging.merge(db, world.ours.school, hallway, library, now=NOW)
    db.commit()
    sign_in(client, world.ours.principal)
    client.post(f"/school/places/{hallway.id}/return")
    assert "part of another one, and stays so" in said(client.get("/school/places"))
    db.expire_all()
    assert hallway.archived
    for call in (client.get, client.post):
        assert call(f"/school/places/{hallway.id}").location == f"/school/places/{library.id}"
    same = {"name": "north hallway", "kind": "other", "floor": "", "adults": "9"}
    assert "a place that is part of another one now" in problem_at(client.post("/school/places/new", data=same), "name")


def test_the_sign_on_its_door_leads_to_the_place_that_is_left(
    client: FlaskClient, db: Session, world: World, hallway: Place, library: Place
) -> None:
    merging.merge(db, world.ours.school, hallway, library, now=NOW)
    db.commit()
    page = sign_in(client, world.ours.coach).get("/record", query_string={"place": str(hallway.id)})
    assert shown(page)["place"] == [str(library.id)]
    assert above_save(page) == [""]
    told = client.get(f"/api/v1/schools/{world.ours.school.id}/setup").get_json()["places"]
    merged = [place for place in told if "merged_into" in place]
    assert [(place["id"], place["archived"], place["merged_into"]) for place in merged] == [
        (str(hallway.id), True, str(library.id))
    ]


@promise("SYNC-6")
def test_a_page_that_lay_open_meanwhile_is_filed_under_the_place_that_is_left(
    client: FlaskClient, db: Session, world: World, hallway: Place, library: Place
) -> None:
    sign_in(client, world.ours.coach)
    client.post("/record", data=filled(world.ours))
    mine = of(world.ours.school, db)[-1]
    page = shown(client.get(f"/record/{mine.id}"))
    merging.merge(db, world.ours.school, hallway, library, now=NOW)
    db.commit()
    assert client.post("/record", data=filled(world.ours)).status_code == 302
    assert client.post(f"/record/{mine.id}", data=page | {"heard": ["action"]}).status_code == 302
    assert {place for place, _revision in filed(db, world.ours.school)} == {"Library"}


@pytest.mark.parametrize("into", ["itself", "next door"])
def test_the_database_refuses_what_makes_no_sense(db: Session, world: World, into: str) -> None:
    place = world.ours.places[0]
    wrong = place if into == "itself" else world.neighbour.places[0]
    db.add(MergedPlace(place_id=place.id, school_id=world.ours.school.id, into_id=wrong.id, merged_at=NOW))
    with pytest.raises(IntegrityError):
        db.flush()
