"""Begin, resume and end a sign-in: the only file that talks to Flask-Login."""

import hashlib
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import cast

from flask import Flask, session
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy import delete, select

from webapp.extensions import begin_writing, db, sign_in_manager
from webapp.people.models import Person, SignIn

KEPT = timedelta(days=60)
SEEN_AGAIN = timedelta(days=1)


class Resumed(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """Who is signed in, as Flask-Login holds it; its id is the sign-in's secret, not the person's."""

    def __init__(self, person: Person, secret: str) -> None:
        self.person = person
        self.secret = secret
        self.language = person.language

    def get_id(self) -> str:
        return self.secret


def init_app(app: Flask) -> None:
    """Sign-ins stay on the phone for weeks, in a cookie that scripts cannot read."""
    app.config.update(
        PERMANENT_SESSION_LIFETIME=KEPT,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    sign_in_manager.init_app(app)
    sign_in_manager.user_loader(_resume)
    # Flask-Login's own check binds a session to address and browser: a phone changes both while walking.
    sign_in_manager.session_protection = None


def begin(person: Person, now: datetime) -> None:
    """Signs a person in on this device; commits."""
    session.clear()
    secret = secrets.token_urlsafe(32)
    db.session.add(
        SignIn(person_id=person.id, secret_hash=_hash(secret), created_at=now, seen_at=now, expires_at=now + KEPT)
    )
    db.session.commit()
    session.permanent = True
    login_user(Resumed(person, secret))


def end() -> None:
    """Signs out on this device; commits."""
    if current_user.is_authenticated:
        begin_writing(db.session)
        db.session.execute(delete(SignIn).where(SignIn.secret_hash == _hash(current_user.secret)))
        db.session.commit()
    logout_user()
    session.clear()


def end_all(person_id: uuid.UUID) -> None:
    """Ends every sign-in of a person, in the caller's transaction."""
    db.session.execute(delete(SignIn).where(SignIn.person_id == person_id))


def who() -> Person | None:
    """The person who is signed in, or None."""
    return cast(Person, current_user.person) if current_user.is_authenticated else None


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _resume(secret: str) -> Resumed | None:
    now = datetime.now(UTC)
    found = db.session.execute(
        select(Person, SignIn)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(SignIn.secret_hash == _hash(secret), SignIn.expires_at > now, Person.deactivated_at.is_(None))
    ).first()
    if found is None:
        return None
    person, sign_in = found
    if now - sign_in.seen_at > SEEN_AGAIN:
        _keep_longer(sign_in.id, now)
    return Resumed(person, secret)


def _keep_longer(sign_in_id: uuid.UUID, now: datetime) -> None:
    begin_writing(db.session)
    sign_in = db.session.get(SignIn, sign_in_id)
    if sign_in is not None:
        sign_in.seen_at, sign_in.expires_at = now, now + KEPT
        session.modified = True
    db.session.commit()
