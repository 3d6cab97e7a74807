"""`publish`: what a timer runs once a day."""

import re
import uuid
from datetime import UTC, date, datetime

import click
from sqlalchemy import select

from webapp.extensions import db
from webapp.observing import retention
from webapp.ops import database
from webapp.ops.wrong_input import WrongInputError
from webapp.schools.models import School
from webapp.trends import publishing
from webapp.trends.models import Publication


@click.command("publish")
@click.option("--school", type=click.UUID, metavar="ID", help="Only this school. [default: all]")
@click.option("--now", metavar="DATE", help="As if it were this day, for trying out. What is published stays for ever.")
@database.needed
def publish(school: uuid.UUID | None, now: str | None) -> None:
    """Show staff the windows that have closed, and forget what was kept long enough.

    Running it twice does no more than once. With --school nothing is forgotten.
    """
    schools = select(School).order_by(School.name, School.id)
    found = db.session.scalars(schools if school is None else schools.where(School.id == school)).all()
    if school is not None and not found:
        raise WrongInputError(f"--school: there is no school with the id {school}")
    moments = [(each, _moment(each, now)) for each in found]
    for each, moment in moments:
        name = each.name
        published = [_days(publication) for publication in publishing.publish_due(db.session, each, moment)]
        click.echo(f"{name}: {', '.join(published) or 'nothing new'}")
    if school is None and moments:
        _forget(min(moment for _each, moment in moments))


def _moment(school: School, said: str | None) -> datetime:
    """Now, or the beginning of the day said, in the school's own time."""
    if said is None:
        return datetime.now(UTC)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
            day = date.fromisoformat(said)
            return datetime(day.year, day.month, day.day, tzinfo=school.zone).astimezone(UTC)
        moment = datetime.fromisoformat(said)
    except (ValueError, OverflowError):
        raise WrongInputError(f"--now: {said!r} is no date; it looks like 2026-11-24") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=school.zone)


def _forget(moment: datetime) -> None:
    forgotten = retention.forget(db.session, moment)
    if any((forgotten.notes, forgotten.hours, forgotten.deletions)):
        click.echo(
            f"Forgotten: {forgotten.notes} notes, the minute of {forgotten.hours} observations,"
            f" and that {forgotten.deletions} were deleted"
        )


def _days(publication: Publication) -> str:
    return f"published {publication.first_day} to {publication.last_day}"
