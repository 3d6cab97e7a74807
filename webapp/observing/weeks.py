"""The weeks of a school, counted along with every change, and anew.

A district looks at a hundred schools at once: these few rows a school spare it their observations.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CursorResult, Insert, Table, Update, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.culture.school_time import Period, local_date, monday_of
from webapp.culture.tally import Tally
from webapp.culture.vocabulary import TRAITS
from webapp.observing import tallies
from webapp.observing.changes import Content
from webapp.observing.models import SchoolWeek
from webapp.observing.tallies import Row, Tallies
from webapp.schools.models import School

WEEKS: Final = cast(Table, SchoolWeek.__table__)
COUNTED: Final = ("n", *(trait.word for trait in TRAITS))
# Offsets of zones are whole quarters of an hour, so all of a quarter lies on one day.
QUARTER: Final = 15 * 60


@dataclass(slots=True)
class Weeks:
    """By how much the weeks of one school change in a transaction that holds its row."""

    zone: ZoneInfo
    week_start: int
    by: dict[date, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0] * len(COUNTED)))

    def move(self, before: Content | None, after: Content | None) -> None:
        """An observation is, and was, as said; None where it is not there."""
        for content, times in ((before, -1), (after, 1)):
            if content is not None:
                self._count(int(content.observed_at.timestamp()), int(content.heard), times)

    def add(self, seconds: Iterable[int], heard: Iterable[int]) -> None:
        """New ones: the second that each is filed under, and what was heard, a bit a trait."""
        self._count_all(seconds, heard, 1)

    def take(self, seconds: Iterable[int], heard: Iterable[int]) -> None:
        """Those that go, told as new ones are."""
        self._count_all(seconds, heard, -1)

    def write(self, session: Session, school: UUID) -> None:
        """Counts them on in the table."""
        connection = session.connection()
        for monday, by in sorted(self.by.items()):
            if not any(by):
                continue
            said = {
                "in_school": school,
                "in_week": monday,
                **{f"by_{name}": more for name, more in zip(COUNTED, by, strict=True)},
            }
            if 0 <= min(by) <= max(by) == by[0]:
                connection.execute(_upsert(connection.dialect.name), said)
                continue
            # No week by itself: what was mended or goes was counted before, so the row is there.
            if cast(CursorResult[Any], connection.execute(LESS, said)).rowcount != 1:
                raise RuntimeError(f"the week of {monday} was never counted")

    def _count_all(self, seconds: Iterable[int], heard: Iterable[int], sign: int) -> None:
        quarters = [second - second % QUARTER for second in seconds]
        for (quarter, traits), times in Counter(zip(quarters, heard, strict=True)).items():
            self._count(quarter, traits, sign * times)

    def _count(self, second: int, traits: int, times: int) -> None:
        day = local_date(datetime.fromtimestamp(second, UTC), self.zone)
        by = self.by[monday_of(day, self.week_start)]
        by[0] += times
        for at, trait in enumerate(TRAITS, 1):
            if traits & trait:
                by[at] += times


def kept(session: Session, school: School) -> dict[date, Tallies]:
    """The weeks as they are kept; those without listen-ins are left out."""
    rows = session.execute(select(SchoolWeek).where(SchoolWeek.school_id == school.id, SchoolWeek.n > 0)).scalars()
    return {row.monday: tuple(Tally(getattr(row, trait.word), row.n) for trait in TRAITS) for row in rows}


def counted(session: Session, school: School) -> dict[date, Tallies]:
    """The weeks as they come out of the observations."""
    period = tallies.listened(session, school)
    if period is None:
        return {}
    found = tallies.count(session, school, by=Row.WEEK, period=Period(period.first, period.last))
    return {date.fromisoformat(monday): told for monday, told in found.items()}


def rebuild(session: Session, school: School) -> int:
    """Counts the weeks anew, in the caller's transaction, which holds the school's row; how many were different."""
    before, after = kept(session, school), counted(session, school)
    session.execute(delete(SchoolWeek).where(SchoolWeek.school_id == school.id))
    rows = [
        {"school_id": school.id, "monday": monday, "n": told[0].n}
        | {trait.word: tally.heard for trait, tally in zip(TRAITS, told, strict=True)}
        for monday, told in after.items()
    ]
    if rows:
        session.execute(insert(SchoolWeek), rows)
    return sum(before.get(monday) != after.get(monday) for monday in before.keys() | after.keys())


@cache
def _upsert(dialect: str) -> Insert:
    into: sqlite.Insert | postgresql.Insert = (sqlite if dialect == "sqlite" else postgresql).insert(WEEKS)
    said: dict[str, Any] = {"school_id": bindparam("in_school"), "monday": bindparam("in_week")}
    added = into.values(said | {name: bindparam(f"by_{name}") for name in COUNTED})
    more = {name: WEEKS.c[name] + added.excluded[name] for name in COUNTED}
    return added.on_conflict_do_update(index_elements=["school_id", "monday"], set_=more)


LESS: Final[Update] = (
    update(WEEKS)
    .where(WEEKS.c.school_id == bindparam("in_school"), WEEKS.c.monday == bindparam("in_week"))
    .values({name: WEEKS.c[name] + bindparam(f"by_{name}", type_=WEEKS.c[name].type) for name in COUNTED})
)
