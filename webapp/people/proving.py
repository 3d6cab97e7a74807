"""Prove who you are, by a password."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.extensions import begin_writing
from webapp.people import passwords
from webapp.people.models import Person
from webapp.people.throttle import Throttle


def address_of(said: str) -> str:
    """An e-mail address as it is kept, however it was typed."""
    return said.strip().lower()


def by_password(
    session: Session, email: str, password: str, *, signing_key: str, address: str, now: datetime
) -> Person | None:
    """Whose e-mail address and password these are; None when they do not belong together. Commits.

    Raises:
        TooManyTriesError: too many wrong ones before; it says how long to wait.
    """
    email = address_of(email)
    throttle = Throttle(session, signing_key, email=email, address=address)
    throttle.begin_try(now)
    person = session.scalars(select(Person).where(Person.email == email, Person.deactivated_at.is_(None))).first()
    known = person.password_hash if person else None
    # No transaction, and so no connection, is held while the password is worked on.
    session.rollback()
    if not passwords.matches(known, password):
        return None
    throttle.succeeded()
    if person is not None and known is not None and passwords.is_dated(known):
        begin_writing(session)
        person.password_hash = passwords.hashed(password)
        session.commit()
    return person
