"""Begin, resume and end a sign-in: the only file that talks to Flask-Login."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, cast

from flask import Flask, g, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy import ColumnElement, bindparam, delete, or_, select, update

from webapp.extensions import begin_writing, db, sign_in_manager
from webapp.people import devices
from webapp.people.models import Person, SignIn

KEPT = timedelta(days=60)
SEEN_AGAIN = timedelta(hours=1)
# Whoever came by a one-time link may have forgotten the password, so it is not asked for at first.
LINK_IS_PROOF = timedelta(hours=1)
# Pages that the browser kept for going back. Never "storage": it holds what was not sent yet (SYNC-6).
FORGET_PAGES: Final = {"Clear-Site-Data": '"cache"'}
# Asked with every request, so it is put together once.
HOLDS: Final = (
    select(Person, SignIn.id, SignIn.seen_at)
    .join(SignIn, SignIn.person_id == Person.id)
    .where(SignIn.secret_hash == bindparam("secret_hash"), SignIn.expires_at > bindparam("now"))
)


class Resumed(UserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """Who is signed in, as Flask-Login holds it; its id is the sign-in's secret, not the person's."""

    def __init__(self, person: Person, secret: str) -> None:
        self.person = person
        self.secret = secret

    @property
    def language(self) -> str | None:
        return self.person.language

    def get_id(self) -> str:
        return self.secret


class _Cookie(SecureCookieSessionInterface):
    def get_cookie_secure(self, app: Flask) -> bool:
        """Also where BASE_URL was not set, but the request came over TLS."""
        return bool(app.config["SESSION_COOKIE_SECURE"]) or request.is_secure


def init_app(app: Flask) -> None:
    """Sign-ins stay on the phone for weeks, in a cookie that scripts cannot read."""
    app.config.update(
        PERMANENT_SESSION_LIFETIME=KEPT,
        SESSION_COOKIE_NAME="session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    app.session_interface = _Cookie()
    sign_in_manager.init_app(app)
    sign_in_manager.user_loader(_resume)
    # Flask-Login's own check binds a session to address and browser: a phone changes both while walking.
    sign_in_manager.session_protection = None


def begin(person: Person, now: datetime, *, by_link: bool = False) -> None:
    """Signs a person in on this device, in place of whoever was; commits."""
    agent = request.user_agent.string
    secret = secrets.token_urlsafe(32)
    begin_writing(db.session)
    db.session.execute(delete(SignIn).where(or_(_here(), SignIn.expires_at <= now)))
    db.session.add(
        SignIn(
            person_id=person.id,
            secret_hash=_hash(secret),
            browser=devices.browser(agent),
            system=devices.system(agent),
            by_link=by_link,
            created_at=now,
            seen_at=now,
            expires_at=now + KEPT,
        )
    )
    db.session.commit()
    # A session that somebody else may have laid on this device beforehand ends here.
    session.clear()
    # The secret of forms lay in it: a form on this very answer needs a new one.
    g.pop("csrf_token", None)
    session.permanent = True
    login_user(Resumed(person, secret))


def end() -> None:
    """Signs out on this device; commits."""
    if current_user.is_authenticated:
        begin_writing(db.session)
        db.session.execute(delete(SignIn).where(_here()))
        db.session.commit()
    logout_user()
    session.clear()


def end_all(person_id: uuid.UUID) -> None:
    """Ends every sign-in of a person, in the caller's transaction."""
    db.session.execute(delete(SignIn).where(SignIn.person_id == person_id))


def end_others(person_id: uuid.UUID) -> None:
    """Ends every sign-in of a person but the one on this device, in the caller's transaction."""
    db.session.execute(delete(SignIn).where(SignIn.person_id == person_id, ~_here()))
    db.session.execute(update(SignIn).where(_here()).values(by_link=False))


def end_one(person_id: uuid.UUID, sign_in: uuid.UUID) -> bool:
    """Ends one sign-in of a person, in the caller's transaction; False when there is no such sign-in of theirs."""
    ended = db.session.execute(
        delete(SignIn).where(SignIn.person_id == person_id, SignIn.id == sign_in).returning(SignIn.id)
    )
    return ended.first() is not None


def of(person: Person, now: datetime) -> Sequence[SignIn]:
    """The sign-ins of a person that still hold, the last seen first."""
    return db.session.scalars(
        select(SignIn)
        .where(SignIn.person_id == person.id, SignIn.expires_at > now)
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    ).all()


def this() -> SignIn | None:
    """The sign-in on this device, or None."""
    return db.session.scalars(select(SignIn).where(_here())).first()


def who() -> Person | None:
    """The person who is signed in, or None."""
    return cast(Person, current_user.person) if current_user.is_authenticated else None


def is_closed() -> bool:
    """Whether the sign-in on this device is one of an account that is closed."""
    return who() is None and bool(g.get("account_closed"))


def must_prove(person: Person, now: datetime) -> bool:
    """Whether the present password is asked for before another is chosen."""
    here = this()
    came_by_link = here is not None and here.by_link and now - here.created_at < LINK_IS_PROOF
    return person.password_hash is not None and not came_by_link


def _here() -> ColumnElement[bool]:
    return SignIn.secret_hash == _hash(current_user.secret if current_user.is_authenticated else "")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _resume(secret: str) -> Resumed | None:
    now = datetime.now(UTC)
    found = db.session.execute(HOLDS, {"secret_hash": _hash(secret), "now": now}).first()
    if found is None:
        return None
    person, sign_in, seen_at = found
    if person.deactivated_at is not None:
        g.account_closed = True
        return None
    if now - seen_at > SEEN_AGAIN:
        _keep_longer(sign_in, now)
    return Resumed(person, secret)


def _keep_longer(sign_in_id: uuid.UUID, now: datetime) -> None:
    begin_writing(db.session)
    sign_in = db.session.get(SignIn, sign_in_id)
    if sign_in is not None:
        sign_in.seen_at, sign_in.expires_at = now, now + KEPT
        session.modified = True
    db.session.commit()
