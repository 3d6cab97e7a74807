"""Past listen-ins come in all or nothing, once however often, and can be taken back; phones see each change once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.at_once import at_once
from tests.conftest import Clock
from tests.observing.phone import deletion, put, read, results, send, statuses
from tests.observing.rows import heard
from tests.promises import promise
from tests.world import Cast, World, sign_in
from webapp.culture.vocabulary import GroupSize, Setting, Trait
from webapp.extensions import db as database
from webapp.observing import imports, only, retention, tallies, weeks
from webapp.observing.importing import Line
from webapp.observing.imports import BroughtIn
from webapp.observing.models import AcceptedChange, Import, Imported, Observation, Tombstone
from webapp.observing.only import Only
from webapp.schools import merging
from webapp.schools.models import School

NOW = datetime(2026, 11, 24, 15, 30, 20, tzinfo=UTC)
LONG_AGO = datetime(2026, 3, 3, 14, 15, 16, tzinfo=UTC)
LATELY = datetime(2026, 11, 20, 14, 15, 16, tzinfo=UTC)


def line(
    cast: Cast, at: datetime = LONG_AGO, *traits: Trait, place: int = 0, size: GroupSize | None = None, number: int = 2
) -> Line:
    return Line(number, at, cast.places[place].id, Setting.BREAK, Trait(sum(traits)), size)


def several(cast: Cast, n: int = 5) -> list[Line]:
    return [line(cast, LONG_AGO + timedelta(hours=hour), Trait.EVIDENCE, number=2 + hour) for hour in range(n)]


def bring_in(db: Session, cast: Cast, lines: Sequence[Line], now: datetime = NOW) -> BroughtIn:
    done = imports.bring_in(db, cast.school, lines, file_name="form.csv", now=now)
    db.commit()
    return done


def take_back(db: Session, cast: Cast, id_: UUID | None, now: datetime = NOW) -> None:
    assert id_ is not None
    assert imports.take_back(db, cast.school, id_, now) is not None
    db.commit()


def rows(db: Session, school: School) -> list[Observation]:
    asked = select(Observation).where(Observation.school_id == school.id)
    return list(db.scalars(asked.order_by(Observation.revision).execution_options(populate_existing=True)))


def changes(client: FlaskClient, cast: Cast, since: str = "", limit: int = 2) -> tuple[list[dict[str, Any]], str]:
    """All changes since a cursor, page by page, and the cursor behind them."""
    found: list[dict[str, Any]] = []
    while True:
        told = read(client, cast, since=since, limit=limit).get_json()
        found, since = found + told["changes"], told["cursor"]
        if not told["more"]:
            return found, since


def all_until(client: FlaskClient, cast: Cast, last: str) -> list[dict[str, Any]]:
    """All changes up to this cursor, as somebody reads them who asks again and again."""
    found: list[dict[str, Any]] = []
    cursor = ""
    for _look in range(1000):
        more, cursor = changes(client, cast, cursor, 1000)
        found += more
        if cursor == last:
            return found
    raise AssertionError(f"at {cursor}, and {last} never came")


def twice_in_and_out(school: UUID, lines: Sequence[Line]) -> list[dict[str, Any]]:
    """In a session of the thread's own."""
    for _twice in range(2):
        here = database.session.get_one(School, school)
        done = imports.bring_in(database.session, here, lines, file_name="form.csv", now=NOW)
        database.session.commit()
        assert done.id is not None
        imports.take_back(database.session, here, done.id, NOW)
        database.session.commit()
    return []


def test_a_line_is_filed_as_it_tells_without_whose_it_was(db: Session, world: World) -> None:
    ours = world.ours
    done = bring_in(db, ours, [line(ours, LATELY, Trait.EVIDENCE, Trait.ACTION, place=1, size=GroupSize.MANY)])
    (row,) = rows(db, ours.school)
    assert (done.n, done.there_already) == (1, 0)
    assert (row.place_id, row.setting_code, row.heard) == (ours.places[1].id, Setting.BREAK.code, 66)
    assert (row.observed_at, row.said_at) == (LATELY, "2026-11-20T09:15:16-05:00")
    assert (row.observer_id, row.note, row.walkthrough, row.digest, row.skew) == (None, None, None, None, 0)
    assert (row.group_size_code, row.received_at, row.changed_at) == (2, NOW.replace(microsecond=0), row.received_at)
    assert (row.revision, ours.school.revision) == (1, 1)
    assert rows(db, world.neighbour.school) == []


