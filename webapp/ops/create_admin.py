"""`create-admin`: the first administrator of a school, and a way back in for one who is locked out."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app, url_for
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.culture.vocabulary import Role
from webapp.extensions import begin_writing, db, new_id
from webapp.ops import database
from webapp.ops.wrong_input import WrongInputError
from webapp.people import links, passwords
from webapp.people.models import Person, SignIn
from webapp.schools.models import District, Membership, School
from webapp.web.plain_text import fault, tidied

ADDRESS = re.compile(r"[^@\s<>\"',;:()\\]+@[^@\s<>\"',;:()\\]+\.[^@\s<>\"',;:()\\.]+")
LONGEST_ADDRESS = 254
LONGEST_NAME = 80
LONGEST_SCHOOL = 120


@click.command("create-admin")
@click.argument("email")
@click.option("--school", "school_name", required=True, help="The school's name; it is made if there is none.")
@click.option("--password-stdin", is_flag=True, help="Read a password from the standard input.")
@click.option("--timezone", help="A new school's time zone, such as America/Chicago. [default: this server's]")
@database.needed
def create_admin(email: str, school_name: str, *, password_stdin: bool, timezone: str | None) -> None:
    """Make EMAIL an administrator of a school.

    Without a password it prints a link that signs in once. For somebody who is there already it gives the role
    and a new link or password, and ends that person's sign-ins.
    """
    email, school_name = _email(email), _school_name(school_name)
    password = click.get_text_stream("stdin").readline().rstrip("\r\n") if password_stdin else None
    zone = _zone(timezone or _own_zone())
    now = datetime.now(UTC)
    begin_writing(db.session)
    school = _school(db.session, school_name, zone)
    person = _person(db.session, email, now)
    _appoint(db.session, person, school)
    secret = links.make(db.session, person, now) if password is None else _set_password(person, password)
    db.session.commit()
    click.echo(f"{email} is an administrator of {school.name} ({school.timezone}).")
    if secret is not None:
        click.echo(f"This link signs in once, within {links.VALID.days} days:\n{_address(secret)}")


def _email(said: str) -> str:
    email = tidied(said).lower()
    if len(email) > LONGEST_ADDRESS or not ADDRESS.fullmatch(email) or fault(email):
        raise WrongInputError(f"{said!r} is no e-mail address; it looks like name@school.example")
    return email


def _school_name(said: str) -> str:
    name = tidied(said)
    wrong = "The school needs a name." if not name else fault(name)
    if len(name) > LONGEST_SCHOOL:
        wrong = f"Shorten it to {LONGEST_SCHOOL} characters."
    if wrong:
        raise WrongInputError(f"--school: {wrong}")
    return name


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (OSError, ValueError):
        raise WrongInputError(f"--timezone: {name!r} is no time zone; it looks like America/Chicago") from None


def _own_zone() -> str:
    """The server's time zone as the system has set it; UTC where it does not say."""
    found = Path("/etc/localtime").resolve()
    name = "/".join(found.parts[found.parts.index("zoneinfo") + 1 :]) if "zoneinfo" in found.parts else "UTC"
    return name.removeprefix("posix/").removeprefix("Etc/")


def _school(session: Session, name: str, zone: str) -> School:
    found = session.scalars(select(School).where(School.name == name)).all()
    if len(found) > 1:
        raise WrongInputError(f"There are {len(found)} schools of the name {name!r}; add the person on its page.")
    if found:
        return found[0]
    district = District(id=new_id(), name=name)
    school = School(id=new_id(), district_id=district.id, name=name, timezone=zone)
    session.add(district)
    session.flush()
    session.add(school)
    return school


def _person(session: Session, email: str, now: datetime) -> Person:
    person = session.scalars(select(Person).where(Person.email == email)).first()
    if person is None:
        name = email.partition("@")[0][:LONGEST_NAME]
        person = Person(id=new_id(), email=email, name=name, created_at=now)
        session.add(person)
    else:
        person.deactivated_at = None
        session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    session.flush()
    return person


def _appoint(session: Session, person: Person, school: School) -> None:
    membership = session.scalars(
        select(Membership).where(Membership.person_id == person.id, Membership.school_id == school.id)
    ).first()
    if membership is None:
        session.add(Membership(person_id=person.id, school_id=school.id, role_word=Role.ADMIN))
    else:
        membership.role_word = Role.ADMIN


def _set_password(person: Person, password: str) -> None:
    wrong = passwords.fault(password, person)
    if wrong:
        raise WrongInputError(f"The password on the standard input: {wrong}")
    person.password_hash = passwords.hashed(password)


def _address(secret: str) -> str:
    settings = current_app.config["SETTINGS"]
    with current_app.test_request_context(base_url=settings.base_url or f"http://localhost:{settings.port}"):
        return url_for("signing_in.link", secret=secret, _external=True)
