"""Schools locked for writing: who may record there, what must be known to judge a change, and the count of changes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.extensions import begin_writing
from webapp.observing.verdicts import Surroundings
from webapp.people.models import Person
from webapp.schools.access import belongs, roles
from webapp.schools.models import School
from webapp.schools.permissions import May, allowed
from webapp.schools.places import filed_under


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
    person_id, theirs = person.id, belongs(person)
    begin_writing(session)
    rows = session.execute(
        select(School.id, School.revision, School.notes_days, School.pruned_to)
        .where(School.id.in_(named), theirs)
        .order_by(School.id)
        .with_for_update(key_share=True)
    ).all()
    # Asked once they are locked: whoever was let go a moment ago records no more.
    mine = {school: role for school, role in roles(session, person_id, named).items() if allowed(role, May.RECORD)}
    places = filed_under(session, mine)
    return {
        row.id: Room(
            Surroundings(
                person=person_id,
                deletes_any=allowed(mine[row.id], May.DELETE_ANY),
                places=places[row.id],
                notes=row.notes_days is not None,
                now=now,
                pruned_to=row.pruned_to,
            ),
            began_at=row.revision,
            revision=row.revision,
        )
        for row in rows
        if row.id in mine
    }


def count_on(session: Session, rooms: dict[UUID, Room]) -> None:
    """Writes down how far each school has counted."""
    for school_id, room in sorted(rooms.items()):
        if room.revision == room.began_at:
            continue
        counted = session.execute(
            update(School)
            .where(School.id == school_id)
            .values(revision=School.revision + (room.revision - room.began_at))
            .returning(School.revision)
            .execution_options(synchronize_session=False)
        ).scalar_one()
        if counted != room.revision:
            raise RuntimeError(f"the revision of a locked school went to {counted}, not to {room.revision}")
