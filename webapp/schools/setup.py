"""All that a phone needs offline: the school's zone, its places, and the words of the wire in their order."""

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.culture.vocabulary import TRAITS, PlaceKind, Setting
from webapp.schools import places
from webapp.schools.models import School


@dataclass(frozen=True, slots=True)
class SetupPlace:
    """A place as a phone knows it; archived ones are told too, for what was heard there before."""

    id: uuid.UUID
    name: str
    kind: PlaceKind
    floor: int | None
    archived: bool


@dataclass(frozen=True, slots=True)
class Setup:
    """A school as a phone knows it; whatever changes in it makes a new `revision`."""

    timezone: str
    places: list[SetupPlace]
    settings: list[Setting]
    traits: list[str]
    notes: bool
    revision: int


def of(session: Session, school: School) -> Setup:
    """What a phone needs to record in this school without a network."""
    return Setup(
        timezone=school.timezone,
        places=[
            SetupPlace(place.id, place.name, place.kind, place.floor, place.archived)
            for place in places.all_of(session, school)
        ],
        settings=list(Setting),
        traits=[trait.word for trait in TRAITS],
        notes=school.notes_days is not None,
        revision=school.setup_revision,
    )
