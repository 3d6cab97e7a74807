"""The places of a school. Verbs work in the caller's transaction; phones learn of every change."""

import uuid
from collections.abc import Collection, Sequence
from typing import TypedDict

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from webapp.culture.disclosure import ADULTS_A_PLACE
from webapp.culture.vocabulary import PlaceKind, Role
from webapp.schools.access import ROLE
from webapp.schools.models import MergedPlace, Place, School, Zone
from webapp.web.problems import NotAMemberError

_OF_RECORDER = (
    select(ROLE.c.role_word, Place.id, func.coalesce(MergedPlace.into_id, Place.id))
    .select_from(ROLE)
    .outerjoin(Place, Place.school_id == bindparam("school"))
    .outerjoin(MergedPlace, MergedPlace.place_id == Place.id)
)


class Said(TypedDict):
    """What is said of a place."""

    name: str
    kind: PlaceKind
    floor: int | None
    adults: int


class NameTakenError(Exception):
    """Another place of the school has this name."""

    def __init__(self, place: Place) -> None:
        super().__init__(f"there is a place named {place.name}")
        self.place = place


class PartOfAnotherError(Exception):
    """The place was merged into another, which cannot be undone."""

    def __init__(self) -> None:
        super().__init__("a merged place stays merged")


class TooFewAdultsError(Exception):
    """The place is used by fewer than five adults, and would point at a person (PRIVACY-0)."""

    def __init__(self, adults: int) -> None:
        super().__init__(f"used by {adults} adults, {ADULTS_A_PLACE - adults} too few")
        self.missing = ADULTS_A_PLACE - adults


def all_of(session: Session, school: School) -> list[Place]:
    """Every place, archived ones too: floor by floor from below, outdoors and the like last, then in their order."""
    found = session.scalars(select(Place).where(Place.school_id == school.id))
    return sorted(found, key=lambda place: (place.floor is None, place.floor or 0, place.position, place.name))


def get(session: Session, school: School, place: uuid.UUID) -> Place:
    """The school's place with this id.

    Raises:
        NotAMemberError: there is none; another school's place looks the same.
    """
    found = session.scalars(select(Place).where(Place.school_id == school.id, Place.id == place)).first()
    if found is None:
        raise NotAMemberError
    return found


def survivors(session: Session, schools: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Where what is said of a merged place of these schools belongs: merged place → the place that is left of both."""
    merged = select(MergedPlace.place_id, MergedPlace.into_id).where(MergedPlace.school_id.in_(schools))
    return {place: into for place, into in session.execute(merged)}


def of_recorder(
    session: Session, person: uuid.UUID, school: uuid.UUID
) -> tuple[Role | None, dict[uuid.UUID, uuid.UUID]]:
    """What recording asks of a school, in one statement: the person's role, and where it files what is said of a place.

    Every place is there, archived and merged ones too. None when they do not belong to it, or there is no such school.
    """
    rows = session.connection().execute(_OF_RECORDER, {"person": person, "school": school}).all()
    if not rows:
        return None, {}
    return Role(rows[0][0]), {place: into for _role, place, into in rows if place is not None}


def add(
    session: Session, school: School, *, name: str, kind: PlaceKind, floor: int | None = None, adults: int
) -> Place:
    """A new place, the last on its floor.

    Raises:
        NameTakenError: the school has a place of this name, whatever its capitals.
        TooFewAdultsError: fewer than five adults use it.
    """
    _check(session, school, name, adults)
    last = session.scalar(select(func.max(Place.position)).where(Place.school_id == school.id))
    place = Place(
        school_id=school.id,
        name=name,
        kind_code=kind.code,
        floor=floor,
        adults=adults,
        position=0 if last is None else last + 1,
    )
    session.add(place)
    school.changed_for_phones()
    session.flush()
    return place


def change(
    session: Session, school: School, place: Place, *, name: str, kind: PlaceKind, floor: int | None, adults: int
) -> None:
    """Another name, kind, floor or number of adults; what was heard there stays with it.

    Raises:
        NameTakenError: another place of the school has this name.
        TooFewAdultsError: fewer than five adults use it.
    """
    _check(session, school, name, adults, but=place)
    if floor != place.floor:
        # It is not on the plan of that floor any more.
        session.execute(delete(Zone).where(Zone.school_id == school.id, Zone.place_id == place.id))
    place.name, place.kind_code, place.floor, place.adults = name, kind.code, floor, adults
    school.changed_for_phones()
    session.flush()


def move_up(session: Session, school: School, place: Place) -> None:
    """One step up among the places of its floor; the first stays where it is."""
    _step(session, school, place, by=-1)


def move_down(session: Session, school: School, place: Place) -> None:
    """One step down among the places of its floor; the last stays where it is."""
    _step(session, school, place, by=1)


def archive(session: Session, school: School, place: Place) -> None:
    """Takes the place out of the lists where one records; what was heard there stays."""
    _set_archived(session, school, place, True)


def bring_back(session: Session, school: School, place: Place) -> None:
    """Offers an archived place again.

    Raises:
        PartOfAnotherError: it was merged into another.
    """
    if place.id in survivors(session, [school.id]):
        raise PartOfAnotherError
    _set_archived(session, school, place, False)


def _check(session: Session, school: School, name: str, adults: int, but: Place | None = None) -> None:
    if adults < ADULTS_A_PLACE:
        raise TooFewAdultsError(adults)
    for other in all_of(session, school):
        if other is not but and other.name.casefold() == name.casefold():
            raise NameTakenError(other)


def _step(session: Session, school: School, place: Place, *, by: int) -> None:
    floor = [
        each for each in all_of(session, school) if each.floor == place.floor and (each is place or not each.archived)
    ]
    at = floor.index(place)
    to = at + by
    if not 0 <= to < len(floor):
        return
    floor[at], floor[to] = floor[to], floor[at]
    _number(floor)
    school.changed_for_phones()
    session.flush()


def _number(floor: Sequence[Place]) -> None:
    """Positions count within the school, but only their order on one floor matters."""
    positions = sorted(place.position for place in floor)
    if len(set(positions)) < len(positions):
        positions = list(range(len(floor)))
    for place, position in zip(floor, positions, strict=True):
        place.position = position


def _set_archived(session: Session, school: School, place: Place, archived: bool) -> None:
    if place.archived == archived:
        return
    place.archived = archived
    school.changed_for_phones()
    session.flush()
