"""The cast: one school with its people, and a neighbour school of the same shape, present in every test that asks.

A query that forgets its school, a page that shows somebody else's: both meet the neighbour's rows.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from webapp.culture.vocabulary import PlaceKind, Role
from webapp.extensions import new_id
from webapp.people import passwords
from webapp.people.models import Person
from webapp.schools.models import District, Membership, Place, School, SchoolYear, Term

PASSWORD = "an open window in March"
# Tests ask who may come in, not how long guessing takes: the least work that Argon2 can do.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD_HASH = passwords.hashed(PASSWORD)
BEGAN = datetime(2026, 8, 3, 12, 0, tzinfo=UTC)
ZONE = "America/New_York"

PLACES = (
    ("North hallway", PlaceKind.HALLWAY, 1),
    ("Teachers’ lounge", PlaceKind.LOUNGE, 1),
    ("Library", PlaceKind.LIBRARY, 1),
    ("Second-floor classrooms", PlaceKind.CLASSROOM, 2),
    ("Meeting room", PlaceKind.MEETING_ROOM, 2),
    ("Yard", PlaceKind.OUTDOORS, None),
)


@dataclass(frozen=True)
class Cast:
    """A school and its people, named for what they may do there."""

    district: District
    school: School
    places: list[Place]
    year: SchoolYear
    principal: Person
    coach: Person
    teacher: Person


@dataclass(frozen=True)
class World:
    """Our school, its neighbour in the same district, a stranger in no school, and who runs the district."""

    ours: Cast
    neighbour: Cast
    director: Person
    stranger: Person


def build(session: Session) -> World:
    """Puts the whole cast into an empty database; committed."""
    district = District(id=new_id(), name="Demo District")
    session.add(district)
    director = person(session, "director@demo.example", "Director")
    stranger = person(session, "stranger@demo.example", "Stranger")
    session.flush()
    session.add(Membership(person_id=director.id, district_id=district.id, role_word=Role.DISTRICT_ADMIN))
    ours = _cast(session, district, "Our School", "ours")
    neighbour = _cast(session, district, "Neighbour School", "neighbour")
    session.commit()
    return World(ours, neighbour, director, stranger)


def person(session: Session, email: str, name: str) -> Person:
    """A person who belongs nowhere yet; all have the same PASSWORD."""
    made = Person(id=new_id(), email=email, name=name, password_hash=PASSWORD_HASH, created_at=BEGAN)
    session.add(made)
    return made


def member(session: Session, school: School, role: Role, email: str) -> Person:
    """A person with this role in this school."""
    made = person(session, email, email.partition("@")[0].capitalize())
    session.flush()
    session.add(Membership(person_id=made.id, school_id=school.id, role_word=role))
    return made


def sign_in(client: FlaskClient, who: Person) -> FlaskClient:
    """The client, signed in through the API as this person."""
    answer = client.post("/api/v1/session", json={"email": who.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return client


def _cast(session: Session, district: District, name: str, mark: str) -> Cast:
    school = School(id=new_id(), district_id=district.id, name=name, timezone=ZONE, staff_size=40)
    session.add(school)
    session.flush()
    places = [
        Place(id=new_id(), school_id=school.id, name=each, kind_code=kind.code, floor=floor, position=order, adults=12)
        for order, (each, kind, floor) in enumerate(PLACES)
    ]
    year = SchoolYear(id=new_id(), school_id=school.id, first_day=date(2026, 8, 3), last_day=date(2027, 8, 1))
    session.add_all([*places, year])
    session.flush()
    session.add_all(
        [
            Term(school_year_id=year.id, first_day=date(2026, 8, 3), last_day=date(2027, 1, 3)),
            Term(school_year_id=year.id, first_day=date(2027, 1, 4), last_day=date(2027, 8, 1)),
        ]
    )
    return Cast(
        district=district,
        school=school,
        places=places,
        year=year,
        principal=member(session, school, Role.ADMIN, f"principal@{mark}.example"),
        coach=member(session, school, Role.OBSERVER, f"coach@{mark}.example"),
        teacher=member(session, school, Role.STAFF, f"teacher@{mark}.example"),
    )
