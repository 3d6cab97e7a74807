"""What was heard, as the rules of publishing count it: keys that tell alike from different, and nothing to read.

No note, no time of day, no size of group leaves from here; the columns asked for are all there is.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from webapp.culture.disclosure import Conversation
from webapp.culture.school_time import Period, local_date
from webapp.observing.models import Observation
from webapp.schools.models import School


def within(
    session: Session, school: School, period: Period, *, received_before: datetime | None = None
) -> tuple[Conversation, ...]:
    """The conversations heard on the school's days of this period; of those, what had arrived before that instant."""
    rows = session.execute(
        select(
            Observation.observed_at,
            Observation.place_id,
            Observation.setting_code,
            Observation.observer_id,
            Observation.heard,
        ).where(*_heard(school, period, received_before))
    )
    return tuple(
        Conversation(local_date(observed_at, school.zone), place, setting, observer, heard)
        for observed_at, place, setting, observer, heard in rows
    )


def observers(session: Session, school: School, period: Period, *, received_before: datetime | None = None) -> int:
    """How many people recorded then; all who have left since count as one."""
    found = select(Observation.observer_id).where(*_heard(school, period, received_before)).distinct()
    return len(session.scalars(found).all())


def first(session: Session, school: School) -> tuple[datetime, datetime] | None:
    """The earliest that anything was heard at the school, and the earliest that anything arrived; None before that."""
    asked = select(func.min(Observation.observed_at), func.min(Observation.received_at))
    row = session.execute(asked.where(Observation.school_id == school.id).group_by(Observation.school_id)).first()
    return None if row is None else (row[0], row[1])


def _heard(school: School, period: Period, received_before: datetime | None) -> list[ColumnElement[bool]]:
    begins, ends = period.bounds(school.zone)
    asked = [Observation.school_id == school.id, Observation.observed_at >= begins, Observation.observed_at < ends]
    return asked if received_before is None else [*asked, Observation.received_at < received_before]
