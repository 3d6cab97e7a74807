"""`GET /api/v1/schools/{school}/heatmap` and `…/coverage`."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal, Self

from flask import Blueprint
from pydantic import BeforeValidator, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from webapp.culture.school_time import Period, local_date
from webapp.extensions import db
from webapp.heatmap import grid
from webapp.heatmap.coverage import PlaceCoverage, Span, cover
from webapp.heatmap.coverage_shapes import (
    Coverage,
    CoverageDayPeriod,
    CoveragePlace,
    CoveragePlan,
    CoverageQuery,
    CoverageSample,
    CoverageSlot,
)
from webapp.heatmap.view import day_said
from webapp.observing.tallies import Row
from webapp.schools.access import enter
from webapp.schools.models import School
from webapp.schools.permissions import May
from webapp.web.endpoint import Shape, endpoint

api = Blueprint("heatmap_api", __name__, url_prefix="/api/v1")


def _day(said: object) -> date | None:
    if said is None or isinstance(said, date):
        return said
    try:
        return day_said(str(said))
    except ValueError:
        raise ValueError("Write a day of the calendar as in 2026-11-24.") from None


Day = Annotated[date | SkipJsonSchema[None], BeforeValidator(_day)]


class HeatmapQuery(Shape):
    """What the rows are, and the days, both included, in the school's zone; without days the last 30."""

    # The words themselves: a parameter's schema stands alone and cannot refer to one of the shapes.
    rows: Literal["place", "setting", "kind", "week", "weekday", "hour"] = "place"
    first: Day = Field(None, alias="from")
    last: Day = Field(None, alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first and self.last and self.last < self.first:
            raise ValueError("The last day (`to`) comes before the first (`from`).")
        return self

    def period(self, today: date) -> Period:
        last = self.last or max(today, self.first or today)
        # Counted in days of the calendar, whose first has none before it.
        return Period(self.first or date.fromordinal(max(1, last.toordinal() - 29)), last)


class HeatmapCell(Shape):
    """Heard in `heard` of `n`; `low` and `high` are the 95 % Wilson limits of the rate."""

    trait: str
    heard: int
    n: int
    rate: float
    low: float
    high: float


class HeatmapRow(Shape):
    """One place, setting, kind, week, weekday or hour that was listened to, with the seven traits in order."""

    key: str
    label: str
    cells: list[HeatmapCell]


class HeatmapTotal(Shape):
    """All observations of the days asked for."""

    n: int


class Heatmap(Shape):
    """How often each trait was heard, row by row; rows without observations are left out."""

    rows: list[HeatmapRow]
    total: HeatmapTotal


@endpoint(api, "GET", "/schools/<uuid:school>/heatmap", query=HeatmapQuery, answer=Heatmap)
@enter(May.SEE_HEATMAP)
def show_heatmap(school: School, query: HeatmapQuery) -> Heatmap:
    """How often each trait was heard, by place, setting, kind of place, week, weekday or hour."""
    now = datetime.now(UTC)
    period = query.period(local_date(now, school.zone))
    groups = grid.rows(db.session, school, Row(query.rows), period, now)
    lines = [line for group in groups for line in group.lines if line.n]
    return Heatmap(rows=[_row(line) for line in lines], total=HeatmapTotal(n=sum(line.n for line in lines)))


def _row(line: grid.Line) -> HeatmapRow:
    return HeatmapRow(key=line.key, label=line.label, cells=[_cell(cell) for cell in line.cells])


def _cell(cell: grid.Cell) -> HeatmapCell:
    tally, limits = cell.tally, cell.limits
    return HeatmapCell(
        trait=cell.trait.word,
        heard=tally.heard,
        n=tally.n,
        rate=tally.heard / tally.n,
        low=limits.low,
        high=limits.high,
    )


@endpoint(api, "GET", "/schools/<uuid:school>/coverage", query=CoverageQuery, answer=Coverage)
@enter(May.SEE_HEATMAP)
def show_coverage(school: School, query: CoverageQuery) -> Coverage:
    """Where and when somebody has listened, and what is due by the school's plan, as of now."""
    found = cover(db.session, school, Span(query.span), datetime.now(UTC))
    sample, plan = found.sample, found.plan
    return Coverage(
        today=found.today,
        first=found.shown.first,
        plan=CoveragePlan(
            times=plan.times,
            weeks=plan.weeks,
            weekdays=sorted(plan.weekdays),
            since=found.calendar.since,
            periods=[CoverageDayPeriod.of(each) for each in plan.periods],
        ),
        places=[_place(each) for each in found.places],
        sample=CoverageSample(
            n=sample.n,
            observers=sample.observers,
            days=sample.days,
            places=sample.places,
            busiest={part.value: n for part, n in found.busiest.items()},
            lopsided=[part.value for part in found.lopsided],
        ),
    )


def _place(each: PlaceCoverage) -> CoveragePlace:
    return CoveragePlace(
        place=str(each.place.id),
        label=each.place.name,
        archived=each.place.archived,
        n=each.n,
        recent=each.recent,
        last=each.last,
        quiet_days=each.quiet.days,
        quiet_weeks=each.quiet.weeks,
        standing=None if each.place.archived else each.quiet.standing.value,
        slots=[
            CoverageSlot(weekday=slot.weekday, period=slot.day_period, n=slot.shown)
            for slot in sorted(each.slots, key=lambda slot: (slot.weekday, slot.day_period is None, slot.day_period))
            if slot.shown
        ],
    )