@promise("PRIVACY-0")
def test_of_what_is_older_than_thirty_days_only_the_hour_comes_in(db: Session, world: World) -> None:
    ours = world.ours
    bring_in(db, ours, [line(ours, LONG_AGO), line(ours, NOW - timedelta(days=30, seconds=1))])
    assert [(row.observed_at, row.said_at) for row in rows(db, ours.school)] == [
        (LONG_AGO.replace(minute=0, second=0), ""),
        (datetime(2026, 10, 25, 15, 0, tzinfo=UTC), ""),
    ]


@promise("PRIVACY-0")
def test_what_came_in_lately_loses_its_minute_as_all_do(db: Session, world: World) -> None:
    ours = world.ours
    bring_in(db, ours, [line(ours, LATELY)])
    retention.forget(db, NOW + timedelta(days=40))
    (row,) = rows(db, ours.school)
    assert (row.observed_at, row.said_at) == (LATELY.replace(minute=0, second=0), "")
    assert bring_in(db, ours, [line(ours, LATELY)], NOW + timedelta(days=40)).there_already == 1


def test_the_same_file_twice_is_stored_once(db: Session, world: World) -> None:
    ours = world.ours
    first = bring_in(db, ours, several(ours))
    second = bring_in(db, ours, several(ours))
    assert (first.n, second) == (5, BroughtIn(None, 0, 5))
    assert len(rows(db, ours.school)) == ours.school.revision == 5
    assert len(imports.past(db, ours.school)) == 1


def test_of_a_file_that_has_grown_only_the_new_comes_in(db: Session, world: World) -> None:
    ours = world.ours
    bring_in(db, ours, several(ours))
    grown = [*several(ours), line(ours, LONG_AGO, Trait.EVIDENCE), line(ours, LATELY)]
    assert bring_in(db, ours, grown).n == 2
    assert [row.revision for row in rows(db, ours.school)] == [1, 2, 3, 4, 5, 6, 7]


def test_two_schools_may_bring_in_the_same(db: Session, world: World) -> None:
    for cast in (world.ours, world.neighbour):
        assert bring_in(db, cast, several(cast)).n == 5
    first, second = ({row.id for row in rows(db, cast.school)} for cast in (world.ours, world.neighbour))
    assert not first & second


def test_undo_takes_back_exactly_what_came_in(db: Session, world: World) -> None:
    ours = world.ours
    own = heard(db, ours.school, ours.places[0], ours.coach, LONG_AGO, Trait.EVIDENCE)[0].id
    first = bring_in(db, ours, several(ours))
    second = bring_in(db, ours, [*several(ours), line(ours, LATELY)])
    take_back(db, ours, first.id)
    left = rows(db, ours.school)
    assert [row.id for row in left][0] == own
    assert [(row.observed_at, row.revision) for row in left[1:]] == [(LATELY, 7)]
    dead = list(db.scalars(select(Tombstone).order_by(Tombstone.revision)))
    assert [each.revision for each in dead] == [8, 9, 10, 11, 12]
    assert ours.school.revision == 12
    assert second.n == 1


def test_undo_twice_is_undo_once(db: Session, world: World) -> None:
    ours = world.ours
    done = bring_in(db, ours, several(ours))
    take_back(db, ours, done.id)
    take_back(db, ours, done.id, NOW + timedelta(days=1))
    assert ours.school.revision == 10
    assert [each.undone_at for each in imports.past(db, ours.school)] == [NOW.replace(microsecond=0)]


def test_what_was_taken_back_comes_in_again_after_its_deletion(db: Session, world: World) -> None:
    ours = world.ours
    take_back(db, ours, bring_in(db, ours, several(ours)).id)
    again = bring_in(db, ours, several(ours))
    assert again.n == 5
    assert [row.revision for row in rows(db, ours.school)] == [11, 12, 13, 14, 15]
    assert list(db.scalars(select(Tombstone))) == []
    take_back(db, ours, again.id)
    assert (rows(db, ours.school), ours.school.revision) == ([], 20)


