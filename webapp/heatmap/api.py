"""`GET /api/v1/schools/{school}/heatmap` and `…/coverage`."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal, Self

from flask import Blueprint
from pydantic import BeforeValidator, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from webapp.culture.school_time import Period, local_date
from webapp.culture.vocabulary import PlaceKind, Role, Setting
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
from webapp.heatmap.view import Against, View, day_said, floor_said
from webapp.observing.only import Only
from webapp.observing.tallies import Row
from webapp.schools import places
from webapp.schools.access import enter
from webapp.schools.models import School
from webapp.schools.permissions import May
from webapp.web.endpoint import Shape, endpoint
from webapp.web.problems import MalformedError

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
    rows: Literal["place", "floor", "setting", "kind", "week", "weekday", "hour"] = "place"
    first: Day = Field(None, alias="from")
    last: Day = Field(None, alias="to")
    # Empty is all, as a form leaves it.
    setting: Literal["", "passing", "break", "team_meeting", "staff_meeting", "one_to_one", "other"] = ""
    kind: Literal[
        "", "hallway", "lounge", "meeting_room", "classroom", "office", "library", "cafeteria", "outdoors", "other"
    ] = ""
    floor: str = Field("", pattern=r"^(|-?[0-9]{1,2}|elsewhere)$")
    observers: Literal["", "admin", "observer"] = ""
    compare: Literal["", "before", "year"] = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first and self.last and self.last < self.first:
            raise ValueError("The last day (`to`) comes before the first (`from`).")
        return self

    def period(self, today: date) -> Period:
        last = self.last or max(today, self.first or today)
        # Counted in days of the calendar, whose first has none before it.
        return Period(self.first or date.fromordinal(max(1, last.toordinal() - 29)), last)

    def view(self, today: date) -> View:
        """What the page would show.

        Raises:
            MalformedError: the calendar does not reach back to the days compared with.
        """
        only = Only(
            setting=Setting(self.setting) if self.setting else None,
            kind=PlaceKind(self.kind) if self.kind else None,
            floor=floor_said(self.floor) if self.floor else None,
            observers=Role(self.observers) if self.observers else None,
        )
        against = Against(self.compare) if self.compare else None
        try:
            return View.of(Row(self.rows), self.period(today), only=only, against=against)
        except ValueError as early:
            raise _refused("compare", str(early)) from None


class HeatmapBefore(Shape):
    """What was heard in the period compared with."""

    heard: int
    n: int


class HeatmapCell(Shape):
    """Heard in `heard` of `n`; `low` and `high` are the 95 % Wilson limits of the rate.

    `steadied` is the rate as the other rows make it likely, which gives the cell its colour. `before` stands where a
    comparison was asked for, `change` where the rate is another than before by more than chance.
    """

    trait: str
    heard: int
    n: int
    rate: float
    low: float
    high: float
    steadied: float
    before: HeatmapBefore | None
    change: Literal["up", "down"] | None


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
    """How often each trait was heard, by place, floor, setting, kind of place, week, weekday or hour."""
    now = datetime.now(UTC)
    view = grid.permitted(db.session, school, query.view(local_date(now, school.zone)))
    for field, problem in view.problems.items():
        raise _refused(field, problem)
    groups, _pointed = grid.rows(db.session, school, view, now, places.all_of(db.session, school))
    lines = [line for group in groups for line in group.lines if line.n]
    return Heatmap(rows=[_row(line) for line in lines], total=HeatmapTotal(n=sum(line.n for line in lines)))


def _refused(field: str, problem: str) -> MalformedError:
    return MalformedError("The address asks for what cannot be shown.", errors=[{"field": field, "message": problem}])


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
        steadied=cell.steadied,
        before=None if cell.before is None else HeatmapBefore(heard=cell.before.heard, n=cell.before.n),
        change=None if cell.change is None else cell.change.value,
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
