"""The observations behind a cell of the map, without whoever made them and without notes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.culture.school_time import Period
from webapp.culture.vocabulary import Setting, Trait
from webapp.observing import tallies
from webapp.observing.models import Observation
from webapp.observing.only import Only
from webapp.observing.tallies import Row
from webapp.schools.models import School


@dataclass(frozen=True, slots=True)
class Behind:
    """When, where and in which setting somebody listened, and what was heard."""

    at: datetime
    place: UUID
    setting: Setting
    heard: Trait


def last(
    session: Session, school: School, *, by: Row, key: str, period: Period, only: Only, most: int
) -> tuple[Behind, ...]:
    """The last so many of those that a row of the map counts, the latest first; from the index alone."""
    asked = (
        select(Observation.observed_at, Observation.place_id, Observation.setting_code, Observation.heard)
        .where(*tallies.of_row(session, school, by=by, key=key, period=period, only=only))
        # Ends in what makes the order whole, so that it is the same each time.
        .order_by(Observation.observed_at.desc(), Observation.place_id, Observation.setting_code, Observation.heard)
        .limit(most)
    )
    return tuple(
        Behind(at, place, Setting.from_code(setting), Trait(heard))
        for at, place, setting, heard in session.execute(asked)
    )
