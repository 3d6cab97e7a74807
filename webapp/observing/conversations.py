"""What was heard, as the rules of publishing count it: keys that tell alike from different, and nothing to read.

No note, no time of day, no size of group leaves from here; the columns asked for are all there is.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from webapp.culture.disclosure import ANYBODY, Conversation
from webapp.culture.school_time import Period, local_date
from webapp.observing.models import Imported, Observation
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
            Imported.import_id.is_not(None),
        )
        .outerjoin(Imported, Imported.observation_id == Observation.id)
        .where(*_heard(school, period, received_before))
    )
    return tuple(
        Conversation(local_date(at, school.zone), place, setting, ANYBODY if imported else observer, heard)
        for at, place, setting, observer, heard, imported in rows
    )


def observers(session: Session, school: School, period: Period, *, received_before: datetime | None = None) -> int:
    """How many people recorded then; all who have left since count as one, and what came in from a file as none."""
    known = Observation.id.not_in(select(Imported.observation_id))
    found = select(Observation.observer_id).where(*_heard(school, period, received_before), known).distinct()
    return len(session.scalars(found).all())


def first(session: Session, school: School) -> list[tuple[datetime, datetime]]:
    """The earliest that anything was heard at the school, and the earliest that anything arrived: of what was recorded,
    and of each file that came in."""
    asked = select(func.min(Observation.observed_at), func.min(Observation.received_at))
    of_each = asked.outerjoin(Imported, Imported.observation_id == Observation.id).group_by(Imported.import_id)
    return [(heard, arrived) for heard, arrived in session.execute(of_each.where(Observation.school_id == school.id))]


def _heard(school: School, period: Period, received_before: datetime | None) -> list[ColumnElement[bool]]:
    begins, ends = period.bounds(school.zone)
    asked = [Observation.school_id == school.id, Observation.observed_at >= begins, Observation.observed_at < ends]
    return asked if received_before is None else [*asked, Observation.received_at < received_before]
