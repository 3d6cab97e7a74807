"""A new school, ready for its first administrator."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.culture import school_time
from webapp.schools import years
from webapp.schools.models import District, School


def found(
    session: Session,
    *,
    name: str,
    timezone: str,
    today: date,
    district: str | None = None,
    staff_size: int | None = None,
) -> School:
    """A school with the usual year and terms, in the district of this name; in the caller's transaction.

    Without a district's name it joins the first there is, or stands in a new one of its own name.
    """
    school = School(
        district_id=_district(session, district, name).id, name=name, timezone=timezone, staff_size=staff_size
    )
    session.add(school)
    session.flush()
    years.add(session, school, school_time.default_school_year(today))
    return school


def _district(session: Session, name: str | None, school: str) -> District:
    named = select(District).order_by(District.id)
    if name is not None:
        named = named.where(District.name == name)
    found = session.scalars(named).first()
    if found is None:
        found = District(name=name or school)
        session.add(found)
        session.flush()
    return found
