"""The people of a school: who belongs to it, as what. Verbs work in the caller's transaction."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from webapp.culture.vocabulary import Role
from webapp.extensions import take_turns
from webapp.people import links
from webapp.people.models import Person, SignIn
from webapp.people.proving import address_of
from webapp.schools.models import Membership, School
from webapp.web.problems import NotAMemberError

ROLES = (Role.ADMIN, Role.OBSERVER, Role.STAFF)
"""What one can be in a school; a district administrator belongs to the district."""


Farewell = Callable[[Session, School, Person], None]
_farewells: list[Farewell] = []


class AlreadyHereError(Exception):
    """The person belongs to this school already."""

    def __init__(self, person: Person) -> None:
        super().__init__(f"{person.id} belongs to the school already")
        self.person = person


class LastAdministratorError(Exception):
    """Without this person nobody could manage the school."""

    def __init__(self) -> None:
        super().__init__("the school's last administrator stays")


class BelongsElsewhereError(Exception):
    """The person's account opens other doors too; a link made here would open them."""

    def __init__(self) -> None:
        super().__init__("a sign-in link is made only for those who belong to this school alone")


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a school."""

    person: Person
    role: Role
    has_signed_in: bool
    elsewhere: bool
    """Whether the person belongs to another school or a district too; where is not told."""


def members(session: Session, school: School) -> list[Member]:
    """Everyone who belongs to the school itself, by role and name."""
    found = _members(session, school, Membership.school_id == school.id)
    return sorted(found, key=lambda each: (each.role.code, each.person.name.casefold(), each.person.id))


def member(session: Session, school: School, person: uuid.UUID) -> Member:
    """This person in the school.

    Raises:
        NotAMemberError: nobody here has this id; another school's person looks the same.
    """
    found = _members(session, school, Membership.person_id == person)
    if not found:
        raise NotAMemberError
    return found[0]


def add(session: Session, school: School, *, name: str, email: str, role: Role, now: datetime) -> Person:
    """Lets somebody belong to the school; whoever has an account keeps it, with the name it has.

    Raises:
        AlreadyHereError: they belong here already.
        ValueError: the role is none that one can have in a school.
    """
    if role not in ROLES:
        raise ValueError(f"{role} is no role in a school")
    email = address_of(email)
    # Two schools that add the same new person at once would make two of them.
    take_turns(session, [hashlib.sha256(email.encode()).digest()])
    person = session.scalars(select(Person).where(Person.email == email)).first()
    if person is None:
        person = Person(email=email, name=name, created_at=now)
        session.add(person)
        session.flush()
    elif _membership(session, school, person) is not None:
        raise AlreadyHereError(person)
    else:
        # A link that another school's administrator may still hold must not open this school.
        links.end(session, person)
    session.add(Membership(person_id=person.id, school_id=school.id, role_word=role))
    session.flush()
    return person


def change_role(session: Session, school: School, person: Person, role: Role) -> None:
    """Another role in this school; roles elsewhere stay.

    Raises:
        LastAdministratorError: nobody else manages the school.
        NotAMemberError: the person does not belong to it.
        ValueError: the role is none that one can have in a school.
    """
    if role not in ROLES:
        raise ValueError(f"{role} is no role in a school")
    membership = _existing(session, school, person)
    if role is not Role.ADMIN and is_last_administrator(session, school, person):
        raise LastAdministratorError
    membership.role_word = role
    session.flush()


def when_one_leaves(farewell: Farewell) -> None:
    """What a higher floor does when a person leaves a school: in the same transaction, before all else."""
    if farewell not in _farewells:
        _farewells.append(farewell)


def remove(session: Session, school: School, person: Person) -> None:
    """Ends the belonging; who then belongs nowhere is forgotten, and what they heard stays, without author or notes.

    Raises:
        LastAdministratorError: nobody else manages the school.
        NotAMemberError: the person does not belong to it.
    """
    membership = _existing(session, school, person)
    if is_last_administrator(session, school, person):
        raise LastAdministratorError
    for farewell in _farewells:
        farewell(session, school, person)
    session.delete(membership)
    session.flush()
    if not session.scalar(select(exists().where(Membership.person_id == person.id))):
        # Sign-ins and links go with the row.
        session.delete(person)
        session.flush()


def is_last_administrator(session: Session, school: School, person: Person) -> bool:
    """Whether this person manages the school and nobody else does; whoever's account is closed cannot."""
    administrators = session.execute(
        select(Membership.person_id, Person.deactivated_at)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.school_id == school.id, Membership.role_word == Role.ADMIN)
    ).all()
    others = [row for row in administrators if row.person_id != person.id and row.deactivated_at is None]
    return not others and any(row.person_id == person.id for row in administrators)


def without_administrator(session: Session, person: Person) -> list[School]:
    """The schools that this person alone manages."""
    theirs = select(School).join(Membership, Membership.school_id == School.id)
    theirs = theirs.where(Membership.person_id == person.id, Membership.role_word == Role.ADMIN)
    found = session.scalars(theirs.order_by(School.name)).all()
    return [school for school in found if is_last_administrator(session, school, person)]


def make_link(session: Session, school: School, person: Person, now: datetime) -> str:
    """The secret of a one-time sign-in link for a person of this school; older links end.

    Raises:
        BelongsElsewhereError: whoever held the link could open another school's doors with it.
        NotAMemberError: the person does not belong to the school.
    """
    if member(session, school, person.id).elsewhere:
        raise BelongsElsewhereError
    return links.make(session, person, now)


def _members(session: Session, school: School, which: ColumnElement[bool]) -> list[Member]:
    others = select(func.count()).where(Membership.person_id == Person.id).correlate(Person).scalar_subquery()
    signed_in = exists().where(SignIn.person_id == Person.id).correlate(Person)
    rows = session.execute(
        select(Person, Membership, others, signed_in)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.school_id == school.id, which)
    )
    return [
        Member(person, membership.role, bool(ever) or person.password_hash is not None, count > 1)
        for person, membership, count, ever in rows
    ]


def _membership(session: Session, school: School, person: Person) -> Membership | None:
    return session.scalars(
        select(Membership).where(Membership.school_id == school.id, Membership.person_id == person.id)
    ).first()


def _existing(session: Session, school: School, person: Person) -> Membership:
    found = _membership(session, school, person)
    if found is None:
        raise NotAMemberError
    return found
