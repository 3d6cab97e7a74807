"""One-time sign-in links: made by an administrator, used once within a week."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.extensions import begin_writing
from webapp.people.models import Person, SignInLink

VALID = timedelta(days=7)


def make(session: Session, person: Person, now: datetime) -> str:
    """The secret of a new link for this person; older links of the person end. In the caller's transaction."""
    end(session, person)
    secret = secrets.token_urlsafe(24)
    session.add(SignInLink(person_id=person.id, secret_hash=_hash(secret), expires_at=now + VALID))
    return secret


def owner(session: Session, secret: str, now: datetime) -> Person | None:
    """Whose link this is, if it is still valid; it stays valid (link previews in mail and chat open links)."""
    return session.scalars(
        select(Person)
        .join(SignInLink)
        .where(SignInLink.secret_hash == _hash(secret), SignInLink.expires_at > now, Person.deactivated_at.is_(None))
    ).first()


def use(session: Session, secret: str, now: datetime) -> Person | None:
    """Takes the link: its person, once; None when it was used, ended or never made. Commits."""
    begin_writing(session)
    person = owner(session, secret, now)
    # Of two at once only one deletes it.
    taken = session.scalars(
        delete(SignInLink).where(SignInLink.secret_hash == _hash(secret)).returning(SignInLink.id)
    ).first()
    session.commit()
    return person if taken else None


def end(session: Session, person: Person) -> None:
    """Ends the links of this person, in the caller's transaction."""
    session.execute(delete(SignInLink).where(SignInLink.person_id == person.id))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
