"""Where and when nobody has listened: a school's day, its plan, and what is due by it as of now.

All days are the school's own. Those that count are the weekdays of the plan within the terms of the school year: over a
weekend or in the holidays nobody neglects a place.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Final

from webapp.culture.school_time import DAY, Period, SchoolYear
from webapp.culture.words import N_

MINUTES_A_DAY: Final = 24 * 60
MOST_PERIODS: Final = 8
MOST_TIMES: Final = 20
MOST_WEEKS: Final = 12


@dataclass(frozen=True, slots=True, order=True)
class DayPeriod:
    """A period of the day: from a minute since midnight until before another, under a name.

    Raises:
        ValueError: it leaves the day, or does not end after it begins.
    """

    begins: int
    ends: int
    name: str

    def __post_init__(self) -> None:
        """Refuse what is no part of a day."""
        if not 0 <= self.begins < self.ends <= MINUTES_A_DAY:
            raise ValueError(f"from minute {self.begins} to {self.ends} is no period of a day")


USUAL_DAY: Final = (
    DayPeriod(6 * 60, 8 * 60, N_("Before school")),
    DayPeriod(8 * 60, 11 * 60, N_("Morning")),
    DayPeriod(11 * 60, 13 * 60, N_("Midday")),
    DayPeriod(13 * 60, 15 * 60, N_("Afternoon")),
    DayPeriod(15 * 60, 18 * 60, N_("After school")),
)
"""The day of a school that has set none; names to be translated."""


@dataclass(frozen=True, slots=True)
class Plan:
    """To listen in every place at least `times` in `weeks` weeks, on these weekdays (1 for Monday to 7).

    `periods` stand in order and do not overlap; they may leave gaps.

    Raises:
        ValueError: it asks for nothing, or for more than a plan may; it names no weekday; or periods overlap.
    """

    times: int = 1
    weeks: int = 4
    weekdays: frozenset[int] = frozenset(range(1, 6))
    periods: tuple[DayPeriod, ...] = USUAL_DAY

    def __post_init__(self) -> None:
        """Refuse a plan that cannot be."""
        if not (1 <= self.times <= MOST_TIMES and 1 <= self.weeks <= MOST_WEEKS):
            raise ValueError(f"{self.times} times in {self.weeks} weeks is no plan")
        if not self.weekdays or not self.weekdays <= set(range(1, 8)):
            raise ValueError(f"{set(self.weekdays)} are no weekdays")
        if not 1 <= len(self.periods) <= MOST_PERIODS:
            raise ValueError(f"a day has 1 to {MOST_PERIODS} periods, not {len(self.periods)}")
        for one, following in pairwise(self.periods):
            if following.begins < one.ends:
                raise ValueError(f"{following.name} begins before {one.name} ends")

    @property
    def days(self) -> int:
        """How many school days its weeks have."""
        return self.weeks * len(self.weekdays)


USUAL_PLAN: Final = Plan()
"""The plan of a school that has set none."""


class Standing(StrEnum):
    """How a place stands by the plan."""

    MET = "met"
    """Listened to as often as planned within the last weeks of the plan."""

    OPEN = "open"
    """Not yet, and the year is younger than the plan's weeks: there is still time."""

    DUE = "due"
    """Not as often as planned, and the weeks are over."""

    REST = "rest"
    """It is not school year: nothing is due."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """How a place stands: how many school days nobody was there, and the whole weeks in them."""

    standing: Standing
    days: int
    weeks: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """The school days of a year so far, in order, as of today, which is not over and may be one of them."""

    plan: Plan
    year: SchoolYear
    today: date
    so_far: tuple[date, ...]

    @classmethod
    def of(cls, plan: Plan, year: SchoolYear, today: date) -> "Calendar":
        """The days that count: the plan's weekdays within the terms; in a year without terms all of it."""
        spans: Sequence[Period] = year.terms or (Period(year.first, year.last),)
        days = tuple(
            day
            for span in spans
            for day in _days(span.first, min(span.last, today))
            if day.isoweekday() in plan.weekdays
        )
        return cls(plan, year, today, days)

    @property
    def since(self) -> date:
        """The first day of the plan's last weeks; that of the year where it is younger than they."""
        return self.so_far[-self.plan.days] if self._is_whole else self.year.first

    def quiet(self, *, recent: int, last: date | None) -> Quiet:
        """How a place stands that was listened to `recent` times from `since` on, the last time on `last`.

        Its quiet days lie between the last listen-in and today, both left out: neither was without one, as far as is
        known. None where nobody was there this year: then all days before today.
        """
        before_today = bisect_left(self.so_far, self.today)
        days = before_today if last is None else max(0, before_today - bisect_right(self.so_far, last))
        return Quiet(self._standing(recent), days, days // len(self.plan.weekdays))

    def _standing(self, recent: int) -> Standing:
        if not self.year.first <= self.today <= self.year.last:
            return Standing.REST
        if recent >= self.plan.times:
            return Standing.MET
        return Standing.DUE if self._is_whole else Standing.OPEN

    @property
    def _is_whole(self) -> bool:
        return len(self.so_far) >= self.plan.days


def _days(first: date, last: date) -> list[date]:
    return [first + DAY * number for number in range((last - first).days + 1)]
