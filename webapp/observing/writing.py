"""Write what was decided: the last state of each observation, and what to remember, in few statements."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, literal, select
from sqlalchemy.orm import Session

from webapp.culture.vocabulary import GroupSize, Setting
from webapp.extensions import Base
from webapp.observing import bulk
from webapp.observing.changes import Change, Content, Stored
from webapp.observing.held import cut
from webapp.observing.models import AcceptedChange, Observation, Tombstone
from webapp.observing.verdicts import memory_key

SETTING_CODES: Final = {setting: setting.code for setting in Setting}
GROUP_CODES: Final[dict[str | None, int | None]] = {None: None} | {size: size.code for size in GroupSize}
Row = dict[str, Any]


@dataclass
class Writing:
    """The rows of one call, as they lie in the tables, while it is decided change by change.

    `held` are the ids of which rows are there already, `now` when the call came.
    """

    held: frozenset[UUID]
    now: datetime
    put: dict[UUID, Row] = field(default_factory=dict)
    deleted: dict[UUID, Row] = field(default_factory=dict)
    accepted: list[Row] = field(default_factory=list)

    def note_down(self, said: Change, state: Stored, *, is_first: bool, received_at: datetime) -> None:
        """A change was applied: `state` is what the observation is after it; `is_first` when it is new with it."""
        before = self.put.pop(said.id, None)
        self.deleted.pop(said.id, None)
        if before and before["digest"]:
            self._remember(before["id"], 0, before["digest"], before["revision"], before["school_id"])
        base, digest = memory_key(said)
        row: Row = {
            "id": str(said.id),
            "school_id": str(said.school),
            "observer_id": state.observer and str(state.observer),
            "revision": state.revision,
        }
        if not is_first:
            self._remember(row["id"], base, digest, state.revision, row["school_id"])
        if state.content is None:
            self.deleted[said.id] = row | {"deleted_at": int(self.now.timestamp())}
        else:
            memory = {"digest": digest if is_first else None}
            self.put[said.id] = row | _content(state.content) | self._times(received_at) | memory

    def write(self, session: Session) -> None:
        """Whatever was held of what was changed goes, and what it is now comes."""
        for some in cut(self.held & (self.put.keys() | self.deleted.keys())):
            _keep_memory(session, some)
            for model in (Observation, Tombstone):
                session.execute(delete(model).where(model.id.in_(some)).execution_options(synchronize_session=False))
        _insert(session, Observation, self.put.values())
        _insert(session, Tombstone, self.deleted.values())
        _insert(session, AcceptedChange, self.accepted)

    def _remember(self, id_: str, base: int, digest: bytes, revision: int, school_id: str) -> None:
        self.accepted.append(
            {"observation_id": id_, "base": base, "digest": digest, "revision": revision, "school_id": school_id}
        )

    def _times(self, received_at: datetime) -> Row:
        return {"received_at": int(received_at.timestamp()), "changed_at": int(self.now.timestamp())}


def _content(content: Content) -> Row:
    return {
        "place_id": str(content.place),
        "setting": SETTING_CODES[content.setting],
        "heard": int(content.heard),
        "observed_at": int(content.observed_at.timestamp()),
        "said_at": content.said_at,
        "skew": int(content.skew.total_seconds()),
        "group_size": GROUP_CODES[content.group_size],
        "note": content.note,
        "walkthrough": content.walkthrough and str(content.walkthrough),
    }


def _keep_memory(session: Session, ids: list[UUID]) -> None:
    """What lay in the rows that go: from now on it lies with the rest of what was accepted."""
    in_rows = select(Observation.id, literal(0), Observation.digest, Observation.revision, Observation.school_id).where(
        Observation.id.in_(ids), Observation.digest.is_not(None)
    )
    into = ("observation_id", "base", "digest", "revision", "school_id")
    session.execute(insert(AcceptedChange).from_select(into, in_rows))


def _insert(session: Session, model: type[Base], rows: Iterable[Row]) -> None:
    listed = list(rows)
    if listed:
        bulk.insert(session, model, {name: [row[name] for row in listed] for name in listed[0]}, len(listed))
