"""What was heard in all schools of a district, from the weeks that each school keeps counted."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from webapp.culture.tally import Tally
from webapp.culture.vocabulary import TRAITS, Trait
from webapp.observing.models import SchoolWeek
from webapp.observing.tallies import Tallies
from webapp.schools.models import District, School

HEARD = tuple(getattr(SchoolWeek, trait.word) for trait in TRAITS)


@dataclass(frozen=True, slots=True)
class SchoolTallies:
    """The seven tallies of a school, and the Monday of the last week in which somebody listened there."""

    tallies: Tallies
    last: date


def by_school(session: Session, district: District, first: date) -> dict[UUID, SchoolTallies]:
    """What was heard in each school since the week of this Monday; schools where nobody listened are left out."""
    sums = (func.sum(SchoolWeek.n), *(func.sum(column) for column in HEARD))
    asked = select(SchoolWeek.school_id, func.max(SchoolWeek.monday), *sums).where(*_since(district, first))
    return {
        school: SchoolTallies(tuple(Tally(int(each), int(n)) for each in heard), last)
        for school, last, n, *heard in session.execute(asked.group_by(SchoolWeek.school_id))
    }


def by_week(session: Session, district: District, first: date, trait: Trait) -> dict[UUID, dict[date, Tally]]:
    """In how many listen-ins of each week since then one trait was heard, school by school."""
    heard = HEARD[TRAITS.index(trait)]
    asked = select(SchoolWeek.school_id, SchoolWeek.monday, SchoolWeek.n, heard).where(*_since(district, first))
    found: dict[UUID, dict[date, Tally]] = {}
    for school, monday, n, times in session.execute(asked):
        found.setdefault(school, {})[monday] = Tally(times, n)
    return found


def schools_of(session: Session, district: District) -> list[School]:
    """The schools of a district, by name."""
    ours = select(School).where(School.district_id == district.id).order_by(School.name, School.id)
    return list(session.scalars(ours))


def _since(district: District, first: date) -> tuple[ColumnElement[bool], ...]:
    schools = select(School.id).where(School.district_id == district.id)
    return SchoolWeek.school_id.in_(schools), SchoolWeek.monday >= first, SchoolWeek.n > 0
