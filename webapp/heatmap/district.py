"""The schools of a district side by side: by traits, or week by week. Sorted by name or by who has been listened to
least, never by what was heard: no league table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp.culture.school_time import monday_of
from webapp.culture.shading import tone
from webapp.culture.steadying import Law
from webapp.culture.tally import NOTHING, Tally
from webapp.culture.vocabulary import TRAITS, Trait
from webapp.heatmap.grid import SILENT, Cell
from webapp.observing import district_weeks
from webapp.observing.district_weeks import SchoolTallies
from webapp.schools.models import District, School

ENOUGH: Final = 10
"""From how many listen-ins on a rate is shown: fewer may be the meetings of one team."""
SPANS: Final = (4, 13, 52)
"""For how many weeks one may ask: a month, a quarter, a year."""
COLUMNS: Final = 13
"""How many weeks stand side by side."""


class Order(StrEnum):
    """How schools stand: by name, or those with the fewest listen-ins first."""

    NAME = "name"
    LEAST = "least"


@dataclass(frozen=True, slots=True)
class DistrictView:
    """What a reader wants to see: the last weeks so far, by traits or, for one trait, week by week."""

    weeks: int = 13
    trait: Trait | None = None
    order: Order = Order.NAME
    is_understood: bool = True

    @classmethod
    def read(cls, said: Mapping[str, str]) -> Self:
        """The view that `weeks`, `trait` and `order` of the address ask for; what cannot be followed is as at first."""
        spans, traits = {str(span): span for span in SPANS}, {trait.word: trait for trait in TRAITS}
        weeks, word, order = said.get("weeks", "13"), said.get("trait", ""), said.get("order", Order.NAME)
        known = weeks in spans and (not word or word in traits) and order in set(Order)
        return cls(
            spans.get(weeks, 13), traits.get(word), Order(order) if order in set(Order) else Order.NAME, bool(known)
        )

    def address(self, **changed: str | None) -> dict[str, str]:
        """The parts of an address that lead to this view, with some changed."""
        trait = None if self.trait is None else self.trait.word
        parts: dict[str, str | None] = {"weeks": str(self.weeks), "trait": trait, "order": self.order} | changed
        return {name: value for name, value in parts.items() if value}


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """A school: how many listen-ins it has, and its cells, a trait or a week each.

    `quiet_since` is the Monday of the last week in which somebody listened, where that is longer ago than last week.
    """

    school: School
    n: int
    quiet_since: date | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class DistrictGrid:
    """All schools of a district; `columns` are the Mondays of the weeks shown, none where they are the traits.

    What is told reaches from the day `first` to the day `last`, which is today.
    """

    lines: tuple[SchoolLine, ...]
    columns: tuple[date, ...]
    first: date
    last: date

    @property
    def n(self) -> int:
        """All listen-ins together."""
        return sum(line.n for line in self.lines)

    @property
    def silent(self) -> int:
        """In how many schools nobody has listened."""
        return sum(not line.n for line in self.lines)


def draw(session: Session, district: District, view: DistrictView, today: date) -> DistrictGrid:
    """The schools as this view asks for them; the week of `today` is the last."""
    this = monday_of(today, 1)
    first = this - timedelta(weeks=view.weeks - 1)
    schools = district_weeks.schools_of(session, district)
    heard = district_weeks.by_school(session, district, first)
    columns: tuple[date, ...] = ()
    if view.trait is None:
        cells = _by_trait(schools, heard)
    else:
        # The newest first, so that it is seen on a phone without moving the table.
        columns = tuple(this - timedelta(weeks=back) for back in range(min(view.weeks, COLUMNS)))
        told = district_weeks.by_week(session, district, columns[-1], view.trait)
        cells = _by_week(view.trait, [told.get(school.id, {}) for school in schools], columns)
    recent = this - timedelta(weeks=1)
    lines = [_line(school, heard.get(school.id), some, recent) for school, some in zip(schools, cells, strict=True)]
    if view.order is Order.LEAST:
        lines.sort(key=lambda line: line.n)
    return DistrictGrid(tuple(lines), columns, first, today)


def problem(view: DistrictView) -> str | None:
    """What to say where the address asks for what there is not."""
    return None if view.is_understood else _("This page cannot be shown as the address asks. Choose one of these.")


def _line(school: School, heard: SchoolTallies | None, cells: tuple[Cell, ...], recent: date) -> SchoolLine:
    if heard is None:
        return SchoolLine(school, 0, None, cells)
    return SchoolLine(school, heard.tallies[0].n, heard.last if heard.last < recent else None, cells)


def _of(heard: Mapping[UUID, SchoolTallies], school: School) -> tuple[Tally, ...]:
    found = heard.get(school.id)
    return SILENT if found is None else found.tallies


def _by_trait(schools: Sequence[School], heard: Mapping[UUID, SchoolTallies]) -> list[tuple[Cell, ...]]:
    columns = []
    for trait, column in zip(TRAITS, zip(*(_of(heard, school) for school in schools), strict=True), strict=True):
        columns.append(_cells(trait, column, Law.of(column)))
    return list(zip(*columns, strict=True))


def _by_week(trait: Trait, told: Sequence[Mapping[date, Tally]], mondays: Sequence[date]) -> list[tuple[Cell, ...]]:
    rows = [[weeks.get(monday, NOTHING) for monday in mondays] for weeks in told]
    law = Law.of([tally for row in rows for tally in row])
    return [tuple(_cells(trait, row, law)) for row in rows]


def _cells(trait: Trait, tallies: Sequence[Tally], law: Law) -> list[Cell]:
    return [
        Cell(trait, tally, rate, tone(tally, rate)) for tally, rate in zip(tallies, law.rates(tallies), strict=True)
    ]
