"""Writes the demo into the database, by the roads that phones and timers take: recorded, published, forgotten."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.culture.school_time import local_date
from webapp.extensions import begin_writing
from webapp.observing import recording, retention
from webapp.observing.changes import Outcome, Put
from webapp.ops.demo_school import building, cast
from webapp.ops.demo_school.calendar import ZONE, Calendar, local
from webapp.ops.demo_school.listening import NEXT_STEPS, Heard, listen, made_id
from webapp.people.models import Person
from webapp.schools import drawings, floor_plans, years
from webapp.schools.models import District, Membership, NextStep, Place, School
from webapp.trends import publishing

# The ids of the school and its people are the same on every day; those of observations tell when they were made.
MADE: Final = datetime(2026, 1, 1, tzinfo=UTC)
STAFF: Final = 42
NOTES_DAYS: Final = 30
AT_ONCE: Final = 5_000
"""As many observations are recorded in one transaction, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How large a demo, and from what seed."""

    schools: int
    observations: int
    weeks: int
    seed: int


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """A school with its places and people; ids as such, because a commit makes rows be read again."""

    school: School
    id: UUID
    places: list[UUID]
    people: dict[str, Person]


def is_there(session: Session) -> bool:
    """Whether this database has the demo."""
    first = cast.email(cast.CAST[0], 1)
    return session.scalars(select(Person.id).where(Person.email == first)).first() is not None


def seed(session: Session, plan: Plan, *, password_hash: str, now: datetime) -> list[School]:
    """One district with so many schools, each with its weeks of listening; commits as it goes."""
    seeding = Seeding(session, Calendar(local_date(now, ZONE), plan.weeks), password_hash)
    district = seeding.make_district(Random(f"{plan.seed} district"))
    made = []
    for number in range(1, plan.schools + 1):
        # The first schools have one more where it does not come out even.
        share = plan.observations // plan.schools + (number <= plan.observations % plan.schools)
        made.append(seeding.make_school(Random(f"{plan.seed} school {number}"), district, number, share))
    retention.forget(session, local(seeding.calendar.today, 0))
    return made


@dataclass(frozen=True, slots=True)
class Seeding:
    """What all that is made has in common."""

    session: Session
    calendar: Calendar
    password_hash: str

    def make_district(self, random: Random) -> District:
        """The district with its administrator."""
        begin_writing(self.session)
        district = District(id=made_id(random, MADE), name="Demo District")
        self.session.add(district)
        self.session.flush()
        person = self._person(random, cast.DISTRICT, 1)
        self.session.add(_membership(random, person, cast.DISTRICT, district_id=district.id))
        self.session.commit()
        return district

    def make_school(self, random: Random, district: District, number: int, observations: int) -> School:
        """A school and what was heard in it."""
        begin_writing(self.session)
        made = self._school(random, district, number)
        self.session.add_all(_next_steps(made, self.calendar))
        self.session.commit()
        for (week, mark), heard in listen(random, self.calendar, observations).items():
            _record(self.session, made, made.people[mark], heard, now=self.calendar.ends(week))
        publishing.publish_due(self.session, made.school, local(self.calendar.today, 0))
        return made.school

    def _school(self, random: Random, district: District, number: int) -> DemoSchool:
        school = School(
            id=made_id(random, MADE),
            district_id=district.id,
            name="Demo School" if number == 1 else f"Demo School {number}",
            timezone=ZONE.key,
            staff_size=STAFF,
            notes_days=NOTES_DAYS,
        )
        self.session.add(school)
        self.session.flush()
        places = [_place(random, school, position) for position in range(len(building.PLACES))]
        self.session.add_all(places)
        self.session.flush()
        _draw(self.session, school, places)
        for year in self.calendar.years():
            years.add(self.session, school, year)
        people = {each.mark: self._person(random, each, number) for each in cast.CAST}
        self.session.add_all(_membership(random, people[each.mark], each, school_id=school.id) for each in cast.CAST)
        return DemoSchool(school, school.id, [place.id for place in places], people)

    def _person(self, random: Random, each: cast.DemoPerson, number: int) -> Person:
        person = Person(
            id=made_id(random, MADE),
            email=cast.email(each, number),
            name=each.name,
            password_hash=self.password_hash,
            created_at=local(self.calendar.first, 0) - timedelta(days=7),
        )
        self.session.add(person)
        self.session.flush()
        return person


def _place(random: Random, school: School, position: int) -> Place:
    place = building.PLACES[position]
    return Place(
        id=made_id(random, MADE),
        school_id=school.id,
        name=place.name,
        kind_code=place.kind.code,
        floor=place.floor,
        adults=place.adults,
        position=position,
    )


def _next_steps(made: DemoSchool, calendar: Calendar) -> list[NextStep]:
    # Chance of their own, so that what is heard does not hang on how many they are.
    random = Random(f"{made.id} next steps")
    return [
        NextStep(
            id=made_id(random, MADE),
            school_id=made.id,
            trait_bit=int(trait),
            what=what,
            begins=calendar.turn,
            outcome=outcome,
        )
        for trait, (what, outcome) in NEXT_STEPS.items()
    ]


def _draw(session: Session, school: School, places: list[Place]) -> None:
    picture = Path(__file__).with_name(f"floor-{building.DRAWN_FLOOR}.svg").read_bytes()
    plan = floor_plans.put(session, school, building.DRAWN_FLOOR, drawings.drawn(picture))
    zones = {
        place.id: floor_plans.Area(*building.ZONES[place.name]) for place in places if place.name in building.ZONES
    }
    floor_plans.draw_zones(session, plan, zones)


def _membership(random: Random, person: Person, each: cast.DemoPerson, **where: UUID) -> Membership:
    return Membership(id=made_id(random, MADE), person_id=person.id, role_word=each.role, **where)


def _record(session: Session, made: DemoSchool, person: Person, heard: list[Heard], *, now: datetime) -> None:
    changes = [_change(made, each) for each in heard]
    for start in range(0, len(changes), AT_ONCE):
        results = recording.record(session, person, changes[start : start + AT_ONCE], skew=timedelta(0), now=now)
        wrong = [result.problem for result in results if result.status is not Outcome.APPLIED]
        if wrong:
            raise RuntimeError(f"the demo's own observations are refused: {wrong[0]}")


def _change(made: DemoSchool, heard: Heard) -> Put:
    return Put(
        id=heard.id,
        school=made.id,
        base=None,
        place=made.places[heard.place],
        setting=heard.setting,
        heard=heard.heard,
        observed_at=heard.at.astimezone(UTC),
        said_at=heard.at.isoformat(timespec="seconds"),
        group_size=heard.group_size,
        note=heard.note,
    )
