"""Weeks of listening, and the charts that are drawn of them, for tests of what changes over time."""

from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.world import Cast, World
from webapp.culture.school_time import SchoolYear
from webapp.culture.tally import Tally
from webapp.culture.vocabulary import TRAITS, Trait
from webapp.heatmap import change
from webapp.heatmap.change import Changes, ChangeView

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
YEAR = SchoolYear(first=date(2026, 8, 3), last=date(2027, 8, 1))
MONDAY = date(2026, 8, 3)
EVIDENCE = TRAITS.index(Trait.EVIDENCE)


def week_of(db: Session, cast: Cast, week: int, some: int, n: int, *, since: date = MONDAY, days: int = 5) -> None:
    """`some` of `n` with evidence, in a week counted from 0, day after day."""
    for number in range(n):
        day = since + timedelta(weeks=week, days=number % days)
        at = datetime(day.year, day.month, day.day, 15, 0, tzinfo=UTC)
        traits = (Trait.EVIDENCE,) if number < some else ()
        heard(db, cast.school, cast.places[number % 3], (cast.coach, cast.principal)[number % 2], at, *traits)


def read(**parts: str) -> ChangeView:
    return ChangeView.read(parts, today=TODAY, year=YEAR, last_year=lambda: YEAR, week_start=1)


def drawn(app: Flask, db: Session, world: World, **parts: str) -> Changes:
    with app.test_request_context():
        return change.draw(db, world.ours.school, read(**parts), NOW)


def points(changes: Changes, trait: int = EVIDENCE) -> list[Tally]:
    return [point.tally for point in changes.series[trait].chart.points]
