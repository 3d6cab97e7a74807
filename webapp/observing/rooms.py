"""Schools locked for writing: who may record there, what must be known to judge a change, and the count of changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Integer, bindparam, select, update
from sqlalchemy.orm import Session

from webapp.extensions import begin_writing
from webapp.observing.verdicts import Surroundings
from webapp.people.models import Person
from webapp.schools.access import BELONGS, role_of
from webapp.schools.models import School
from webapp.schools.permissions import May, allowed
from webapp.schools.places import filed_under

# Made once: to put a statement together takes as long as to send it.
LOCK: Final = (
    select(School.revision, School.notes_days, School.pruned_to)
    .where(School.id == bindparam("school"), BELONGS)
    .with_for_update(key_share=True)
)
COUNT: Final = (
    update(School)
    .where(School.id == bindparam("counted"))
    .values(revision=School.revision + bindparam("by", type_=Integer))
    .returning(School.revision)
)


@dataclass
class Room:
    """A school locked for writing; `revision` counts on as changes are applied."""

    around: Surroundings
    began_at: int
    revision: int


def locked(session: Session, person: Person, named: set[UUID], now: datetime) -> dict[UUID, Room]:
    """The schools named in which the person may record, locked in a fixed order, so that no two wait for each other.

    Begins the transaction. Order of commit must be order of revision, or a slow writer appears behind a reader's
    cursor. So whoever writes holds the school's row until the commit, and the number comes from that row, not from a
    sequence.
    """
    person_id = person.id
    begin_writing(session)
    rooms = {}
    for school in sorted(named):
        held = session.connection().execute(LOCK, {"school": school, "person": person_id}).first()
        # Asked once it is locked: whoever was let go a moment ago records no more.
        role = role_of(session, person_id, school)
        if held is None or role is None or not allowed(role, May.RECORD):
            continue
        around = Surroundings(
            person=person_id,
            deletes_any=allowed(role, May.DELETE_ANY),
            places=filed_under(session, school),
            notes=held.notes_days is not None,
            now=now,
            pruned_to=held.pruned_to,
        )
        rooms[school] = Room(around, began_at=held.revision, revision=held.revision)
    return rooms


def count_on(session: Session, rooms: dict[UUID, Room]) -> None:
    """Writes down how far each school has counted."""
    for school, room in rooms.items():
        by = room.revision - room.began_at
        if not by:
            continue
        counted = session.connection().execute(COUNT, {"counted": school, "by": by}).scalar_one()
        if counted != room.revision:
            raise RuntimeError(f"the revision of a locked school went to {counted}, not to {room.revision}")
