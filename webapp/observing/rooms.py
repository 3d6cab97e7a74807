"""Schools locked for writing: who may record there, what must be known to judge a change, and the count of changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, Row, bindparam, or_, select, update
from sqlalchemy.orm import Session

from webapp.culture.vocabulary import Role
from webapp.extensions import begin_writing
from webapp.observing.verdicts import Surroundings
from webapp.observing.weeks import Weeks
from webapp.people.models import Person
from webapp.schools.access import BELONGS, ROLE
from webapp.schools.models import School
from webapp.schools.permissions import May, allowed
from webapp.schools.places import of_recorder

# Made once: to put a statement together takes as long as to send it.
LOCK: Final = (
    select(School.revision, School.notes_days, School.pruned_to, School.timezone, School.week_start)
    .where(School.id == bindparam("school"), BELONGS)
    .with_for_update(key_share=True)
)
# The same, and counted on by as much as is known to come: one statement instead of two.
TAKE: Final = (
    update(School)
    .where(School.id == bindparam("taken"), BELONGS)
    .values(revision=School.revision + bindparam("by", type_=Integer))
    .returning(School.revision, School.notes_days, School.timezone, School.week_start)
)
RECORDS: Final = select(ROLE).where(or_(*(ROLE.c.role_word == role for role in Role if allowed(role, May.RECORD))))
"""That a `person` may record in a `school`."""
COUNT: Final = (
    update(School)
    .where(School.id == bindparam("counted"))
    .values(revision=School.revision + bindparam("by", type_=Integer))
    .returning(School.revision)
)


@dataclass
class Room:
    """A school locked for writing; `revision` and `weeks` count on as changes are applied."""

    around: Surroundings
    began_at: int
    revision: int
    weeks: Weeks


@dataclass(frozen=True, slots=True)
class Taken:
    """A school locked for writing, with the revision that it has after what is known to come."""

    revision: int
    keeps_notes: bool
    weeks: Weeks


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
        room = _room(session, person_id, school, held, now)
        if room is not None:
            rooms[school] = room
    return rooms


def taken(session: Session, person: UUID, school: UUID, by: int) -> Taken | None:
    """The school locked as by `locked`, and counted on by so many changes already; None where it is not one's own.

    For a caller who then writes that many, if the person still may (`RECORDS`), or rolls back. Begins the transaction.
    """
    asked = {"taken": school, "person": person, "by": by}
    begin_writing(session)
    held = session.connection().execute(TAKE, asked).first()
    if held is None:
        return None
    weeks = Weeks(ZoneInfo(held.timezone), held.week_start)
    return Taken(held.revision, keeps_notes=held.notes_days is not None, weeks=weeks)


def _room(
    session: Session, person: UUID, school: UUID, held: Row[int, int | None, int, str, int] | None, now: datetime
) -> Room | None:
    if held is None:
        return None
    # Asked once it is locked: whoever was let go a moment ago records no more.
    role, places = of_recorder(session, person, school)
    if role is None or not allowed(role, May.RECORD):
        return None
    around = Surroundings(
        person=person,
        deletes_any=allowed(role, May.DELETE_ANY),
        places=places,
        notes=held.notes_days is not None,
        now=now,
        pruned_to=held.pruned_to,
    )
    weeks = Weeks(ZoneInfo(held.timezone), held.week_start)
    return Room(around, began_at=held.revision, revision=held.revision, weeks=weeks)


def count_on(session: Session, rooms: dict[UUID, Room]) -> None:
    """Writes down how far each school has counted, and what its weeks have become."""
    for school, room in rooms.items():
        by = room.revision - room.began_at
        if not by:
            continue
        counted = session.connection().execute(COUNT, {"counted": school, "by": by}).scalar_one()
        if counted != room.revision:
            raise RuntimeError(f"the revision of a locked school went to {counted}, not to {room.revision}")
        room.weeks.write(session, school)
