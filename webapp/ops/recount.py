"""`recount`: the weeks that districts see, counted anew."""

import click
from sqlalchemy import select

from webapp.extensions import db
from webapp.observing import weeks
from webapp.ops import database
from webapp.schools.models import School
from webapp.schools.writing import take_turn


@click.command("recount")
@database.needed
def recount() -> None:
    """Count the weeks of every school anew, and say where what was kept was different.

    They are kept true with every change; this proves it, and mends them after a repair of the database by hand. Ends
    with an error if any was different. Schools wait for it one after the other, each for a moment.
    """
    wrong = total = 0
    for school_id in db.session.scalars(select(School.id).order_by(School.name, School.id)).all():
        school = db.session.get_one(School, school_id)
        take_turn(db.session, school)
        different = weeks.rebuild(db.session, school)
        counted = len(weeks.kept(db.session, school))
        name = school.name
        db.session.commit()
        total += counted
        if different:
            wrong += different
            click.echo(f"{name}: {different} of {counted} weeks were different, and are counted anew")
    click.echo(f"{total} weeks counted, {wrong} different")
    if wrong:
        raise click.exceptions.Exit(1)
