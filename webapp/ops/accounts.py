"""`deactivate` and `reactivate`: an account is closed at once, and opened again, with nothing of it lost."""

from datetime import UTC, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.extensions import begin_writing, db
from webapp.ops import database
from webapp.ops.wrong_input import WrongInputError
from webapp.people import accounts
from webapp.people.models import Person
from webapp.people.proving import address_of
from webapp.schools import people


@click.command("deactivate")
@click.argument("email")
@database.needed
def deactivate(email: str) -> None:
    """Close the account of EMAIL: its sign-ins rest, and nobody can sign in with it.

    What was heard, memberships and password stay; what waits on its owner's phone stays there. `reactivate` takes it
    back.
    """
    begin_writing(db.session)
    person = _person(db.session, email)
    accounts.close(db.session, person, datetime.now(UTC))
    without = [school.name for school in people.without_administrator(db.session, person)]
    db.session.commit()
    click.echo(f"{person.email} is closed, and signed out everywhere.")
    for name in without:
        click.echo(f"Nobody manages {name} now; run: listenin create-admin EMAIL --school {name!r}")


@click.command("reactivate")
@click.argument("email")
@database.needed
def reactivate(email: str) -> None:
    """Open the account of EMAIL again: its sign-ins hold as before, and what waits on its owner's phone is sent."""
    begin_writing(db.session)
    person = _person(db.session, email)
    accounts.open_again(person)
    db.session.commit()
    click.echo(f"{person.email} is open.")


def _person(session: Session, said: str) -> Person:
    found = session.scalars(select(Person).where(Person.email == address_of(said))).first()
    if found is None:
        raise WrongInputError(f"Nobody here has the e-mail address {said!r}")
    return found
