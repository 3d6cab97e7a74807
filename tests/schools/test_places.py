"""`/school/places`: add, change, order, archive and bring back."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.promises import promise
from tests.schools.pages import only_administrators_come_in, problem_at, said, value_of
from tests.world import World, sign_in
from webapp.culture.vocabulary import PlaceKind
from webapp.schools import places
from webapp.schools.models import Place

NEW = {"name": "By the copier", "kind": "other", "floor": "1", "adults": "9"}


def names(db: Session, world: World) -> list[str]:
    db.commit()
    db.expire_all()
    return [place.name for place in places.all_of(db, world.ours.school)]


def stored(db: Session, name: str) -> Place:
    db.expire_all()
    return db.scalars(select(Place).where(Place.name == name)).one()


def typed(**other: str) -> dict[str, str]:
    return NEW | other


def test_places_stand_floor_by_floor_in_their_order(client: FlaskClient, world: World) -> None:
    words = said(sign_in(client, world.ours.principal).get("/school/places"))
    order = ["Floor 1", "North hallway", "Teachers’ lounge", "Library", "Floor 2", "Second-floor", "Elsewhere", "Yard"]
    assert sorted(order, key=words.rindex) == order
    assert "Archived" not in words


def test_a_place_is_added_the_last_on_its_floor_and_phones_learn_of_it(
    client: FlaskClient, db: Session, world: World
) -> None:
    answer = sign_in(client, world.ours.principal).post("/school/places/new", data=NEW, follow_redirects=True)
    assert answer.request.path == "/school/places"
    assert "By the copier was added." in said(answer)
    assert names(db, world)[:4] == ["North hallway", "Teachers’ lounge", "Library", "By the copier"]
    place = stored(db, "By the copier")
    assert (place.kind, place.floor, place.adults, place.archived) == (PlaceKind.OTHER, 1, 9, False)
    assert world.ours.school.setup_revision == 2
    assert world.neighbour.school.setup_revision == 1


def test_a_place_outdoors_has_no_floor(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.principal).post("/school/places/new", data=typed(floor=""))
    assert stored(db, "By the copier").floor is None


def test_one_place_after_another_is_added_without_going_back(client: FlaskClient, world: World) -> None:
    answer = sign_in(client, world.ours.principal).post("/school/places/new", data=typed(another="yes"))
    assert (answer.status_code, answer.location) == (303, "/school/places/new")


def test_a_new_school_is_led_to_its_first_place(client: FlaskClient, db: Session, world: World) -> None:
    for place in world.ours.places:
        db.delete(place)
    sign_in(client, world.ours.principal)
    assert "First, the places" in said(client.get("/school"))
    assert "No place yet" in said(client.get("/school/places"))


def test_a_place_is_changed_and_keeps_its_id(client: FlaskClient, db: Session, world: World) -> None:
    place = world.ours.places[0]
    address = f"/school/places/{place.id}"
    page = sign_in(client, world.ours.principal).get(address)
    assert value_of(page, "name") == "North hallway"
    answer = client.post(address, data=typed(name="South hallway", kind="hallway", floor="-1"))
    assert (answer.status_code, answer.location) == (303, f"/school/places#place-{place.id}")
    changed = stored(db, "South hallway")
    assert (changed.id, changed.floor) == (place.id, -1)
    assert world.ours.school.setup_revision == 2


def test_a_place_keeps_its_own_name_in_other_capitals(client: FlaskClient, db: Session, world: World) -> None:
    address = f"/school/places/{world.ours.places[0].id}"
    sign_in(client, world.ours.principal).post(address, data=typed(name="NORTH HALLWAY"))
    assert "NORTH HALLWAY" in names(db, world)


def test_places_change_their_order_on_their_floor_only(client: FlaskClient, db: Session, world: World) -> None:
    hallway, lounge, library, *_others = world.ours.places
    sign_in(client, world.ours.principal)
    answer = client.post(f"/school/places/{hallway.id}/down")
    assert (answer.status_code, answer.location) == (303, f"/school/places#place-{hallway.id}")
    assert names(db, world)[:3] == ["Teachers’ lounge", "North hallway", "Library"]
    client.post(f"/school/places/{library.id}/up")
    client.post(f"/school/places/{library.id}/up")
    assert names(db, world)[:4] == ["Library", "Teachers’ lounge", "North hallway", "Second-floor classrooms"]
    assert world.ours.school.setup_revision == 4


def test_the_first_stays_first_and_the_last_last(client: FlaskClient, db: Session, world: World) -> None:
    before = names(db, world)
    sign_in(client, world.ours.principal)
    client.post(f"/school/places/{world.ours.places[0].id}/up")
    client.post(f"/school/places/{world.ours.places[2].id}/down")
    client.post(f"/school/places/{world.ours.places[5].id}/down")
    assert names(db, world) == before
    assert world.ours.school.setup_revision == 1


def test_order_skips_what_is_archived(client: FlaskClient, db: Session, world: World) -> None:
    world.ours.places[1].archived = True
    sign_in(client, world.ours.principal).post(f"/school/places/{world.ours.places[2].id}/up")
    db.expire_all()
    offered = [place.name for place in places.all_of(db, world.ours.school) if not place.archived]
    assert offered[:2] == ["Library", "North hallway"]


def test_places_of_equal_position_can_be_ordered(client: FlaskClient, db: Session, world: World) -> None:
    for place in world.ours.places:
        place.position = 0
    assert names(db, world)[:3] == ["Library", "North hallway", "Teachers’ lounge"]
    sign_in(client, world.ours.principal).post(f"/school/places/{world.ours.places[1].id}/up")
    assert names(db, world)[:3] == ["Library", "Teachers’ lounge", "North hallway"]


def test_a_place_is_archived_and_brought_back(client: FlaskClient, db: Session, world: World) -> None:
    library = world.ours.places[2]
    sign_in(client, world.ours.principal)
    page = client.post(f"/school/places/{library.id}/archive", follow_redirects=True)
    assert "Library is archived. What was heard there stays." in said(page)
    assert "Bring Library back" in page.text
    assert stored_archived(db, world) == ["Library"]
    page = client.post(f"/school/places/{library.id}/return", follow_redirects=True)
    assert "Library is back in the list." in said(page)
    assert stored_archived(db, world) == []
    assert world.ours.school.setup_revision == 3


def stored_archived(db: Session, world: World) -> list[str]:
    db.expire_all()
    return [place.name for place in places.all_of(db, world.ours.school) if place.archived]


def test_only_administrators_of_the_school_come_in(client: FlaskClient, world: World) -> None:
    place = f"/school/places/{world.ours.places[0].id}"
    calls = [("GET", "/school/places"), ("GET", "/school/places/new"), ("POST", "/school/places/new"), ("GET", place)]
    calls += [("POST", f"{place}{end}") for end in ("", "/archive", "/return", "/up", "/down")]
    only_administrators_come_in(client, world, calls)


def test_another_schools_place_is_not_there(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.principal)
    theirs = f"/school/places/{world.neighbour.places[0].id}"
    nowhere = "/school/places/00000000-0000-7000-8000-000000000000"
    assert client.get(theirs).text == client.get(nowhere).text
    for end in ("", "/archive", "/return", "/up", "/down"):
        assert client.post(f"{theirs}{end}", data=NEW).status_code == 404
    db.expire_all()
    assert (world.neighbour.places[0].name, world.neighbour.places[0].archived) == ("North hallway", False)


def test_what_changes_a_place_is_posted(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.principal)
    for end in ("/archive", "/return", "/up", "/down"):
        assert client.get(f"/school/places/{world.ours.places[0].id}{end}").status_code == 405
    assert client.post("/school/places").status_code == 405
    assert client.delete(f"/school/places/{world.ours.places[0].id}").status_code == 405


@pytest.mark.parametrize(
    ("field", "wrong", "message"),
    [
        ("name", "", "Give the place a name."),
        ("name", "   ", "Give the place a name."),
        ("name", "x" * 61, "This is too long. Use at most 60 characters."),
        ("name", "<b>Library</b>", "This looks like HTML. Use plain words, without < before a letter."),
        ("name", "Copy\x07room", "This has a character that cannot be shown. Type it anew."),
        ("name", "yradnoces\u202e", "This has a character that cannot be shown. Type it anew."),
        ("name", "north hallway", "Another place has this name already. Choose one that tells them apart."),
        ("kind", "dungeon", "Choose one of these."),
        ("kind", "", "Choose one of these."),
        ("floor", "top", "Type a whole number, in digits."),
        ("floor", "1.5", "Type a whole number, in digits."),
        ("floor", "61", "Floors go from −5 to 60."),
        ("floor", "−6", "Floors go from −5 to 60."),
        ("floor", "9" * 40, "Floors go from −5 to 60."),
        ("adults", "", "Say how many adults use this place; roughly will do."),
        ("adults", "many", "Type a whole number, in digits."),
        ("adults", "2001", "Type a number up to 2000."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_kept(
    client: FlaskClient, db: Session, world: World, *, field: str, wrong: str, message: str
) -> None:
    sign_in(client, world.ours.principal)
    for address in ("/school/places/new", f"/school/places/{world.ours.places[1].id}"):
        answer = client.post(address, data=typed(**{field: wrong}))
        assert answer.status_code == 422
        assert problem_at(answer, field) == message
        if field != "kind" and "cannot be shown" not in message:
            assert value_of(answer, field) == wrong.strip()
    assert len(names(db, world)) == 6
    assert "By the copier" not in names(db, world)
    assert world.ours.school.setup_revision == 1


def test_a_form_with_nothing_in_it_says_all_that_is_missing(client: FlaskClient, world: World) -> None:
    answer = sign_in(client, world.ours.principal).post("/school/places/new", data={})
    assert answer.status_code == 422
    assert all(problem_at(answer, field) for field in ("name", "kind", "adults"))


@promise("PRIVACY-0")
@pytest.mark.parametrize("adults", ["-1", "0", "1", "4"])
def test_a_place_of_fewer_than_five_adults_is_refused_and_the_way_out_is_told(
    client: FlaskClient, db: Session, world: World, adults: str
) -> None:
    room = typed(name="Room 204", kind="classroom", adults=adults)
    answer = sign_in(client, world.ours.principal).post("/school/places/new", data=room)
    assert answer.status_code == 422
    assert "traced to one of them" in problem_at(answer, "adults")
    assert "Second-floor classrooms" in problem_at(answer, "adults")
    assert (value_of(answer, "name"), value_of(answer, "adults")) == ("Room 204", adults)
    assert "Room 204" not in names(db, world)


@promise("PRIVACY-0")
def test_no_verb_makes_a_place_of_fewer_than_five_adults(db: Session, world: World) -> None:
    lounge: dict[str, Any] = {"name": "Lounge", "kind": PlaceKind.LOUNGE, "floor": 1}
    with pytest.raises(places.TooFewAdultsError) as refused:
        places.add(db, world.ours.school, **lounge, adults=3)
    assert refused.value.missing == 2
    with pytest.raises(places.TooFewAdultsError):
        places.change(db, world.ours.school, world.ours.places[0], **lounge, adults=4)


def test_an_archived_places_name_leads_to_bringing_it_back(client: FlaskClient, world: World) -> None:
    world.ours.places[2].archived = True
    answer = sign_in(client, world.ours.principal).post("/school/places/new", data=typed(name="Library"))
    assert problem_at(answer, "name") == (
        "An archived place has this name. Bring that one back, or choose another name."
    )


def test_the_neighbours_names_are_free(client: FlaskClient, db: Session, world: World) -> None:
    world.neighbour.places[0].name = "By the copier"
    sign_in(client, world.ours.principal).post("/school/places/new", data=NEW)
    assert "By the copier" in names(db, world)


def test_adding_twice_adds_once(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.principal)
    first, again = (client.post("/school/places/new", data=NEW) for _time in range(2))
    assert (first.status_code, again.status_code) == (303, 422)
    assert names(db, world).count("By the copier") == 1


def test_archiving_twice_is_archiving_once(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.principal)
    for _time in range(2):
        assert client.post(f"/school/places/{world.ours.places[2].id}/archive").status_code == 303
    assert stored_archived(db, world) == ["Library"]
    assert world.ours.school.setup_revision == 2
