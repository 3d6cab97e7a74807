"""The one way to get a school: through a membership of the person who is signed in."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from flask import g, redirect, request, url_for
from sqlalchemy import Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.culture.vocabulary import Role
from webapp.extensions import db
from webapp.people.models import Person
from webapp.people.session import is_closed, who
from webapp.schools.models import District, Membership, School
from webapp.schools.permissions import May, allowed
from webapp.web.doors import mark
from webapp.web.problems import (
    AccountClosedError,
    NoSchoolError,
    NotAllowedError,
    NotAMemberError,
    NotRecordingError,
    SignedOutError,
    is_api,
)

View = TypeVar("View", bound=Callable[..., Any])
_OF_SCHOOL = or_(Membership.school_id == School.id, Membership.district_id == School.district_id)
# Where one has a role in the district and one in the school itself, the latter counts.
_OWN_ROLE_FIRST = Membership.school_id.is_(None)
BELONGS = exists().where(_OF_SCHOOL, Membership.person_id == bindparam("person"))
"""That a school is one of a person's, for a statement that asks for schools."""

ROLE = (
    select(Membership.role_word)
    .join(School, _OF_SCHOOL)
    .where(Membership.person_id == bindparam("person"), School.id == bindparam("school"))
    .order_by(_OWN_ROLE_FIRST)
    .limit(1)
    .subquery()
)
"""The role of a person in a school, for a statement that asks for more of it; no row where there is none."""


class Belonging:
    """A person in a school, with the role there."""

    def __init__(self, person: Person, school: School, role: Role) -> None:
        self.person = person
        self.school = school
        self.role = role

    def may(self, may: May) -> bool:
        """Whether the role allows this."""
        return allowed(self.role, may)


def belongings(session: Session, person: Person) -> list[Belonging]:
    """All schools a person belongs to, by name; a district administrator belongs to the district's schools."""
    rows = session.execute(_roles(person).order_by(School.name, School.id, _OWN_ROLE_FIRST))
    found: dict[uuid.UUID, Belonging] = {}
    for school, membership in rows:
        found.setdefault(school.id, Belonging(person, school, membership.role))
    return list(found.values())


def belonging(session: Session, person: Person, school_id: uuid.UUID) -> Belonging:
    """The person's place in this school.

    Raises:
        NotAMemberError: there is none, or no such school; the two look alike.
    """
    row = session.execute(_roles(person).where(School.id == school_id).order_by(_OWN_ROLE_FIRST)).first()
    if row is None:
        raise NotAMemberError
    return Belonging(person, row[0], row[1].role)


def enter(may: May) -> Callable[[View], View]:
    """Opens a view to those who may do this in the school that the call names.

    The school is the address' `school`, else the form's or the query's field of that name, else (on pages)
    the first school in which the person may do it. The view gets it as its argument `school`.

    Raises (from the call):
        SignedOutError, AccountClosedError: from the API; a page leads to sign-in and back.
        NotAMemberError: not the person's school, or they have none.
        NotAllowedError: the role does not allow it.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def entered(**address: Any) -> Any:
            person = who()
            if person is None:
                return _ask_to_sign_in()
            here = _named(person, address.pop("school", None)) or _first(person, may)
            if not here.may(may):
                raise NotRecordingError if may is May.RECORD else NotAllowedError
            g.belonging = here
            return view(school=here.school, **address)

        return cast(View, mark(entered, f"members who may {may.value}", decorate))

    return decorate


def enter_district(view: View) -> View:
    """Opens a view to those who run a district: the one that the address or the query names, else their first.

    The view gets it as its argument `district`.

    Raises (from the call):
        SignedOutError, AccountClosedError: as of `enter`.
        NotAMemberError: they do not run it, there is no such district, or, where none is named, they run none.
    """

    @wraps(view)
    def entered(**address: Any) -> Any:
        person = who()
        if person is None:
            return _ask_to_sign_in()
        district = _district_of(person, address.pop("district", None) or request.args.get("district"))
        g.belonging = next((each for each in belongings(db.session, person) if _lies_in(each, district)), None)
        return view(district=district, **address)

    return cast(View, mark(entered, "those who run the district", enter_district))


def signed_in(view: View) -> View:
    """Opens a view to anyone who is signed in, whatever the school; the view gets the `person`."""

    @wraps(view)
    def entered(**address: Any) -> Any:
        person = who()
        return _ask_to_sign_in() if person is None else view(person=person, **address)

    return cast(View, mark(entered, "signed in", signed_in))


def here() -> Belonging:
    """The belonging through which this request was let in."""
    return cast(Belonging, g.belonging)


def _roles(person: Person) -> Select[School, Membership]:
    return select(School, Membership).join(Membership, _OF_SCHOOL).where(Membership.person_id == person.id)


def _district_of(person: Person, said: uuid.UUID | str | None) -> District:
    run = select(District).join(Membership, Membership.district_id == District.id)
    run = run.where(Membership.person_id == person.id).order_by(District.name, District.id)
    if said:
        try:
            run = run.where(District.id == uuid.UUID(str(said)))
        except ValueError:
            raise NotAMemberError from None
    found = db.session.scalars(run).first()
    if found is None:
        raise NotAMemberError
    return found


def _lies_in(here: Belonging, district: District) -> bool:
    return here.role is Role.DISTRICT_ADMIN and here.school.district_id == district.id


def _named(person: Person, said: uuid.UUID | str | None) -> Belonging | None:
    said = said or request.values.get("school")
    if not said:
        return None
    try:
        return belonging(db.session, person, uuid.UUID(str(said)))
    except ValueError:
        raise NotAMemberError from None


def _first(person: Person, may: May) -> Belonging:
    mine = belongings(db.session, person)
    if not mine:
        raise NoSchoolError
    return next((each for each in mine if each.may(may)), mine[0])


def _ask_to_sign_in() -> Response:
    if is_api():
        raise AccountClosedError if is_closed() else SignedOutError
    back = request.full_path.rstrip("?") if request.method == "GET" else ""
    address = url_for("signing_in.sign_in")
    return redirect(f"{address}?{urlencode({'next': back})}" if back else address)
