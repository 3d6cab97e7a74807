"""Where everything of a chart over time stands, in units of its drawing: the same on a screen and on paper."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from webapp.culture.bands import Change
from webapp.culture.charting import Chart, Point
from webapp.culture.school_time import Period
from webapp.culture.tally import ENOUGH_FOR_COLOUR

WIDTH: Final = 280
HEIGHT: Final = 120
"""The drawing is so large; 100 % is at its top, 0 at its bottom, each period as wide as the others."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A period that was listened to; `few` where it has under 5 conversations, `beyond` where chance ends."""

    x: float
    y: float
    few: bool
    beyond: Change | None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far chance alone leads in a period: a box from the upper limit down to the lower."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Level:
    """A rate that holds for a while: a line from x to `until`."""

    x: float
    until: float
    y: float


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a next step begins, under its number."""

    number: int
    x: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart, ready to be drawn; `strokes` join periods that follow one another, and are cut where nobody listened."""

    dots: tuple[Dot, ...]
    reaches: tuple[Reach, ...]
    strokes: tuple[str, ...]
    centre: float | None
    moved: Level | None
    marks: tuple[Mark, ...]


def drawing(
    chart: Chart, periods: Sequence[Period], *, marks: Iterable[tuple[int, date]], moved: tuple[int, int, float] | None
) -> Drawing:
    """The drawing of a chart of these periods.

    `marks` are next steps with their number and first day; `moved` is from which period to which another level held,
    and its rate.
    """
    step = WIDTH / len(periods)
    dots = [_dot(point, (place + 0.5) * step) for place, point in enumerate(chart.points)]
    heard = [list(run) for there, run in groupby(dots, key=lambda dot: dot is not None) if there]
    return Drawing(
        dots=tuple(dot for dot in dots if dot),
        reaches=tuple(
            Reach(round(place * step, 2), _y(at.limits.high), round(step, 2), _length(at.limits.width))
            for place, at in enumerate(chart.points)
            if at.limits
        ),
        strokes=tuple(" ".join(f"{dot.x},{dot.y}" for dot in run if dot) for run in heard if len(run) > 1),
        centre=None if chart.centre is None else _y(chart.centre),
        moved=moved and Level(round(moved[0] * step, 2), round((moved[1] + 1) * step, 2), _y(moved[2])),
        marks=tuple(
            Mark(number, round((place + (day - periods[place].first).days / periods[place].days) * step, 2))
            for number, day in marks
            for place in range(len(periods))
            if day in periods[place]
        ),
    )


def _dot(point: Point, x: float) -> Dot | None:
    rate = point.tally.rate
    return None if rate is None else Dot(round(x, 2), _y(rate), point.tally.n < ENOUGH_FOR_COLOUR, point.beyond)


def _y(share: float) -> float:
    return round(HEIGHT * (1 - share), 2)


def _length(share: float) -> float:
    return round(HEIGHT * share, 2)
