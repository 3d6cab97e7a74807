"""A new school: with the usual year, in a district, ready for its first administrator."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.world import World
from webapp.culture.vocabulary import PlaceKind, Role
from webapp.schools import founding, people, places, years
from webapp.schools.models import District

TODAY = date(2026, 11, 24)


def test_a_school_begins_with_the_usual_year_and_its_terms(db: Session) -> None:
    school = founding.found(db, name="Hill School", timezone="America/Chicago", today=TODAY, staff_size=40)
    year = years.year_at(db, school, TODAY)
    assert (year.first, year.last) == (date(2026, 8, 3), date(2027, 8, 1))
    assert [term.first for term in year.terms] == [date(2026, 8, 3), date(2027, 1, 4)]
    assert places.all_of(db, school) == []


def test_without_a_district_the_first_school_brings_its_own_and_the_next_joins_it(db: Session) -> None:
    first = founding.found(db, name="Hill School", timezone="America/Chicago", today=TODAY)
    second = founding.found(db, name="Lake School", timezone="America/Chicago", today=TODAY)
    assert first.district_id == second.district_id
    assert [district.name for district in db.scalars(select(District))] == ["Hill School"]


def test_a_district_is_found_by_its_name_or_made(db: Session, world: World) -> None:
    one = founding.found(db, name="Hill", timezone="UTC", today=TODAY, district="Demo District")
    other = founding.found(db, name="Lake", timezone="UTC", today=TODAY, district="Another District")
    assert one.district_id == world.ours.district.id
    assert other.district_id != world.ours.district.id


def test_it_is_filled_by_the_same_verbs_as_any(db: Session, clock: Clock) -> None:
    school = founding.found(db, name="Hill School", timezone="America/Chicago", today=TODAY)
    head = people.add(db, school, name="Head", email="Head@Hill.example", role=Role.ADMIN, now=clock.now)
    places.add(db, school, name="Yard", kind=PlaceKind.OUTDOORS, adults=20)
    lounge = places.add(db, school, name="Lounge", kind=PlaceKind.LOUNGE, floor=1, adults=12)
    db.commit()
    assert head.email == "head@hill.example"
    assert [(member.person.name, member.role, member.has_signed_in) for member in people.members(db, school)] == [
        ("Head", Role.ADMIN, False)
    ]
    assert places.all_of(db, school)[0] is lounge
    assert school.setup_revision == 3
