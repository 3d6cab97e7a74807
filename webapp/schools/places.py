"""The places of a school."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.schools.models import Place, School


def all_of(session: Session, school: School) -> list[Place]:
    """Every place, archived ones too: floor by floor from below, outdoors and the like last, then in their order."""
    found = session.scalars(select(Place).where(Place.school_id == school.id))
    return sorted(found, key=lambda place: (place.floor is None, place.floor or 0, place.position, place.name))
