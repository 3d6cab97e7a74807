"""What was heard in a place goes along when the place becomes part of another."""

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import Session

from webapp.observing.models import AcceptedChange, Observation
from webapp.schools.models import MergedPlace, Place, School


def count(session: Session, school: School, place: Place) -> int:
    """How many observations are filed under the place."""
    asked = select(func.count()).select_from(Observation)
    here = (Observation.school_id == school.id, Observation.place_id == place.id)
    return session.execute(asked.where(*here)).scalar_one()


def left_behind(session: Session) -> int:
    """How many observations of any school are filed under a place that is part of another: none, if all is well."""
    asked = select(func.count()).select_from(Observation)
    return session.execute(asked.join(MergedPlace, MergedPlace.place_id == Observation.place_id)).scalar_one()


def move(session: Session, school: School, place: Place, into: Place) -> int:
    """Files every observation of the place under the other, each as a change of its own, so that phones learn of it.

    In the caller's transaction, which holds the school's row. What was said, and that it was said, stays remembered
    under the revision it had: an edit that waits on a phone knew all that anybody said, and is no conflict.
    """
    here = (Observation.school_id == school.id, Observation.place_id == place.id)
    remembered = select(
        Observation.id, literal(0), Observation.digest, Observation.revision, Observation.school_id
    ).where(*here, Observation.digest.is_not(None))
    columns = ["observation_id", "base", "digest", "revision", "school_id"]
    session.execute(insert(AcceptedChange).from_select(columns, remembered))
    order = func.row_number().over(order_by=Observation.revision).label("order")
    numbered = select(Observation.id, order).where(*here).subquery()
    found = count(session, school, place)
    session.execute(
        update(Observation)
        .where(Observation.id == numbered.c.id)
        .values(place_id=into.id, revision=school.revision + numbered.c.order, digest=None)
        .execution_options(synchronize_session=False)
    )
    school.revision += found
    return found
