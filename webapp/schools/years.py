"""A school's years as the ground floor knows them."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.culture import school_time
from webapp.schools.models import School, SchoolYear, Term


def year_at(session: Session, school: School, day: date) -> school_time.SchoolYear:
    """The school year that `day` lies in, else the last one begun; the usual one where the school set none."""
    row = session.scalars(
        select(SchoolYear)
        .where(SchoolYear.school_id == school.id, SchoolYear.first_day <= day)
        .order_by(SchoolYear.first_day.desc())
        .limit(1)
    ).first()
    return school_time.default_school_year(day) if row is None else _as_known(session, row)


def _as_known(session: Session, row: SchoolYear) -> school_time.SchoolYear:
    terms = session.scalars(select(Term).where(Term.school_year_id == row.id).order_by(Term.first_day))
    return school_time.SchoolYear(
        first=row.first_day,
        last=row.last_day,
        window_weeks=row.window_weeks,
        terms=tuple(school_time.Term(term.first_day, term.last_day) for term in terms),
    )
