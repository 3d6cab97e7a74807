"""New observations are recorded in columns, all others one by one: the same answers, and the same rows."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from typing import cast as of_kind

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic_core import to_json
from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from tests.observing.phone import put, send, statuses
from tests.world import World, sign_in
from webapp.culture.vocabulary import TRAITS, GroupSize, Setting
from webapp.extensions import Base, new_id
from webapp.observing.api import all_at_once, one_by_one
from webapp.observing.fresh import Fresh
from webapp.observing.models import AcceptedChange, Observation, SchoolWeek, Tombstone
from webapp.observing.shapes import SyncCall
from webapp.schools.models import MergedPlace, School

NOW = datetime(2026, 11, 24, 15, 30, 12, 345678, tzinfo=UTC)
TABLES: tuple[type[Base], ...] = (Observation, Tombstone, AcceptedChange, SchoolWeek)
PLAIN_TIMES = (
    "2026-11-24T10:29:59-05:00", "2026-11-24T15:30:00Z", "2026-11-24T15:30:00.5Z", "2026-09-01T08:00:00+00:00",
    "2026-11-25T15:29:00Z",
)  # fmt: skip
ODD_TIMES = (
    "2026-11-24t15:30:00z", "2026-11-25T16:31:00Z", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00+05:00",
    "9999-12-31T23:59:59-05:00", "2026-02-30T10:00:00Z", "2026-11-24T15:30:00", "",
)  # fmt: skip
PLAIN_NOTES = (None, "", "  ", "to myself", "two\nlines", " cafe\u0301  and  more ", '"quoted" \\ back{slash}, NULL')
ODD_NOTES = ("<b>", "\u0000", "\u202e", "x" * 281, "x" * 2001, 7)


def rows(db: Session) -> list[Any]:
    """All that was stored, and how far each school has counted."""
    db.rollback()
    stored: list[Any] = [db.execute(select(School.id, School.revision).order_by(School.id)).all()]
    for model in TABLES:
        stored.append(sorted(map(repr, db.execute(select(model.__table__)).all())))
    return stored


class Cast:
    """What calls are made of: the places and schools of the world, ids that are held and ids that were deleted."""

    def __init__(self, world: World, held: list[str], deleted: list[str]) -> None:
        self.world = world
        self.held = held
        self.deleted = deleted
        self.account = str(world.ours.coach.id)
        self.school = str(world.ours.school.id)
        self.neighbour = str(world.neighbour.school.id)
        self.places = [str(place.id) for place in world.ours.places]
        self.elsewhere = str(world.neighbour.places[0].id)


def plain(cast: Cast, draw: st.DrawFn) -> dict[str, Any]:
    said = {
        "op": "put",
        "id": str(new_id()),
        "school": cast.school,
        "base": None,
        "place": draw(st.sampled_from(cast.places)),
        "setting": str(draw(st.sampled_from(Setting))),
        "heard": draw(st.lists(st.sampled_from([trait.word for trait in TRAITS]), max_size=7)),
        "observed_at": draw(st.sampled_from(PLAIN_TIMES)),
        "group_size": draw(st.sampled_from([None, *map(str, GroupSize)])),
        "note": draw(st.sampled_from(PLAIN_NOTES)),
        "walkthrough": draw(st.sampled_from([None, str(new_id())])),
    }
    for name in draw(st.sets(st.sampled_from(["base", "group_size", "note", "walkthrough"]))):
        said.pop(name)
    return said


def oddities(cast: Cast) -> list[dict[str, Any]]:
    """What one change may say that is not plain."""
    return [
        *({"observed_at": time} for time in ODD_TIMES),
        *({"note": note} for note in ODD_NOTES),
        *({"id": id_} for id_ in (*cast.held, *cast.deleted, str(new_id()).upper())),
        *({"id": id_, "base": 1, "heard": []} for id_ in (*cast.held, *cast.deleted)),
        {"place": cast.elsewhere}, {"place": str(new_id())}, {"place": cast.places[0].upper()}, {"place": None},
        {"school": cast.neighbour}, {"school": str(new_id())}, {"school": 7},
        {"op": "delete", "base": 1}, {"op": "drop"}, {"base": 3}, {"base": 0}, {"base": "1"},
        {"setting": "shouting"}, {"heard": ["evidence"] * 9}, {"heard": ["shouting"]}, {"heard": "evidence"},
        {"group_size": "many"}, {"walkthrough": "none"}, {"walkthrough": str(new_id()).upper()}, {"more": 1},
    ]  # fmt: skip


@st.composite
def calls(draw: st.DrawFn, cast: Cast) -> bytes:
    """A call as a phone sends it: all plain in half of them."""
    changes = [plain(cast, draw) for _ in range(draw(st.integers(1, 4)))]
    if draw(st.booleans()):
        changes[draw(st.integers(0, len(changes) - 1))] |= draw(st.sampled_from(oddities(cast)))
    if draw(st.integers(0, 9)) == 0:
        changes.append(changes[0])
    return said(cast, changes, ahead=draw(st.sampled_from([0, 0, 0, 119, 121, -3601, 86400 * 400, -86400 * 400])))


def said(cast: Cast, changes: list[dict[str, Any]], *, ahead: int = 0) -> bytes:
    """The call that carries these changes, from a phone whose clock is so many seconds ahead."""
    clock = (NOW + timedelta(seconds=ahead)).isoformat()
    return json.dumps({"device": "a phone", "account": cast.account, "clock": clock, "changes": changes}).encode()


class Both:
    """Tries a call both ways, each from what was there at first."""

    def __init__(self, db: Session, cast: Cast) -> None:
        self.db = db
        self.person = cast.world.ours.coach
        self.taken: Counter[str] = Counter()
        self.held = {model: list(db.execute(select(model.__table__)).all()) for model in TABLES}
        self.revisions = {id_: revision for id_, revision in db.execute(select(School.id, School.revision))}
        self.rows = rows(db)

    def __call__(self, raw: bytes) -> None:
        try:
            self.compare(raw)
        finally:
            self.put_back()

    def compare(self, raw: bytes) -> None:
        call = SyncCall.read(raw)
        at_once = all_at_once(self.person, call, call.clock - NOW, NOW)
        rows_at_once = rows(self.db)
        self.taken["left to the other" if at_once is None else "at once"] += 1
        if at_once is None:
            assert rows_at_once == self.rows
            return
        self.put_back()
        each = SyncCall.model_validate_json(raw)
        assert not isinstance(each.changes, Fresh)
        assert to_json(one_by_one(self.person, each, each.clock - NOW, NOW)) == to_json(at_once)
        assert rows(self.db) == rows_at_once

    def put_back(self) -> None:
        self.db.rollback()
        for model in TABLES:
            table = of_kind(Table, model.__table__)
            self.db.execute(table.delete())
            for row in self.held[model]:
                self.db.execute(table.insert(), dict(row._mapping))
        for school, revision in self.revisions.items():
            self.db.execute(update(School).where(School.id == school).values(revision=revision))
        self.db.commit()


@pytest.fixture
def cast(app: Flask, db: Session, world: World) -> Cast:
    """Notes are kept, a place is merged, one is archived, something is held and something was deleted."""
    world.ours.school.notes_days = 30
    world.ours.places[1].archived = True
    db.commit()
    hall, library = world.ours.places[2:4]
    db.add(MergedPlace(place_id=hall.id, school_id=world.ours.school.id, into_id=library.id, merged_at=NOW))
    db.commit()
    held, gone, theirs = put(world.ours, note="first"), put(world.ours), put(world.neighbour)
    client = sign_in(app.test_client(), world.ours.coach)
    assert statuses(send(client, world.ours.coach, held, gone, {**gone, "op": "delete", "base": 2})) == ["applied"] * 3
    client = sign_in(app.test_client(), world.neighbour.coach)
    assert statuses(send(client, world.neighbour.coach, theirs)) == ["applied"]
    return Cast(world, [held["id"], theirs["id"]], [gone["id"]])


def test_both_ways_answer_alike_and_leave_the_same_rows(app: Flask, db: Session, cast: Cast) -> None:
    both = Both(db, cast)

    @settings(max_examples=60, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.data())
    def any_call(data: st.DataObject) -> None:
        both(data.draw(calls(cast)))

    with app.test_request_context():
        any_call()
    assert min(both.taken["at once"], both.taken["left to the other"]) > 10, both.taken


def test_whatever_is_odd_is_left_to_the_way_that_judges_each(app: Flask, db: Session, cast: Cast) -> None:
    both = Both(db, cast)
    with app.test_request_context():
        for oddity in oddities(cast):
            changes = [on_the_wire(cast) for _ in range(3)]
            changes[1] |= oddity
            both(said(cast, changes))
            assert both.taken["at once"] == 0, oddity
        both(said(cast, []))
        both(said(cast, [changes[0], changes[0]]))
        db.execute(update(School).values(notes_days=None))
        db.commit()
        both(said(cast, [on_the_wire(cast) | {"note": "where none are kept"}]))
        assert both.taken["at once"] == 0
        both(said(cast, [changes[0], changes[2]]))
        assert both.taken["at once"] == 1


def on_the_wire(cast: Cast) -> dict[str, Any]:
    return put(cast.world.ours, observed_at=PLAIN_TIMES[0])
