"""`create-admin`: the first administrator of a school, and a way back in for one who is locked out."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.culture.school_time import local_date
from webapp.culture.vocabulary import Role
from webapp.extensions import begin_writing, db
from webapp.ops import database
from webapp.ops.wrong_input import WrongInputError
from webapp.people import links, passwords
from webapp.people.models import Person
from webapp.people.session import end_all
from webapp.schools import founding, people
from webapp.schools.models import School
from webapp.web.plain_text import fault, tidied

ADDRESS = re.compile(r"[^@\s<>\"',;:()\\]+@[^@\s<>\"',;:()\\]+\.[^@\s<>\"',;:()\\.]+")
LONGEST_ADDRESS = 254
LONGEST_NAME = 80
LONGEST_SCHOOL = 120


@click.command("create-admin")
@click.argument("email")
@click.option("--school", required=True, help="The school's name; it is made if there is none.")
@click.option("--district", help="The district of a new school. [default: one of the school's name]")
@click.option("--timezone", help="The time zone of a new school, like America/Chicago. [default: this server's]")
@click.option("--password-stdin", is_flag=True, help="Read a password from the standard input.")
@database.needed
def create_admin(email: str, school: str, district: str | None, timezone: str | None, *, password_stdin: bool) -> None:
    """Make EMAIL an administrator of a school.

    Without a password it prints a link that signs in once. For somebody who is there already it gives the role
    and a new link or password, and ends that person's sign-ins.
    """
    email = _email(email)
    name = _name(school, "--school")
    district = _name(district or name, "--district")
    zone = _zone(timezone or _own_zone())
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    now = datetime.now(UTC)
    begin_writing(db.session)
    there = _school(db.session, name, district, zone, now)
    person = _appoint(db.session, there, email, now)
    # Whoever was signed in as this person before has to prove it again.
    person.deactivated_at = None
    end_all(person.id)
    lines = [f"{email} is an administrator of {there.name} (time zone {there.timezone})."]
    if password is None:
        secret = links.make(db.session, person, now)
        lines += [f"This link signs in once, within {links.VALID.days} days:", _address(secret)]
    else:
        _set_password(person, password)
    db.session.commit()
    click.echo("\n".join(lines))


def _email(said: str) -> str:
    email = tidied(said).lower()
    if len(email) > LONGEST_ADDRESS or not ADDRESS.fullmatch(email) or fault(email):
        raise WrongInputError(f"{said!r} is no e-mail address; it looks like name@school.example")
    return email


def _name(said: str, option: str) -> str:
    name = tidied(said)
    wrong = fault(name) if name else "It needs a name."
    if len(name) > LONGEST_SCHOOL:
        wrong = f"Shorten it to {LONGEST_SCHOOL} characters."
    if wrong:
        raise WrongInputError(f"{option}: {wrong}")
    return name


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise WrongInputError(f"--timezone: {name!r} is no time zone; it looks like America/Chicago") from None


def _own_zone() -> str:
    """The server's time zone as the system has set it; UTC where it does not say."""
    found = Path("/etc/localtime").resolve()
    name = "/".join(found.parts[found.parts.index("zoneinfo") + 1 :]) if "zoneinfo" in found.parts else "UTC"
    return name.removeprefix("posix/").removeprefix("Etc/")


def _school(session: Session, name: str, district: str, zone: ZoneInfo, now: datetime) -> School:
    found = session.scalars(select(School).where(School.name == name)).all()
    if len(found) > 1:
        raise WrongInputError(f"There are {len(found)} schools of the name {name!r}; add the person on its page.")
    if found:
        return found[0]
    today = local_date(now, zone)
    return founding.found(session, name=name, district=district, timezone=zone.key, today=today)


def _appoint(session: Session, school: School, email: str, now: datetime) -> Person:
    name = email.partition("@")[0][:LONGEST_NAME]
    try:
        return people.add(session, school, name=name, email=email, role=Role.ADMIN, now=now)
    except people.AlreadyHereError as here:
        people.change_role(session, school, here.person, Role.ADMIN)
        return here.person


def _set_password(person: Person, password: str) -> None:
    wrong = passwords.fault(password, person)
    if wrong:
        raise WrongInputError(f"The password on the standard input: {wrong}")
    person.password_hash = passwords.hashed(password)


def _address(secret: str) -> str:
    settings = current_app.config["SETTINGS"]
    with current_app.test_request_context(base_url=settings.base_url or f"http://localhost:{settings.port}"):
        return url_for("signing_in.link", secret=secret, _external=True)
