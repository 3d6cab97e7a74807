"""`demo`: a school to look at, plainly made up, with weeks of listening behind it."""

from datetime import UTC, datetime
from typing import Final

import click
from flask import current_app
from sqlalchemy import select

from webapp.culture.words import ROLE_NAMES
from webapp.extensions import db
from webapp.ops import database
from webapp.ops.demo_school import cast, seeding
from webapp.people import passwords
from webapp.people.models import Person
from webapp.schools.models import School

A_SCHOOL: Final = 640
"""So many observations has a school, unless another number is asked for."""

SHOWN: Final = ("principal", "assistant", "coach", "staff", "district")


@click.command("demo")
@click.option("--schools", type=click.IntRange(1, 500), default=1, show_default=True, help="How many schools.")
@click.option("--observations", type=click.IntRange(0, 20_000_000), help="How many in all. [default: 640 a school]")
@click.option("--weeks", type=click.IntRange(2, 520), default=26, show_default=True, help="How many, ending today.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same schools.")
@click.option("--if-empty", is_flag=True, help="Only where there is no school yet.")
@database.needed
def demo(schools: int, observations: int | None, weeks: int, seed: int, *, if_empty: bool) -> None:
    """Add a demo district with schools, people and observations, and print how to sign in."""
    there = seeding.is_there(db.session)
    if if_empty and (there or db.session.scalars(select(School.id).limit(1)).first()):
        if there:
            _tell_sign_ins()
        return
    if there:
        raise click.ClickException("The demo is there already; for another one begin with an empty database.")
    count = A_SCHOOL * schools if observations is None else observations
    plan = seeding.Plan(schools=schools, observations=count, weeks=weeks, seed=seed)
    made = seeding.seed(db.session, plan, password_hash=passwords.hashed(_password()), now=datetime.now(UTC))
    for school in made:
        click.echo(f"{school.name} is ready.")
    _tell_sign_ins()


def _tell_sign_ins() -> None:
    addresses = {cast.email(person, 1): person for person in (*cast.CAST, cast.DISTRICT) if person.mark in SHOWN}
    first = db.session.scalars(select(Person).where(Person.email == next(iter(addresses)))).one()
    known = passwords.matches(first.password_hash, _password())
    click.echo(f"Sign in with the password {_password() if known else 'that was chosen for the demo'} as")
    for address, person in addresses.items():
        click.echo(f"  {address:<24}  {ROLE_NAMES[person.role].lower()}")


def _password() -> str:
    return str(current_app.config["SETTINGS"].demo_password)
