"""Conversations over a school's weeks, plenty and varied, for tests of what is published of them."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.world import Cast
from webapp.culture.disclosure import closes_at
from webapp.culture.school_time import Period
from webapp.culture.vocabulary import Setting, Trait
from webapp.observing.models import Observation

FIRST = Period(date(2026, 8, 3), date(2026, 8, 30))
SECOND = Period(date(2026, 8, 31), date(2026, 9, 27))
THIRD = Period(date(2026, 9, 28), date(2026, 10, 25))
LAST = Period(date(2027, 7, 5), date(2027, 8, 1))
AUTUMN = Period(date(2026, 8, 3), date(2027, 1, 3))
SETTINGS = (Setting.PASSING, Setting.BREAK, Setting.TEAM_MEETING)


def plenty(
    session: Session, here: Cast, window: Period, n: int = 24, *, evidence: int = 12, alone: bool = False
) -> list[Observation]:
    """`n` conversations on different days, in different places and settings, by two observers, or by one alone.

    Evidence was in the first `evidence` of them, nothing else in any.
    """
    made = []
    for number in range(n):
        day = window.first + timedelta(days=number * window.days // n)
        observer = here.coach if alone or number % 2 else here.principal
        made += heard(
            session,
            here.school,
            here.places[number % len(here.places)],
            observer,
            noon(here, day),
            *([Trait.EVIDENCE] if number < evidence else []),
            setting=SETTINGS[number % len(SETTINGS)],
        )
    return made


def noon(here: Cast, day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=here.school.zone)


def closing(here: Cast, window: Period) -> datetime:
    """The instant at which it closes."""
    return closes_at(window, here.school.zone)
