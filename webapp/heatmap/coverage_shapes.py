"""What `GET /api/v1/schools/{school}/coverage` asks and answers."""

from datetime import date
from typing import Literal, Self

from pydantic import Field

from webapp.culture.coverage import DayPeriod
from webapp.web.endpoint import Shape


class CoverageQuery(Shape):
    """Of which days: those of this term so far, or of the whole school year."""

    span: Literal["term", "year"] = Field("term", alias="of")


class CoverageDayPeriod(Shape):
    """A period of the school's day, from a time until before another (`24:00` at the end of the day)."""

    name: str
    begins: str = Field(alias="from")
    ends: str = Field(alias="to")

    @classmethod
    def of(cls, period: DayPeriod) -> Self:
        begins, ends = (f"{minute // 60:02}:{minute % 60:02}" for minute in (period.begins, period.ends))
        return cls.model_validate({"name": period.name, "from": begins, "to": ends})


class CoveragePlan(Shape):
    """Every place at least `times` in `weeks` weeks, on these weekdays (1 for Monday to 7); `since` is the first day
    of those weeks, as of today."""

    times: int
    weeks: int
    weekdays: list[int]
    since: date
    periods: list[CoverageDayPeriod]


class CoverageSlot(Shape):
    """Listen-ins on one weekday in one period of the day, by its number in the plan; `null` is outside them all."""

    weekday: int
    period: int | None
    n: int


class CoveragePlace(Shape):
    """A place: `n` listen-ins in the days asked for, `recent` in the plan's weeks; the school days and whole weeks in
    which nobody was there. `standing` is `met`, `open` (there is still time), `due`, `rest` (no school year), or `null`
    where the place was put away."""

    place: str
    label: str
    archived: bool
    n: int
    recent: int
    last: date | None
    quiet_days: int
    quiet_weeks: int
    standing: Literal["met", "open", "due", "rest"] | None
    slots: list[CoverageSlot]


class CoverageSample(Shape):
    """From how many observers, days and places it comes; how many the busiest of each gave, and which over half."""

    n: int
    observers: int
    days: int
    places: int
    busiest: dict[str, int]
    lopsided: list[str]


class Coverage(Shape):
    """Where and when somebody has listened from `first` until `today`, in the school's own days."""

    today: date
    first: date
    plan: CoveragePlan
    places: list[CoveragePlace]
    sample: CoverageSample
