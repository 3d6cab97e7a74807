"""What a chart draws, against what was computed for it: for any tallies."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.promises import promise
from webapp.culture.bands import Change
from webapp.culture.charting import chart
from webapp.culture.school_time import Period
from webapp.culture.tally import Tally
from webapp.heatmap.control_chart import HEIGHT, WIDTH, Drawing, Level, drawing

MONDAY = date(2026, 8, 3)
tallies = st.integers(0, 30).flatmap(lambda n: st.builds(Tally, st.integers(0, n), st.just(n)))
terms = st.lists(tallies, min_size=1, max_size=40)


def weeks(number: int) -> list[Period]:
    firsts = [MONDAY + timedelta(weeks=week) for week in range(number)]
    return [Period(first, first + timedelta(days=6)) for first in firsts]


def drawn(tallies: list[Tally], *marks: tuple[int, date]) -> Drawing:
    return drawing(chart(tallies), weeks(len(tallies)), marks=marks, moved=None)


def share(y: float) -> float:
    return 1 - y / HEIGHT


@promise("STATISTICS-17")
@given(terms)
def test_every_point_and_limit_stands_where_its_figure_says(periods: list[Tally]) -> None:
    told, shown = chart(periods), drawn(periods)
    step = WIDTH / len(periods)
    listened = [(place, point) for place, point in enumerate(told.points) if point.tally.rate is not None]
    assert len(shown.dots) == len(listened)
    for dot, (place, point) in zip(shown.dots, listened, strict=True):
        assert dot.x == pytest.approx((place + 0.5) * step, abs=0.01)
        assert share(dot.y) == pytest.approx(point.tally.rate, abs=0.001)
        assert (dot.few, dot.beyond) == (point.tally.n < 5, point.beyond)
    limited = [(place, point.limits) for place, point in enumerate(told.points) if point.limits]
    for reach, (place, limits) in zip(shown.reaches, limited, strict=True):
        assert reach.x == pytest.approx(place * step, abs=0.01)
        assert share(reach.y) == pytest.approx(limits.high, abs=0.001)
        assert share(reach.y + reach.height) == pytest.approx(limits.low, abs=0.001)
    assert (shown.centre is None) == (told.centre is None)
    assert told.centre is None or share(shown.centre or 0.0) == pytest.approx(told.centre, abs=0.001)


@given(terms)
def test_a_line_joins_neighbours_and_no_two_with_a_gap_between(periods: list[Tally]) -> None:
    joined = [points.split() for points in drawn(periods).strokes]
    pairs = sum(bool(one.n and other.n) for one, other in zip(periods, periods[1:], strict=False))
    assert sum(len(points) - 1 for points in joined) == pairs


def test_a_point_beyond_its_limits_knows_which_way() -> None:
    periods = [Tally(10, 20)] * 12 + [Tally(20, 20), Tally(0, 20), Tally(1, 2)]
    *usual, up, down, few = drawn(periods).dots
    assert {dot.beyond for dot in usual} == {None}
    assert (up.beyond, down.beyond, few.beyond, few.few) == (Change.UP, Change.DOWN, None, True)


def test_limits_reach_further_where_there_are_fewer() -> None:
    shown = drawn([Tally(20, 40)] * 12 + [Tally(5, 10)])
    assert shown.reaches[-1].height > shown.reaches[0].height
    assert drawn([Tally(20, 40)] * 11).reaches == ()


def test_a_next_step_stands_at_its_day_and_only_where_there_is_a_period() -> None:
    shown = drawn([Tally(5, 10)] * 4, (1, MONDAY), (2, date(2026, 8, 12)), (3, date(2026, 7, 1)))
    assert [(mark.number, mark.x) for mark in shown.marks] == [(1, 0), (2, round((1 + 2 / 7) * WIDTH / 4, 2))]


def test_another_level_is_a_line_over_its_periods() -> None:
    periods = [Tally(5, 10)] * 4
    shown = drawing(chart(periods), weeks(4), marks=(), moved=(1, 2, 0.75))
    assert shown.moved == Level(WIDTH / 4, 3 * WIDTH / 4, HEIGHT / 4)
