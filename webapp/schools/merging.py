"""Two places of a school become one, for good. In the caller's transaction, in which nobody else changes the school."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.schools.models import MergedPlace, Place, School

Count = Callable[[Session, School, Place], int]
Move = Callable[[Session, School, Place, Place], int]


@dataclass(frozen=True, slots=True)
class Filed:
    """What a higher floor files under places: how much under one, and how it goes from one to another."""

    count: Count
    move: Move


_filed: list[Filed] = []


class NoPlaceToTakeItError(Exception):
    """The other place is this one, or is archived."""

    def __init__(self) -> None:
        super().__init__("a place is merged into another one that is offered")


class MergedBeforeError(Exception):
    """The place is part of another already; `into` is that one."""

    def __init__(self, into: Place) -> None:
        super().__init__(f"the place is part of {into.name} already")
        self.into = into


def when_places_merge(*, count: Count, move: Move) -> None:
    """What a higher floor does when a place becomes part of another, in the same transaction."""
    filed = Filed(count, move)
    if filed not in _filed:
        _filed.append(filed)


def count(session: Session, school: School, place: Place) -> int:
    """How many listen-ins would go along if this place were merged."""
    return sum(filed.count(session, school, place) for filed in _filed)


def merge(session: Session, school: School, place: Place, into: Place, *, now: datetime) -> int:
    """Makes a place part of another, and archives it: what was heard there, and what phones will still say of it, is
    the other's. How many listen-ins moved.

    Raises:
        NoPlaceToTakeItError: the other place is this one, or archived (as one is that was merged itself).
        MergedBeforeError: this place was merged before.
    """
    before = survivor(session, school, place)
    if before is not None:
        raise MergedBeforeError(before)
    if into.id == place.id or into.archived:
        raise NoPlaceToTakeItError
    moved = sum(filed.move(session, school, place, into) for filed in _filed)
    # So that it is one step from any merged place to the one that is left, however often.
    became = update(MergedPlace).where(MergedPlace.school_id == school.id, MergedPlace.into_id == place.id)
    session.execute(became.values(into_id=into.id))
    session.add(MergedPlace(place_id=place.id, school_id=school.id, into_id=into.id, merged_at=now))
    place.archived = True
    # Whoever used either uses it now.
    into.adults = max(place.adults, into.adults)
    school.changed_for_phones()
    session.flush()
    return moved


def survivor(session: Session, school: School, place: Place) -> Place | None:
    """The place that this one is part of; None when it stands by itself."""
    into = select(MergedPlace.into_id).where(MergedPlace.school_id == school.id, MergedPlace.place_id == place.id)
    return session.scalars(select(Place).where(Place.school_id == school.id, Place.id.in_(into))).first()
