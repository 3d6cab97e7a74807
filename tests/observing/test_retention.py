"""What is forgotten in time, and what stays."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.observing.rows import heard, remembered
from tests.promises import promise
from tests.world import World
from webapp.culture.vocabulary import Role, Setting, Trait
from webapp.extensions import new_id
from webapp.observing.changes import Deletion, Outcome, Put
from webapp.observing.models import Observation, Tombstone
from webapp.observing.recording import record
from webapp.observing.retention import Forgotten, forget
from webapp.schools import people
from webapp.schools.models import Membership, School

NO_SKEW = timedelta(0)


def said(world: World, at: datetime, note: str | None = None) -> Put:
    ours = world.ours
    return Put(
        id=new_id(), school=ours.school.id, base=None, place=ours.places[0].id, setting=Setting.BREAK,
        heard=Trait.INQUIRY, observed_at=at, said_at=at.isoformat(), note=note,
    )  # fmt: skip


def write(db: Session, world: World, *changes: Put | Deletion, now: datetime) -> list[Outcome]:
    return [each.status for each in record(db, world.ours.coach, changes, skew=NO_SKEW, now=now)]


def stored(db: Session, put: Put) -> Observation:
    db.rollback()
    return db.get_one(Observation, put.id)


@pytest.fixture
def notes_for_ten_days(db: Session, world: World) -> None:
    world.ours.school.notes_days = 10
    db.commit()


@pytest.mark.usefixtures("notes_for_ten_days")
def test_a_note_goes_after_the_schools_days_and_not_before(db: Session, world: World, clock: Clock) -> None:
    old, young = (said(world, clock.now - timedelta(days=days), "to myself") for days in (11, 9))
    write(db, world, old, young, now=clock.now)
    assert forget(db, clock.now) == Forgotten(notes=1, hours=0, deletions=0)
    assert (stored(db, old).note, stored(db, young).note) == (None, "to myself")
    assert forget(db, clock.now) == Forgotten(notes=0, hours=0, deletions=0)


@pytest.mark.usefixtures("notes_for_ten_days")
def test_notes_of_a_school_that_turned_them_off_go_after_thirty_days(db: Session, world: World, clock: Clock) -> None:
    old, young = (said(world, clock.now - timedelta(days=days), "to myself") for days in (31, 29))
    write(db, world, old, young, now=clock.now)
    world.ours.school.notes_days = None
    db.commit()
    assert forget(db, clock.now).notes == 1
    assert (stored(db, old).note, stored(db, young).note) == (None, "to myself")


@pytest.mark.usefixtures("notes_for_ten_days")
def test_who_leaves_leaves_no_note_and_nothing_that_could_tell_it(db: Session, world: World, clock: Clock) -> None:
    put = said(world, clock.now, "to myself")
    write(db, world, put, said(world, clock.now), now=clock.now)
    people.remove(db, world.ours.school, world.ours.coach)
    db.commit()
    assert (stored(db, put).note, stored(db, put).observer_id) == (None, None)
    assert put.id not in {id_ for id_, _base, _digest in remembered(db)}


@pytest.mark.usefixtures("notes_for_ten_days")
def test_who_leaves_leaves_nothing_that_could_tell_a_note_taken_back_or_deleted_before(
    db: Session, world: World, clock: Clock
) -> None:
    taken_back, gone = (said(world, clock.now, "to myself") for _ in range(2))
    mended = replace(taken_back, base=1, note=None)
    deleted = Deletion(id=gone.id, school=gone.school, base=2)
    assert write(db, world, taken_back, gone, mended, deleted, now=clock.now) == [Outcome.APPLIED] * 4
    people.remove(db, world.ours.school, world.ours.coach)
    db.commit()
    assert remembered(db) == {}


@pytest.mark.usefixtures("notes_for_ten_days")
def test_no_note_can_outlive_its_author(db: Session, world: World, clock: Clock) -> None:
    write(db, world, said(world, clock.now, "to myself"), now=clock.now)
    db.delete(world.ours.coach)
    with pytest.raises(IntegrityError, match="note_has_its_author"):
        db.flush()


def test_after_thirty_days_only_the_hour_is_known_in_the_schools_own_time(
    db: Session, world: World, clock: Clock
) -> None:
    world.ours.school.timezone = "Asia/Kathmandu"
    db.commit()
    # A quarter past the hour in UTC is the full hour there.
    put = said(world, datetime(2026, 10, 1, 4, 44, 59, tzinfo=UTC))
    write(db, world, put, now=datetime(2026, 10, 1, 4, 46, tzinfo=UTC))
    assert forget(db, clock.now) == Forgotten(notes=0, hours=1, deletions=0)
    now = stored(db, put)
    assert now.observed_at == datetime(2026, 10, 1, 4, 15, tzinfo=UTC)
    assert {now.received_at, now.changed_at} == {datetime(2026, 10, 1, 4, 15, tzinfo=UTC)}
    assert now.said_at == ""
    assert forget(db, clock.now) == Forgotten(notes=0, hours=0, deletions=0)


def test_a_younger_one_keeps_its_minute(db: Session, world: World, clock: Clock) -> None:
    put = said(world, clock.now - timedelta(days=29, minutes=7))
    write(db, world, put, now=clock.now)
    assert forget(db, clock.now) == Forgotten(notes=0, hours=0, deletions=0)
    assert stored(db, put).observed_at == put.observed_at


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Africa/Cairo"])
def test_nothing_moves_to_another_hour_or_day_where_clocks_change(
    db: Session, world: World, clock: Clock, zone: str
) -> None:
    world.ours.school.timezone = zone
    db.commit()
    here = ZoneInfo(zone)
    changes = {"America/New_York": (11, 1), "Australia/Lord_Howe": (10, 4), "Africa/Cairo": (4, 24)}[zone]
    midday = datetime(2026, *changes, 0, 0, tzinfo=UTC)
    puts = [said(world, midday + timedelta(minutes=17 * step - 12 * 60)) for step in range(130)]
    later = midday + timedelta(days=60)
    write(db, world, *puts, now=later)
    assert forget(db, later) == Forgotten(notes=0, hours=130, deletions=0)
    db.rollback()
    kept = {row.id: row.observed_at for row in db.execute(select(Observation.id, Observation.observed_at))}
    for put in puts:
        before, after = put.observed_at.astimezone(here), kept[put.id].astimezone(here)
        assert (before.date(), before.hour) == (after.date(), after.hour)
        assert kept[put.id] <= put.observed_at
    # A minute other than the full hour is one at which the clocks changed.
    assert len({at.astimezone(here).minute for at in kept.values()}) <= 2


@promise("SYNC-4")
def test_what_arrives_again_after_its_minute_was_forgotten_is_stored_once(
    db: Session, world: World, clock: Clock
) -> None:
    put = said(world, clock.now - timedelta(days=40, minutes=7))
    assert write(db, world, put, now=clock.now) == [Outcome.APPLIED]
    forget(db, clock.now)
    assert write(db, world, put, now=clock.now) == [Outcome.UNCHANGED]
    assert db.execute(select(func.count()).select_from(Observation)).scalar_one() == 1


def test_an_edit_that_waited_meanwhile_is_no_conflict(db: Session, world: World, clock: Clock) -> None:
    put = said(world, clock.now - timedelta(days=40))
    write(db, world, put, now=clock.now)
    forget(db, clock.now)
    assert db.get_one(School, put.school).revision == 1
    assert write(db, world, Deletion(id=put.id, school=put.school, base=1), now=clock.now) == [Outcome.APPLIED]


def test_the_memory_of_what_was_said_does_not_outlive_the_minute(db: Session, world: World, clock: Clock) -> None:
    old, gone, young = (said(world, clock.now - timedelta(days=days)) for days in (40, 40, 1))
    write(db, world, old, gone, young, now=clock.now)
    write(db, world, Deletion(id=gone.id, school=gone.school, base=2), now=clock.now)
    forget(db, clock.now + timedelta(days=1))
    assert {id_ for id_, _base, _digest in remembered(db)} == {gone.id, young.id}
    forget(db, clock.now + timedelta(days=45))
    assert remembered(db) == {}


def test_nobody_records_in_a_school_while_something_is_forgotten_there(db: Session, world: World, clock: Clock) -> None:
    """Or what is mended between memory and row would leave one of them behind, for good."""
    write(db, world, said(world, clock.now - timedelta(days=40)), now=clock.now)
    engine = db.get_bind()
    assert isinstance(engine, Engine)
    refused = []

    def look(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith(("DELETE FROM accepted_change", "UPDATE observation")):
            refused.append(is_refused(engine))

    event.listen(engine, "before_cursor_execute", look)
    try:
        forget(db, clock.now)
    finally:
        event.remove(engine, "before_cursor_execute", look)
    assert len(refused) > 3
    assert all(refused)


def is_refused(engine: Engine) -> bool:
    """Whether another connection, that does not wait, can lock no school now."""
    with engine.connect().execution_options(sqlite_begin="IMMEDIATE") as other:
        if engine.dialect.name == "sqlite":
            other.connection.cursor().execute("PRAGMA busy_timeout=0")
        try:
            other.execute(select(School.id).with_for_update(nowait=True, key_share=True))
        except OperationalError:
            return True
        finally:
            # Not back among those that wait.
            other.invalidate()
    return False


def test_what_was_heard_by_who_left_has_no_author_and_what_others_heard_keeps_theirs(
    db: Session, world: World, clock: Clock
) -> None:
    put = said(world, clock.now)
    gone = said(world, clock.now)
    write(db, world, put, gone, Deletion(id=gone.id, school=gone.school, base=2), now=clock.now)
    (others,) = heard(db, world.neighbour.school, world.neighbour.places[0], world.ours.coach, clock.now)
    db.add(Membership(person_id=world.ours.coach.id, school_id=world.neighbour.school.id, role_word=Role.OBSERVER))
    db.flush()
    people.remove(db, world.ours.school, world.ours.coach)
    db.commit()
    assert stored(db, put).observer_id is None
    assert db.get_one(Tombstone, gone.id).observer_id is None
    assert db.get_one(Observation, others.id).observer_id == world.ours.coach.id
