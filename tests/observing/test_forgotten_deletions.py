"""That something was deleted is told for 400 days; who has not read for longer begins anew."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.observing.phone import deletion, put, read, results, send
from tests.promises import promise
from tests.world import World, sign_in
from webapp.observing.models import AcceptedChange, Observation, Tombstone
from webapp.observing.retention import DELETIONS_KNOWN_FOR, forget, forgotten_late
from webapp.schools.models import School

DAY = timedelta(days=1)


@pytest.fixture
def said(client: FlaskClient, world: World) -> list[dict[str, Any]]:
    """Five listen-ins (revisions 1 to 5); the second and the fourth are deleted (6 and 7), a sixth comes after (8)."""
    coach = world.ours.coach
    puts = [put(world.ours, heard=["inquiry"]) for _ in range(5)]
    phone = sign_in(client, coach)
    results(send(phone, coach, *puts, deletion(puts[1], 2), deletion(puts[3], 4)))
    last = put(world.ours)
    results(send(phone, coach, last))
    return [*puts, last]


@pytest.fixture
def much_later(db: Session, said: list[dict[str, Any]]) -> None:
    """The deletions are forgotten."""
    db.rollback()
    now = db.execute(select(func.max(Tombstone.deleted_at))).scalar_one() + DELETIONS_KNOWN_FOR + DAY
    assert forgotten_late(db, now) == 2
    db.rollback()
    assert forget(db, now).deletions == 2
    assert forgotten_late(db, now) == 0
    db.rollback()


def ids(page: dict[str, Any]) -> list[str]:
    return [item["id"] for item in page["changes"]]


def count(db: Session, model: type[Tombstone | AcceptedChange]) -> int:
    db.rollback()
    return db.execute(select(func.count()).select_from(model)).scalar_one()


def test_a_deletion_goes_after_400_days_and_not_before(db: Session, world: World, said: list[dict[str, Any]]) -> None:
    db.rollback()
    deleted_at = db.execute(select(func.max(Tombstone.deleted_at))).scalar_one()
    assert forget(db, deleted_at + DELETIONS_KNOWN_FOR).deletions == 0
    assert db.get_one(School, world.ours.school.id, populate_existing=True).pruned_to == 0
    assert count(db, Tombstone) == 2
    assert forget(db, deleted_at + DELETIONS_KNOWN_FOR + timedelta(seconds=1)).deletions == 2
    assert (count(db, Tombstone), count(db, AcceptedChange)) == (0, 0)
    school = db.get_one(School, world.ours.school.id, populate_existing=True)
    assert (school.pruned_to, school.revision) == (7, 8)
    assert db.get_one(School, world.neighbour.school.id).pruned_to == 0


def test_the_schools_last_change_stays_known_however_old(db: Session, client: FlaskClient, world: World) -> None:
    coach = world.ours.coach
    only = put(world.ours)
    results(send(sign_in(client, coach), coach, only, deletion(only, 1)))
    db.rollback()
    later = db.execute(select(func.max(Tombstone.deleted_at))).scalar_one() + 2 * DELETIONS_KNOWN_FOR
    assert forget(db, later).deletions == 0
    assert count(db, Tombstone) == 1


@pytest.mark.usefixtures("much_later")
@promise("SYNC-7")
def test_a_cursor_from_before_what_is_forgotten_is_gone_and_a_later_one_is_not(
    client: FlaskClient, world: World, said: list[dict[str, Any]]
) -> None:
    coach = sign_in(client, world.ours.coach)
    for old in ("1", "5", "6"):
        answer = read(coach, world.ours, since=old)
        assert (answer.status_code, answer.get_json()["type"]) == (410, "/problems/cursor-expired"), old
    for good in ("7", "8"):
        assert read(coach, world.ours, since=good).status_code == 200, good


@pytest.mark.usefixtures("much_later")
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
@promise("SYNC-7")
def test_whoever_begins_from_nothing_gets_through_page_by_page(
    client: FlaskClient, world: World, said: list[dict[str, Any]], limit: int
) -> None:
    coach = sign_in(client, world.ours.coach)
    left = [each["id"] for number, each in enumerate(said) if number not in {1, 3}]
    for start in ({}, {"since": ""}, {"since": "0"}):
        page = read(coach, world.ours, limit=limit, **start).get_json()
        found = ids(page)
        while page["more"]:
            page = read(coach, world.ours, limit=limit, since=page["cursor"]).get_json()
            found += ids(page)
        assert (found, page["cursor"]) == (left, "8"), start


@promise("SYNC-7")
def test_whoever_is_in_the_middle_when_more_is_forgotten_begins_anew(
    client: FlaskClient, world: World, db: Session, said: list[dict[str, Any]], much_later: None
) -> None:
    coach = sign_in(client, world.ours.coach)
    cursor = read(coach, world.ours, limit=1).get_json()["cursor"]
    send(coach, world.ours.coach, deletion(said[0], 1), put(world.ours))
    later = db.execute(select(func.max(Tombstone.deleted_at))).scalar_one() + DELETIONS_KNOWN_FOR + DAY
    db.rollback()
    assert forget(db, later).deletions == 1
    assert read(coach, world.ours, limit=1, since=cursor).status_code == 410


@pytest.mark.parametrize("wrong", ["1-", "-1", "1-99", "1-2-3", "1 - 2", "1-x"])
@pytest.mark.one_database
def test_a_cursor_of_another_form_was_never_given_out(
    client: FlaskClient, world: World, said: list[dict[str, Any]], wrong: str
) -> None:
    assert read(sign_in(client, world.ours.coach), world.ours, since=wrong).status_code == 410


@pytest.mark.usefixtures("much_later")
@promise("SYNC-7")
def test_an_edit_that_did_not_know_of_a_forgotten_deletion_does_not_undo_it(
    client: FlaskClient, world: World, db: Session, said: list[dict[str, Any]]
) -> None:
    coach = sign_in(client, world.ours.coach)
    edit = said[1] | {"base": 2, "heard": ["action"]}
    (result,) = results(send(coach, world.ours.coach, edit))
    assert (result["status"], result["current"]) == ("conflict", {"op": "delete", "revision": 8})
    db.rollback()
    assert db.get(Observation, UUID(said[1]["id"])) is None
    # Whoever has seen that it is gone, and sends it all the same, brings it back.
    (again,) = results(send(coach, world.ours.coach, edit | {"base": result["current"]["revision"]}))
    assert (again["status"], again["revision"]) == ("applied", 9)
    (once_more,) = results(send(coach, world.ours.coach, edit | {"base": result["current"]["revision"]}))
    assert (once_more["status"], once_more["revision"]) == ("unchanged", 9)


@pytest.mark.usefixtures("much_later")
@promise("SYNC-4")
def test_a_deletion_of_what_is_forgotten_keeps_it_away(
    client: FlaskClient, world: World, said: list[dict[str, Any]]
) -> None:
    coach = sign_in(client, world.ours.coach)
    first = results(send(coach, world.ours.coach, deletion(said[1], 2)))
    again = results(send(coach, world.ours.coach, deletion(said[1], 2)))
    assert [result["status"] for result in [*first, *again]] == ["applied", "unchanged"]


@pytest.mark.usefixtures("much_later")
@promise("SYNC-6")
def test_an_edit_from_after_what_is_forgotten_heals_a_server_from_a_backup(
    client: FlaskClient, world: World, said: list[dict[str, Any]]
) -> None:
    """A revision that this server never gave out, or gave out later, is none of a deletion that it forgot."""
    coach = sign_in(client, world.ours.coach)
    (result,) = results(send(coach, world.ours.coach, put(world.ours, base=12)))
    assert result["status"] == "applied"
