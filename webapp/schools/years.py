"""A school's years and their terms. Verbs work in the caller's transaction."""

import uuid
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.culture import school_time
from webapp.schools.models import School, SchoolYear, Term
from webapp.web.problems import NotAMemberError


class YearsOverlapError(Exception):
    """Another year of the school has some of these days; `first` and `last` are that one's."""

    def __init__(self, other: SchoolYear) -> None:
        super().__init__(f"the year from {other.first_day} to {other.last_day} has some of these days")
        self.first, self.last = other.first_day, other.last_day


def year_at(session: Session, school: School, day: date) -> school_time.SchoolYear:
    """The school year that `day` lies in, else the last one begun; the usual one where the school set none."""
    row = session.scalars(
        select(SchoolYear)
        .where(SchoolYear.school_id == school.id, SchoolYear.first_day <= day)
        .order_by(SchoolYear.first_day.desc())
        .limit(1)
    ).first()
    return school_time.default_school_year(day) if row is None else as_known(session, row)


def all_of(session: Session, school: School) -> list[SchoolYear]:
    """Every year the school has set, the latest first."""
    return list(
        session.scalars(
            select(SchoolYear).where(SchoolYear.school_id == school.id).order_by(SchoolYear.first_day.desc())
        )
    )


def get(session: Session, school: School, year: uuid.UUID) -> SchoolYear:
    """The school's year with this id.

    Raises:
        NotAMemberError: there is none; another school's year looks the same.
    """
    found = session.scalars(select(SchoolYear).where(SchoolYear.school_id == school.id, SchoolYear.id == year)).first()
    if found is None:
        raise NotAMemberError
    return found


def next_of(session: Session, school: School, today: date) -> school_time.SchoolYear:
    """The usual year for a school to add next: the one after its latest, or the one around today."""
    latest = next(iter(all_of(session, school)), None)
    if latest is None:
        return school_time.default_school_year(today)
    usual = school_time.default_school_year(latest.last_day + school_time.DAY * 7)
    return usual if usual.first > latest.last_day else school_time.default_school_year(usual.last + school_time.DAY)


def add(session: Session, school: School, year: school_time.SchoolYear) -> SchoolYear:
    """Another year of the school.

    Raises:
        YearsOverlapError: it has some of these days already.
    """
    _check(session, school, year)
    row = SchoolYear(school_id=school.id, first_day=year.first, last_day=year.last, window_weeks=year.window_weeks)
    session.add(row)
    session.flush()
    _set_terms(session, row, year)
    return row


def change(session: Session, school: School, row: SchoolYear, year: school_time.SchoolYear) -> None:
    """Other days, terms or windows; what is published stays as it is (culture.disclosure.due sees to it).

    Raises:
        YearsOverlapError: another year of the school has some of these days.
    """
    _check(session, school, year, but=row)
    row.first_day, row.last_day, row.window_weeks = year.first, year.last, year.window_weeks
    session.flush()
    _set_terms(session, row, year)


def as_known(session: Session, row: SchoolYear) -> school_time.SchoolYear:
    """A stored year as the ground floor knows it."""
    terms = session.scalars(select(Term).where(Term.school_year_id == row.id).order_by(Term.first_day))
    return school_time.SchoolYear(
        first=row.first_day,
        last=row.last_day,
        window_weeks=row.window_weeks,
        terms=tuple(school_time.Term(term.first_day, term.last_day) for term in terms),
    )


def _check(session: Session, school: School, year: school_time.SchoolYear, but: SchoolYear | None = None) -> None:
    for other in all_of(session, school):
        if other is not but and other.first_day <= year.last and year.first <= other.last_day:
            raise YearsOverlapError(other)


def _set_terms(session: Session, row: SchoolYear, year: school_time.SchoolYear) -> None:
    session.execute(delete(Term).where(Term.school_year_id == row.id))
    session.add_all(Term(school_year_id=row.id, first_day=term.first, last_day=term.last) for term in year.terms)
    session.flush()
