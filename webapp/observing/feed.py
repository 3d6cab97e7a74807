"""What changed in a school since a cursor: the latest state of each observation once, in the order of revisions."""

import re
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import Session

from webapp.culture.vocabulary import trait_words
from webapp.observing.changes import Stored
from webapp.observing.held import HELD, TOMBSTONE, deleted, stored
from webapp.observing.models import Observation, Tombstone
from webapp.schools.models import School
from webapp.web.problems import CursorExpiredError

LARGEST_PAGE: Final = 1000
CURSOR: Final = re.compile(r"([0-9]{1,10})(?:-([0-9]{1,10}))?", re.A)


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far one has read, and (for whoever began from nothing and is not through) from when nothing is missing.

    Deletions up to `whole_from` need not be told: what they deleted was gone before the reader began.
    """

    after: int = 0
    whole_from: int = 0

    def reaches(self, pruned_to: int) -> bool:
        """Whether every deletion that has to be told is still known."""
        return max(self.after, self.whole_from) >= pruned_to

    def __str__(self) -> str:
        return str(self.after) if self.after >= self.whole_from else f"{self.after}-{self.whole_from}"


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the changes, and the cursor behind the last of them."""

    changes: list[Stored]
    cursor: str
    more: bool


def since(session: Session, school: School, *, cursor: str | None, limit: int, observer: UUID | None = None) -> Page:
    """At most so many changes after the cursor (and never over 1000), from the first if there is none; of one observer,
    if one is named.

    Raises:
        CursorExpiredError: no cursor that was ever given out for this school, or one from before deletions that are
            not remembered any more.
    """
    limit = min(limit, LARGEST_PAGE)
    # Read before the rows: what is written meanwhile has higher numbers, and comes with the next page.
    latest = session.execute(select(School.revision).where(School.id == school.id)).scalar_one()
    read = _read(cursor, latest)
    found = []
    for model, columns, state in ((Observation, HELD, stored), (Tombstone, TOMBSTONE, deleted)):
        ours = _within(model, school, (0 if read is None else read.after, latest), observer)
        rows = session.execute(select(*columns).where(ours).order_by(model.revision).limit(limit + 1))
        found += [state(row) for row in rows]
    # And this after them: deletions may be forgotten while they are read.
    pruned_to = session.execute(select(School.pruned_to).where(School.id == school.id)).scalar_one()
    if read is not None and not read.reaches(pruned_to):
        raise CursorExpiredError
    found.sort(key=lambda state: state.revision)
    more = len(found) > limit
    del found[limit:]
    whole_from = pruned_to if read is None else read.whole_from
    return Page(found, str(Cursor(found[-1].revision if more else latest, whole_from)), more)


def as_wire(state: Stored, person: UUID, zone: ZoneInfo) -> dict[str, Any]:
    """What this person is told of an observation; `zone` is the school's."""
    told = state.told_to(person)
    content = told.content
    if content is None:
        return {"op": "delete", "revision": told.revision}
    said = {
        "op": "put",
        "revision": told.revision,
        "place": content.place,
        "setting": content.setting,
        "heard": trait_words(content.heard),
        "observed_at": content.said_at or content.observed_at.astimezone(zone).isoformat(),
        "group_size": content.group_size,
    }
    if state.observer == person:
        said |= {"note": content.note, "walkthrough": content.walkthrough}
    return said


def _read(cursor: str | None, latest: int) -> Cursor | None:
    """What the cursor says; None for whoever begins from nothing, be it that nothing was there to read."""
    if not cursor:
        return None
    match = CURSOR.fullmatch(cursor)
    if match is None:
        raise CursorExpiredError
    read = Cursor(int(match[1]), int(match[2] or 0))
    if max(read.after, read.whole_from) > latest:
        raise CursorExpiredError
    return read if read.after else None


def _within(
    model: type[Observation | Tombstone], school: School, numbers: tuple[int, int], observer: UUID | None
) -> ColumnElement[bool]:
    after, latest = numbers
    own = true() if observer is None else model.observer_id == observer
    return and_(model.school_id == school.id, model.revision > after, model.revision <= latest, own)
