"""What is held of observations, read from the tables in few queries."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from webapp.culture.vocabulary import GroupSize, Setting, Trait
from webapp.observing.changes import Content, Stored
from webapp.observing.models import AcceptedChange, Observation, Tombstone
from webapp.observing.verdicts import Held

# Databases limit how many values one statement carries (SQLite 32,766, PostgreSQL 65,535).
IDS_A_QUERY: Final = 10_000
SETTINGS: Final = tuple(Setting)
GROUP_SIZES: Final = tuple(GroupSize)
HELD: Final = (
    Observation.id, Observation.school_id, Observation.observer_id, Observation.revision, Observation.place_id,
    Observation.setting_code, Observation.heard, Observation.observed_at, Observation.said_at, Observation.skew,
    Observation.group_size_code, Observation.note, Observation.walkthrough, Observation.received_at,
    Observation.digest,
)  # fmt: skip
TOMBSTONE: Final = (Tombstone.id, Tombstone.school_id, Tombstone.observer_id, Tombstone.revision)
MEMORY: Final = (
    AcceptedChange.observation_id, AcceptedChange.base, AcceptedChange.digest, AcceptedChange.revision,
)  # fmt: skip
AnyRow = Row[*tuple[Any, ...]]


def under(session: Session, ids: Iterable[UUID]) -> tuple[dict[UUID, Held], dict[UUID, datetime]]:
    """What is held under these ids, in whatever school, and when each first came."""
    states: dict[UUID, Stored] = {}
    received: dict[UUID, datetime] = {}
    accepted: dict[UUID, dict[tuple[int, bytes], int]] = {}
    for some in cut(ids):
        for row in session.execute(select(*HELD).where(Observation.id.in_(some))):
            states[row.id], received[row.id] = stored(row), row.received_at
            if row.digest is not None:
                accepted[row.id] = {(0, row.digest): row.revision}
        for gone in session.execute(select(*TOMBSTONE).where(Tombstone.id.in_(some))):
            states[gone.id] = deleted(gone)
        if not states:
            continue
        for id_, base, said, revision in session.execute(
            select(*MEMORY).where(AcceptedChange.observation_id.in_(some))
        ):
            accepted.setdefault(id_, {})[base, said] = revision
    return {id_: Held(state, accepted.get(id_, {})) for id_, state in states.items()}, received


def stored(row: AnyRow) -> Stored:
    """An observation as it is held, from a row of HELD."""
    content = Content(
        place=row.place_id,
        setting=SETTINGS[row.setting_code],
        heard=Trait(row.heard),
        observed_at=row.observed_at,
        said_at=row.said_at,
        skew=timedelta(seconds=row.skew),
        group_size=None if row.group_size_code is None else GROUP_SIZES[row.group_size_code],
        note=row.note,
        walkthrough=row.walkthrough,
    )
    return Stored(id=row.id, school=row.school_id, observer=row.observer_id, revision=row.revision, content=content)


def deleted(row: AnyRow) -> Stored:
    """A deletion as it is remembered, from a row of TOMBSTONE."""
    return Stored(id=row.id, school=row.school_id, observer=row.observer_id, revision=row.revision, content=None)


def cut(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    """The ids in as many lists as a statement each can carry."""
    left = iter(ids)
    while some := list(islice(left, IDS_A_QUERY)):
        yield some
