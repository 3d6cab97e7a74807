"""A person's own observations in a school."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from babel.dates import format_skeleton, format_time
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from webapp.culture.vocabulary import TRAITS
from webapp.culture.words import TRAIT_WORDS
from webapp.observing.models import Observation, Tombstone
from webapp.people.models import Person
from webapp.schools.models import School

LOOKED_BACK = 60
"""How many of the last observations tell which places are lately used."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An observation as the list of one's last shows it, in words."""

    id: UUID
    place: str
    heard: list[str]
    when: str


def last(session: Session, school: School, person: Person, *, most: int) -> list[Observation]:
    """The person's last observations, the latest first."""
    return list(session.scalars(_of(school, person).limit(most)))


def one(session: Session, school: School, person: Person, *, observation_id: UUID) -> Observation | None:
    """One of the person's own, or None: somebody else's looks like none."""
    return session.scalars(_of(school, person).where(Observation.id == observation_id)).first()


def was_deleted(session: Session, school: School, person: Person, *, observation_id: UUID) -> bool:
    """Whether this was one of the person's own, and is deleted."""
    found = session.scalar(
        select(Tombstone.id).where(
            Tombstone.school_id == school.id, Tombstone.observer_id == person.id, Tombstone.id == observation_id
        )
    )
    return found is not None


def lately_used(session: Session, school: School, person: Person) -> list[UUID]:
    """The places where the person listened lately, the last one first."""
    return list(dict.fromkeys(each.place_id for each in last(session, school, person, most=LOOKED_BACK)))


def listed(observation: Observation, place_names: Mapping[UUID, str], *, school: School, now: datetime) -> Listed:
    """The observation in words, its time in the school's zone; the day only when it is not today."""
    heard = [_(TRAIT_WORDS[trait].name) for trait in TRAITS if trait & observation.heard]
    return Listed(observation.id, place_names[observation.place_id], heard, _when(observation.observed_at, school, now))


def _when(at: datetime, school: School, now: datetime) -> str:
    local = at.astimezone(school.zone)
    time = format_time(local, "short", tzinfo=school.zone, locale=get_locale())
    if local.date() == now.astimezone(school.zone).date():
        return time
    return f"{format_skeleton('MMMEd', local, tzinfo=school.zone, locale=get_locale())}, {time}"


def _of(school: School, person: Person) -> Select[Observation]:
    return (
        select(Observation)
        .where(Observation.school_id == school.id, Observation.observer_id == person.id)
        .order_by(Observation.observed_at.desc(), Observation.id.desc())
    )
