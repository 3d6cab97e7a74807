"""The weeks of the demo school: it begins so many weeks ago, with holidays and thin weeks at fixed places."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from typing import Final
from zoneinfo import ZoneInfo

from webapp.culture.school_time import DAY, SchoolYear, Term, this_week

ZONE: Final = ZoneInfo("America/New_York")
WEEK: Final = timedelta(weeks=1)
WEEKS_A_YEAR: Final = 52
TERM_WEEKS: Final = (0, 18, 34)
"""The weeks of the year in which a term begins."""

SCHOOL_DAYS: Final = 5
HOLIDAYS: Final = frozenset({9, 10, 19})
THIN: Final = frozenset({8, 11})
"""Around the holidays only one person records, so that the third window waits and joins the fourth."""
PATTERN_WEEKS: Final = 26


class Week(Enum):
    """What sort of week it is."""

    ORDINARY = auto()
    THIN = auto()
    HOLIDAY = auto()


@dataclass(frozen=True, slots=True)
class Calendar:
    """So many weeks of school, the last of them the one that `today` is in."""

    today: date
    weeks: int

    @property
    def first(self) -> date:
        """The Monday on which the school (and its year) begins."""
        return this_week(self.today, 1).first - (self.weeks - 1) * WEEK

    @property
    def turn(self) -> date:
        """The Monday, half-way, from which what the team decided to try can be heard."""
        return self.monday(self.weeks // 2)

    def monday(self, week: int) -> date:
        """The first day of a week, counted from 0."""
        return self.first + week * WEEK

    def days(self) -> Iterator[tuple[int, int, Week]]:
        """School days that are over: week and weekday, both counted from 0, and what sort of week it is."""
        for week in range(self.weeks):
            for weekday in range(SCHOOL_DAYS):
                if self.monday(week) + weekday * DAY < self.today:
                    yield week, weekday, sort_of(week)

    def ends(self, week: int) -> datetime:
        """When the week is over and all that was recorded in it has been sent."""
        return local(min(self.monday(week) + WEEK, self.today), 0)

    def years(self) -> Iterator[SchoolYear]:
        """School years of 52 weeks from the first day on, until today lies in one."""
        first = self.first
        while first <= self.today:
            after = first + WEEKS_A_YEAR * WEEK
            begins = [first + week * WEEK for week in TERM_WEEKS]
            ends = [*(each - DAY for each in begins[1:]), after - DAY]
            terms = tuple(Term(begin, end) for begin, end in zip(begins, ends, strict=True))
            yield SchoolYear(first=first, last=after - DAY, terms=terms)
            first = after


def sort_of(week: int) -> Week:
    """What sort of week this one is."""
    place = week % PATTERN_WEEKS
    if place in HOLIDAYS:
        return Week.HOLIDAY
    return Week.THIN if place in THIN else Week.ORDINARY


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant of the school's own day."""
    return datetime.combine(day, time(hour, minute), ZONE)