def test_the_neighbour_cannot_take_back_what_is_ours(db: Session, world: World) -> None:
    done = bring_in(db, world.ours, several(world.ours))
    assert done.id is not None
    assert imports.take_back(db, world.neighbour.school, done.id, NOW) is None
    db.commit()
    assert len(rows(db, world.ours.school)) == 5


def test_phones_see_each_change_once_and_in_order(client: FlaskClient, db: Session, world: World) -> None:
    ours = world.ours
    sign_in(client, ours.coach)
    said = put(ours)
    assert statuses(send(client, ours.coach, said)) == ["applied"]
    first, cursor = changes(client, ours)
    done = bring_in(db, ours, several(ours))
    came, cursor = changes(client, ours, cursor)
    db.expire_all()
    take_back(db, ours, done.id)
    assert statuses(send(client, ours.coach, put(ours))) == ["applied"]
    went, cursor = changes(client, ours, cursor)
    db.expire_all()
    bring_in(db, ours, several(ours))
    back, cursor = changes(client, ours, cursor)
    assert [each["revision"] for each in first + came + went + back] == list(range(1, 18))
    assert [each["op"] for each in came + went + back] == ["put"] * 5 + ["delete"] * 5 + ["put"] + ["put"] * 5
    assert {each["id"] for each in came} == {each["id"] for each in went[:5]} == {each["id"] for each in back}
    whole, _cursor = changes(client, ours)
    assert [each["op"] for each in whole] == ["put"] * 7
    assert not {"note", "walkthrough"} & set(came[0])


def test_phones_that_send_and_read_meanwhile_miss_nothing(app: Flask, db: Session, world: World) -> None:
    ours = world.ours
    lines, school = several(ours, 200), ours.school.id
    said = [[put(ours) for _change in range(3)] for _call in range(10)]
    key = sign_in(app.test_client(), ours.coach).get_cookie("session")
    assert key is not None

    def phone() -> FlaskClient:
        made = app.test_client()
        made.set_cookie("session", key.value)
        return made

    def sends() -> list[dict[str, Any]]:
        found = [results(send(phone(), ours.coach, *call)) for call in said]
        return [result for call in found for result in call]

    # Read by several threads, so they belong to the session of none.
    for each in (ours.school, ours.coach):
        db.refresh(each)
    db.expunge_all()
    db.commit()
    _done, sent, seen = at_once(
        app, lambda: twice_in_and_out(school, lines), sends, lambda: all_until(phone(), ours, "830")
    )
    assert {result["status"] for result in sent} == {"applied"}
    revisions = [each["revision"] for each in seen]
    assert revisions == sorted(set(revisions))
    assert db.get_one(School, school).revision == 830
    whole, _cursor = changes(phone(), ours, limit=1000)
    last = {each["id"]: each["revision"] for each in [*seen, *whole]}
    assert last == {each["id"]: each["revision"] for each in whole}
    assert sorted(each["revision"] for each in whole if each["op"] == "put") == sorted(
        result["revision"] for result in sent
    )


def test_nobody_mends_what_came_in_and_an_administrator_may_delete_one(
    client: FlaskClient, db: Session, world: World
) -> None:
    ours = world.ours
    done = bring_in(db, ours, several(ours))
    id_ = str(rows(db, ours.school)[0].id)
    said = put(ours, id=id_, base=1)
    for person in (ours.coach, ours.principal):
        assert statuses(send(sign_in(client, person), person, said)) == ["rejected"]
    sign_in(client, ours.coach)
    assert statuses(send(client, ours.coach, deletion(said, 1))) == ["rejected"]
    sign_in(client, ours.principal)
    assert results(send(client, ours.principal, deletion(said, 1)))[0]["revision"] == 6
    db.expire_all()
    take_back(db, ours, done.id)
    assert ours.school.revision == 10
    again = bring_in(db, ours, several(ours))
    assert (again.n, ours.school.revision) == (5, 15)
    assert statuses(send(client, ours.principal, deletion(said, 1))) == ["unchanged"]
    db.expire_all()
    assert len(rows(db, ours.school)) == 5
    assert [each.base for each in db.scalars(select(AcceptedChange))] == [1]


