"""`GET /api/v1/schools/{school}/setup`: all that a phone needs offline."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.world import World, sign_in


def address(world: World, whose: str = "ours") -> str:
    return f"/api/v1/schools/{getattr(world, whose).school.id}/setup"


def test_a_phone_gets_places_words_zone_and_revision(client: FlaskClient, world: World) -> None:
    answer = sign_in(client, world.ours.coach).get(address(world))
    assert answer.status_code == 200
    said = answer.get_json()
    assert set(said) == {"timezone", "places", "settings", "traits", "notes", "revision"}
    assert said["timezone"] == "America/New_York"
    assert said["settings"] == ["passing", "break", "team_meeting", "staff_meeting", "one_to_one", "other"]
    assert said["traits"] == [
        "substantive", "evidence", "inquiry", "nondefensive", "personal", "knowledge", "action",
    ]  # fmt: skip
    assert said["notes"] is False
    assert said["revision"] == 1
    assert [place["name"] for place in said["places"]] == [place.name for place in world.ours.places]
    assert said["places"][0] == {
        "id": str(world.ours.places[0].id), "name": "North hallway", "kind": "hallway", "floor": 1, "archived": False,
    }  # fmt: skip


def test_an_archived_place_is_still_told(client: FlaskClient, db: Session, world: World) -> None:
    world.ours.places[2].archived = True
    said = sign_in(client, world.ours.principal).get(address(world)).get_json()
    assert [place["archived"] for place in said["places"]] == [False, False, True, False, False, False]


def test_notes_are_told_to_be_on(client: FlaskClient, db: Session, world: World) -> None:
    world.ours.school.notes_days = 30
    assert sign_in(client, world.ours.coach).get(address(world)).get_json()["notes"] is True


def test_what_the_phone_has_is_not_sent_again(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.coach)
    first = client.get(address(world))
    again = client.get(address(world), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    world.ours.school.setup_revision += 1
    changed = client.get(address(world), headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.get_json()["revision"] == 2


def test_staff_and_the_district_do_not_get_it(client: FlaskClient, world: World) -> None:
    for person in (world.ours.teacher, world.director):
        answer = sign_in(client, person).get(address(world))
        assert answer.status_code == 403
        assert answer.mimetype == "application/problem+json"


def test_another_schools_setup_is_not_there(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.principal)
    theirs = client.get(address(world, "neighbour"))
    nowhere = client.get("/api/v1/schools/00000000-0000-7000-8000-000000000000/setup")
    assert theirs.status_code == nowhere.status_code == 404
    assert theirs.data == nowhere.data


def test_signed_out_gets_a_problem_and_no_redirect(client: FlaskClient, world: World) -> None:
    answer = client.get(address(world))
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_it_is_only_read(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.principal)
    assert client.post(address(world)).status_code == 405
    assert client.delete(address(world)).status_code == 405
