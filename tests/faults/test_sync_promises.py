"""What the server keeps of the promises in docs/sync.md when calls come at once, twice, late or not at all."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from tests.at_once import at_once
from tests.observing.phone import put as put_on_the_wire
from tests.observing.phone import send, statuses
from tests.observing.rows import remembered
from tests.promises import promise
from tests.world import Cast, World, sign_in
from webapp.culture.vocabulary import Role, Setting, Trait
from webapp.extensions import db as database
from webapp.extensions import new_id
from webapp.observing import feed
from webapp.observing.changes import Change, Outcome, Put, Recorded
from webapp.observing.models import Observation
from webapp.observing.recording import record
from webapp.people.models import Person
from webapp.schools.models import Membership, School

NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
AT_ONCE = 6


def puts(cast: Cast, count: int) -> list[Put]:
    return [
        Put(
            id=new_id(), school=cast.school.id, base=None, place=cast.places[0].id, setting=Setting.BREAK,
            heard=Trait.EVIDENCE, observed_at=NOW, said_at=NOW.isoformat(),
        )
        for _ in range(count)
    ]  # fmt: skip


def write(person_id: UUID, changes: Sequence[Change]) -> list[Recorded]:
    person = database.session.get_one(Person, person_id)
    return record(database.session, person, changes, skew=timedelta(0), now=NOW)


def revisions(db: Session) -> list[int]:
    db.rollback()
    return list(db.scalars(select(Observation.revision).order_by(Observation.revision)))


@promise("SYNC-3")
def test_what_is_committed_is_on_disk(db: Session) -> None:
    if db.get_bind().dialect.name == "sqlite":
        # 2 is FULL: the log is on disk before a commit returns.
        assert db.execute(text("PRAGMA synchronous")).scalar_one() == 2
        assert db.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    else:
        assert db.execute(text("SHOW synchronous_commit")).scalar_one() == "on"


@promise("SYNC-3")
def test_what_is_answered_is_committed(app: Flask, client: FlaskClient, world: World) -> None:
    answer = send(sign_in(client, world.ours.coach), world.ours.coach, put_on_the_wire(world.ours))
    assert statuses(answer) == ["applied"]
    with create_engine(app.config["SETTINGS"].database_url).connect() as other:
        assert other.execute(select(func.count()).select_from(Observation)).scalar_one() == 1


@promise("SYNC-4")
def test_the_same_call_delivered_several_times_at_once_is_stored_once(app: Flask, world: World, db: Session) -> None:
    coach, batch = world.ours.coach.id, puts(world.ours, 40)
    answers = at_once(app, *[lambda: write(coach, batch)] * AT_ONCE)
    for said in zip(*answers, strict=True):
        assert sorted(each.status for each in said) == [Outcome.APPLIED, *[Outcome.UNCHANGED] * (AT_ONCE - 1)]
        assert len({each.revision for each in said}) == 1
    assert revisions(db) == list(range(1, 41))
    assert len(remembered(db)) == 40
    assert db.execute(select(School.revision).where(School.id == world.ours.school.id)).scalar_one() == 40


def test_revisions_of_writers_at_once_have_no_gap(app: Flask, world: World, db: Session) -> None:
    coach, batches = world.ours.coach.id, [puts(world.ours, 10) for _ in range(AT_ONCE)]
    answers = at_once(app, *[lambda batch=batch: write(coach, batch) for batch in batches])
    for answer in answers:
        numbers = [each.revision for each in answer]
        assert numbers == list(range(numbers[0] or 0, (numbers[0] or 0) + 10))
    assert revisions(db) == list(range(1, 10 * AT_ONCE + 1))


@promise("SYNC-7")
def test_a_reader_misses_nothing_while_others_write(app: Flask, world: World) -> None:
    coach, school, batches = world.ours.coach.id, world.ours.school.id, [puts(world.ours, 5) for _ in range(AT_ONCE)]
    total = 5 * AT_ONCE

    def follow() -> set[UUID]:
        seen: set[UUID] = set()
        cursor = None
        while cursor != str(total):
            page = feed.since(database.session, database.session.get_one(School, school), cursor=cursor, limit=7)
            seen |= {state.id for state in page.changes}
            cursor = page.cursor
            database.session.rollback()
        return seen

    def write_one_by_one(batch: list[Put]) -> set[UUID]:
        return {each.id for said in batch for each in write(coach, [said])}

    works = [lambda batch=batch: write_one_by_one(batch) for batch in batches]
    seen, *written = at_once(app, follow, *works)
    assert seen == set().union(*written)


def test_calls_that_name_two_schools_in_either_order_do_not_wait_for_each_other(
    app: Flask, world: World, db: Session
) -> None:
    db.add(Membership(person_id=world.ours.coach.id, school_id=world.neighbour.school.id, role_word=Role.OBSERVER))
    db.commit()
    coach = world.ours.coach.id
    here, there = puts(world.ours, 8), puts(world.neighbour, 8)
    answers = at_once(app, *[lambda: write(coach, here + there), lambda: write(coach, there + here)] * 3)
    assert all(each.status in {Outcome.APPLIED, Outcome.UNCHANGED} for answer in answers for each in answer)
    assert sorted(revisions(db)) == sorted([*range(1, 9)] * 2)


def test_an_id_taken_in_two_schools_at_once_is_stored_in_one(app: Flask, world: World, db: Session) -> None:
    ours, theirs = world.ours, world.neighbour
    one = puts(ours, 1)[0]
    other = Put(
        id=one.id, school=theirs.school.id, base=None, place=theirs.places[0].id, setting=Setting.BREAK,
        heard=Trait.ACTION, observed_at=NOW, said_at=NOW.isoformat(),
    )  # fmt: skip
    coach, next_door = ours.coach.id, theirs.coach.id
    answers = at_once(app, lambda: write(coach, [one]), lambda: write(next_door, [other]))
    assert sorted(each.status for answer in answers for each in answer) == [Outcome.APPLIED, Outcome.REJECTED]
    assert revisions(db) == [1]


@promise("SYNC-6", "SYNC-8")
def test_what_a_signed_out_phone_could_not_send_goes_once_its_owner_is_back(client: FlaskClient, world: World) -> None:
    coach, said = world.ours.coach, put_on_the_wire(world.ours)
    assert send(client, coach, said).status_code == 401
    assert send(sign_in(client, world.ours.principal), coach, said).status_code == 409
    assert statuses(send(sign_in(client, coach), coach, said)) == ["applied"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
@promise("SYNC-4")
def test_changes_of_several_observations_in_any_order_are_stored_once(
    world: World, db: Session, order: tuple[int, ...]
) -> None:
    batch = puts(world.ours, 3)
    for index in (*order, *order[::-1]):
        write(world.ours.coach.id, [batch[index]])
    assert set(db.scalars(select(Observation.id))) == {said.id for said in batch}
    assert revisions(db) == [1, 2, 3]