def test_what_was_deleted_and_brought_in_anew_belongs_to_the_later_import(
    client: FlaskClient, db: Session, world: World
) -> None:
    ours = world.ours
    first = bring_in(db, ours, several(ours))
    gone = {"id": str(rows(db, ours.school)[0].id), "school": str(ours.school.id)}
    sign_in(client, ours.principal)
    assert statuses(send(client, ours.principal, deletion(gone, 1))) == ["applied"]
    db.expire_all()
    second = bring_in(db, ours, several(ours))
    assert second.n == 1
    take_back(db, ours, first.id)
    assert [str(row.id) for row in rows(db, ours.school)] == [gone["id"]]
    take_back(db, ours, second.id)
    assert rows(db, ours.school) == []


def test_what_was_deleted_so_long_ago_that_nobody_remembers_comes_in_again(
    client: FlaskClient, db: Session, world: World
) -> None:
    ours = world.ours
    bring_in(db, ours, several(ours))
    sign_in(client, ours.principal)
    for number, row in enumerate(rows(db, ours.school)):
        gone = {"id": str(row.id), "school": str(ours.school.id)}
        assert statuses(send(client, ours.principal, deletion(gone, number + 1))) == ["applied"]
    assert statuses(send(client, ours.principal, put(ours))) == ["applied"]
    db.expire_all()
    retention.forget(db, datetime.now(UTC) + timedelta(days=401))
    assert list(db.scalars(select(Tombstone))) == []
    assert bring_in(db, ours, several(ours)).n == 5
    assert [row.revision for row in rows(db, ours.school)] == [11, 12, 13, 14, 15, 16]


def test_what_is_said_of_a_merged_place_is_filed_under_the_one_that_is_left(
    db: Session, world: World, clock: Clock
) -> None:
    ours = world.ours
    bring_in(db, ours, several(ours))
    merging.merge(db, ours.school, ours.places[0], ours.places[1], now=clock.now)
    db.commit()
    assert bring_in(db, ours, [*several(ours), line(ours, LATELY)]).there_already == 5
    assert {row.place_id for row in rows(db, ours.school)} == {ours.places[1].id}


def test_when_a_line_cannot_be_stored_nothing_is(db: Session, world: World) -> None:
    ours, theirs = world.ours, world.neighbour
    with pytest.raises(IntegrityError):
        bring_in(db, ours, [*several(ours), line(theirs)])
    db.rollback()
    assert rows(db, ours.school) == []
    assert (ours.school.revision, list(db.scalars(select(Import))), list(db.scalars(select(Imported)))) == (0, [], [])


def test_what_came_in_counts_on_the_map_and_belongs_to_no_group_of_observers(db: Session, world: World) -> None:
    ours = world.ours
    bring_in(db, ours, several(ours))
    everything = tallies.listened(db, ours.school)
    assert everything is not None
    for group in only.GROUPS:
        asked = only.matching(db, ours.school, Only(observers=group))
        assert db.scalars(select(Observation.id).where(*asked)).all() == []
    assert not only.may_part(db, ours.school, [Observation.school_id == ours.school.id])


def test_who_leaves_the_school_leaves_what_came_in_as_it_is(db: Session, world: World) -> None:
    ours = world.ours
    bring_in(db, ours, several(ours))
    retention.forget_observer(db, ours.school, ours.principal)
    db.commit()
    assert len(rows(db, ours.school)) == 5


def test_the_weeks_of_the_school_are_counted_along(db: Session, world: World) -> None:
    ours = world.ours
    first = bring_in(db, ours, [*several(ours, 30), line(ours, LATELY, Trait.ACTION)])
    second = bring_in(db, ours, [line(ours, LATELY)])
    assert weeks.kept(db, ours.school) == weeks.counted(db, ours.school) != {}
    take_back(db, ours, first.id)
    assert weeks.kept(db, ours.school) == weeks.counted(db, ours.school) != {}
    take_back(db, ours, second.id)
    assert weeks.kept(db, ours.school) == {}
    bring_in(db, ours, several(ours, 30))
    assert weeks.kept(db, ours.school) == weeks.counted(db, ours.school) != {}
