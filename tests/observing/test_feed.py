"""`GET /api/v1/changes`: what changed in a school since a cursor."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.observing.phone import deletion, put, read, results, send
from tests.promises import promise
from tests.world import World, sign_in
from webapp.extensions import new_id
from webapp.observing.shapes import FeedAnswer


@pytest.fixture
def said(client: FlaskClient, world: World, db: Session) -> list[dict[str, Any]]:
    """What the coach recorded (revisions 1 to 3), then the principal (4); and as much next door."""
    world.ours.school.notes_days = 30
    db.commit()
    coach, principal, next_door = world.ours.coach, world.ours.principal, world.neighbour.coach
    mine = [put(world.ours, note="to myself", walkthrough=str(new_id())) for _ in range(3)]
    theirs = put(world.ours, observed_at="2026-11-03T10:42:07-05:00", group_size="8+")
    results(send(sign_in(client, next_door), next_door, *[put(world.neighbour) for _ in range(4)]))
    results(send(sign_in(client, coach), coach, *mine))
    results(send(sign_in(client, principal), principal, theirs))
    return [*mine, theirs]


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.get_json()["changes"]]


def test_everything_comes_in_the_order_of_revisions(
    client: FlaskClient, world: World, said: list[dict[str, Any]]
) -> None:
    answer = read(sign_in(client, world.ours.coach), world.ours)
    assert ids(answer) == [each["id"] for each in said]
    FeedAnswer.model_validate_json(answer.data)
    feed = answer.get_json()
    assert (feed["cursor"], feed["more"]) == ("4", False)
    assert [item["revision"] for item in feed["changes"]] == [1, 2, 3, 4]
    first = {name: said[0][name] for name in ("op", "id", "place", "setting", "heard", "observed_at", "group_size")}
    own = {"mine": True, "note": "to myself", "walkthrough": said[0]["walkthrough"]}
    assert feed["changes"][0] == first | {"revision": 1} | own


def test_nobody_learns_who_made_anothers_observation(
    client: FlaskClient, world: World, said: list[dict[str, Any]]
) -> None:
    theirs = read(sign_in(client, world.ours.coach), world.ours).get_json()["changes"][3]
    assert theirs == {
        "op": "put", "id": said[3]["id"], "revision": 4, "place": said[3]["place"], "setting": "passing",
        "heard": ["evidence", "action"], "observed_at": "2026-11-03T10:42:07-05:00", "group_size": "8+",
    }  # fmt: skip
    page = read(sign_in(client, world.ours.principal), world.ours)
    assert "to myself" not in page.text
    assert str(world.ours.coach.id) not in page.text


def test_own_ones_only(client: FlaskClient, world: World, said: list[dict[str, Any]]) -> None:
    answer = read(sign_in(client, world.ours.principal), world.ours, mine="true")
    assert (ids(answer), answer.get_json()["cursor"]) == ([said[3]["id"]], "4")
    page = read(sign_in(client, world.ours.coach), world.ours, mine="true", limit=2)
    assert (ids(page), page.get_json()["cursor"], page.get_json()["more"]) == (
        [each["id"] for each in said[:2]],
        "2",
        True,
    )


@promise("SYNC-7")
def test_page_after_page_shows_what_one_page_shows(
    client: FlaskClient, world: World, said: list[dict[str, Any]]
) -> None:
    coach = sign_in(client, world.ours.coach)
    send(coach, world.ours.coach, deletion(said[1], 2), said[0] | {"base": 1, "heard": []})
    whole = read(coach, world.ours).get_json()
    assert [(item["op"], item["id"]) for item in whole["changes"]] == [
        ("put", said[2]["id"]), ("put", said[3]["id"]), ("delete", said[1]["id"]), ("put", said[0]["id"]),
    ]  # fmt: skip
    found, since = [], None
    for _page in range(4):
        page = read(coach, world.ours, limit=1, **({"since": since} if since else {})).get_json()
        found += page["changes"]
        since = page["cursor"]
    assert (found, since, page["more"]) == (whole["changes"], whole["cursor"], False)
    assert ids(read(coach, world.ours, since=since)) == []


@promise("SYNC-7")
def test_a_deletion_is_told_to_whoever_knew_the_observation(
    client: FlaskClient, world: World, said: list[dict[str, Any]]
) -> None:
    admin = world.ours.principal
    send(sign_in(client, admin), admin, deletion(said[0], 1))
    told = read(sign_in(client, world.ours.coach), world.ours, since="4", mine="true").get_json()["changes"]
    assert told == [{"op": "delete", "id": said[0]["id"], "revision": 5, "mine": True}]


def test_staff_and_the_district_may_not_read_it(client: FlaskClient, world: World) -> None:
    for person in (world.ours.teacher, world.director):
        assert read(sign_in(client, person), world.ours).status_code == 403


def test_another_school_is_as_unknown_as_one_that_is_not_there(client: FlaskClient, world: World) -> None:
    coach = sign_in(client, world.ours.coach)
    theirs = read(coach, world.neighbour)
    nowhere = coach.get("/api/v1/changes", query_string={"school": str(new_id())})
    assert (theirs.status_code, theirs.data) == (404, nowhere.data)


def test_nobody_signed_in_is_told_so(client: FlaskClient, world: World) -> None:
    assert read(client, world.ours).status_code == 401


def test_another_method_is_not_allowed(client: FlaskClient, world: World) -> None:
    assert sign_in(client, world.ours.coach).post("/api/v1/changes").status_code == 405


@pytest.mark.one_database
def test_a_call_of_another_shape_is_told_which_field_is_wrong(client: FlaskClient, world: World) -> None:
    coach = sign_in(client, world.ours.coach)
    for wrong in ({"limit": 0}, {"limit": -1}, {"limit": "many"}, {"mine": "perhaps"}):
        answer = read(coach, world.ours, **wrong)
        assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, next(iter(wrong))), wrong
    assert coach.get("/api/v1/changes").get_json()["errors"][0]["field"] == "school"
    assert read(coach, world.ours, school="ours").status_code == 404


def test_a_cursor_that_was_never_given_out_is_gone(
    client: FlaskClient, world: World, said: list[dict[str, Any]]
) -> None:
    coach = sign_in(client, world.ours.coach)
    for wrong in ("5", "-1", "soon", "1.5", "9" * 30, "٣"):
        answer = read(coach, world.ours, since=wrong)
        assert (answer.status_code, answer.get_json()["type"]) == (410, "/problems/cursor-expired"), wrong
    assert len(ids(read(coach, world.ours, since="0"))) == len(said)


@promise("SYNC-7")
def test_reading_twice_shows_the_same(client: FlaskClient, world: World, said: list[dict[str, Any]]) -> None:
    coach = sign_in(client, world.ours.coach)
    assert read(coach, world.ours).data == read(coach, world.ours).data


@pytest.mark.one_database
def test_whoever_asks_for_more_than_a_page_holds_gets_a_page(
    client: FlaskClient, world: World, said: list[dict[str, Any]]
) -> None:
    page = read(sign_in(client, world.ours.coach), world.ours, limit=1_000_000)
    assert page.status_code == 200
    assert {each["id"] for each in said} >= set(ids(page))
    assert ids(page)
