"""`/api/v1/session`: sign in, who is signed in, sign out."""

import uuid
from datetime import UTC, datetime
from typing import Annotated

from flask import Blueprint, Response, current_app, request
from pydantic import AfterValidator, Field

from webapp.culture.vocabulary import Role
from webapp.extensions import db
from webapp.people import proving, session
from webapp.people.models import Person
from webapp.people.passwords import LONGEST
from webapp.schools.access import belongings, signed_in
from webapp.web.doors import open_to_all
from webapp.web.endpoint import Shape, endpoint
from webapp.web.plain_text import fault
from webapp.web.problems import SignedOutError, WrongAccountError, WrongPasswordError

api = Blueprint("signing_in_api", __name__, url_prefix="/api/v1")


def _plain(said: str) -> str:
    found = fault(said)
    if found is not None:
        raise ValueError(found)
    return said


class SignInCall(Shape):
    """An e-mail address and its password."""

    email: Annotated[str, Field(min_length=1, max_length=254), AfterValidator(_plain)]
    password: Annotated[str, Field(min_length=1, max_length=LONGEST)]


class EndQuery(Shape):
    """Whose sign-in is to end; left out, whoever's it is."""

    account: uuid.UUID | None = None


class SchoolOfMine(Shape):
    """A school that the person belongs to, and as what."""

    id: uuid.UUID
    name: str
    role: Role
    timezone: str


class SessionAnswer(Shape):
    """Who is signed in; `account` is what a phone keeps its unsent changes under."""

    account: uuid.UUID
    name: str
    schools: list[SchoolOfMine]


@endpoint(api, "POST", "/session", body=SignInCall, answer=SessionAnswer, problems=(401, 429), signed_in=False)
@open_to_all
def begin(body: SignInCall) -> SessionAnswer:
    """Sign in with e-mail and password; sets the session cookie"""
    now = datetime.now(UTC)
    person = proving.by_password(
        db.session,
        body.email,
        body.password,
        signing_key=current_app.config["SETTINGS"].signing_key,
        address=request.remote_addr or "",
        now=now,
    )
    if person is None:
        raise WrongPasswordError
    session.begin(person, now)
    return _of(person)


@endpoint(api, "GET", "/session", answer=SessionAnswer)
@signed_in
def show(person: Person) -> SessionAnswer:
    """Who is signed in"""
    return _of(person)


@endpoint(api, "DELETE", "/session", query=EndQuery, status=204, problems=(401, 409), signed_in=False)
@open_to_all
def end(query: EndQuery) -> Response:
    """Sign out; harmless when nobody is signed in. With `account`, only that account"""
    # A phone that was left without a network says this late: it must neither end what somebody else has begun there
    # since, nor take away their cookie.
    person = session.who()
    if query.account is not None and not session.is_closed():
        if person is None:
            raise SignedOutError
        if person.id != query.account:
            raise WrongAccountError
    session.end()
    return Response(status=204, headers=session.FORGET_PAGES)


def _of(person: Person) -> SessionAnswer:
    schools = [
        SchoolOfMine(id=each.school.id, name=each.school.name, role=each.role, timezone=each.school.timezone)
        for each in belongings(db.session, person)
    ]
    return SessionAnswer(account=person.id, name=person.name, schools=schools)
