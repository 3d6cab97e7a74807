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
CURSOR: Final = re.compile(r"[0-9]{1,10}", re.A)


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
        CursorExpiredError: no cursor that was ever given out for this school.
    """
    limit = min(limit, LARGEST_PAGE)
    # Read before the rows: what is written meanwhile has higher numbers, and comes with the next page.
    latest = session.execute(select(School.revision).where(School.id == school.id)).scalar_one()
    numbers = (_read(cursor, latest), latest)
    found = []
    for model, columns, state in ((Observation, HELD, stored), (Tombstone, TOMBSTONE, deleted)):
        ours = _within(model, school, numbers, observer)
        rows = session.execute(select(*columns).where(ours).order_by(model.revision).limit(limit + 1))
        found += [state(row) for row in rows]
    found.sort(key=lambda state: state.revision)
    more = len(found) > limit
    del found[limit:]
    return Page(found, str(found[-1].revision if more else latest), more)


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


def _read(cursor: str | None, latest: int) -> int:
    if not cursor:
        return 0
    if not CURSOR.fullmatch(cursor) or int(cursor) > latest:
        raise CursorExpiredError
    return int(cursor)


def _within(
    model: type[Observation | Tombstone], school: School, numbers: tuple[int, int], observer: UUID | None
) -> ColumnElement[bool]:
    after, latest = numbers
    own = true() if observer is None else model.observer_id == observer
    return and_(model.school_id == school.id, model.revision > after, model.revision <= latest, own)
