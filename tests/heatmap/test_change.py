"""What is drawn over time, of which days, and how few questions it takes."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.acting.steps import decided
from tests.heatmap.weeks import EVIDENCE, MONDAY, NOW, TODAY, drawn, points, read, week_of
from tests.promises import promise
from tests.world import World
from webapp.culture.charting import Sign, chart
from webapp.culture.comparing import difference
from webapp.culture.school_time import DAY, Period, this_week
from webapp.culture.tally import NOTHING, Tally
from webapp.heatmap import change
from webapp.heatmap.change import Every
from webapp.heatmap.view import Preset


@promise("STATISTICS-17")
def test_the_charts_are_those_of_the_weeks_with_gaps_where_nobody_listened(
    app: Flask, db: Session, world: World
) -> None:
    for week, (some, n) in enumerate([(2, 6), (0, 0), (3, 3), (1, 9)]):
        week_of(db, world.ours, week, some, n)
        week_of(db, world.neighbour, week, n, n)
    found = drawn(app, db, world)
    weeks = [Tally(2, 6), NOTHING, Tally(3, 3), Tally(1, 9), *[NOTHING] * 13]
    assert points(found) == weeks
    assert points(found, 0) == [Tally(0, tally.n) for tally in weeks]
    assert found.series[EVIDENCE].chart == chart(weeks)
    assert [period.first for period in found.periods] == [MONDAY + timedelta(weeks=week) for week in range(17)]
    assert [dot.few for dot in found.series[EVIDENCE].drawing.dots] == [False, True, False]
    assert found.listened == 3


@pytest.mark.parametrize("week_start", [1, 6, 7])
def test_weeks_begin_with_the_schools_first_day(app: Flask, db: Session, world: World, week_start: int) -> None:
    world.ours.school.week_start = week_start
    week_of(db, world.ours, 0, 1, 7, days=7)
    with app.test_request_context():
        found = change.draw(db, world.ours.school, read(), NOW)
    first = this_week(MONDAY, week_start)
    assert found.periods[0] == first
    inside = sum(MONDAY + day * DAY in first for day in range(7))
    assert points(found)[0].n == inside
    assert points(found)[1].n == 7 - inside


def test_months_are_whole_ones(app: Flask, db: Session, world: World) -> None:
    for week in range(9):
        week_of(db, world.ours, week, 1, 4)
    found = drawn(app, db, world, every="month")
    assert found.periods[:2] == (
        Period(date(2026, 8, 1), date(2026, 8, 31)),
        Period(date(2026, 9, 1), date(2026, 9, 30)),
    )
    assert found.periods[-1].last == date(2026, 11, 30)
    assert sum(points(found), NOTHING) == Tally(9, 36)


def test_only_the_latest_are_drawn_of_very_many(app: Flask, db: Session, world: World) -> None:
    week_of(db, world.ours, 0, 1, 5, since=date(2020, 1, 6))
    week_of(db, world.ours, 0, 1, 5)
    found = drawn(app, db, world, **{"from": "1970-01-01", "to": "9999-12-31"})
    assert (len(found.periods), found.is_cut) == (change.MOST_PERIODS, True)
    assert found.periods[-1] == this_week(TODAY, 1)
    assert sum(points(found), NOTHING) == Tally(1, 5)


def test_drifts_one_after_the_other_are_told_as_one(app: Flask, db: Session, world: World) -> None:
    for week in range(17):
        week_of(db, world.ours, week, 6 if week < 10 else 15, 20)
    found = drawn(app, db, world, **{"from": "2026-08-03", "to": "2026-11-24"})
    [story] = [series.story for series in found.series if series.story]
    drifts = [signal for signal in found.series[EVIDENCE].chart.signals if signal.sign is Sign.DRIFT]
    assert len(drifts) > 1
    assert (story.first, story.seen) == (drifts[0].first, drifts[-1].seen)


@promise("STATISTICS-19")
def test_before_and_after_are_newcombes_of_as_many_weeks_also_from_before_the_days_shown(
    app: Flask, db: Session, world: World
) -> None:
    begins = date(2026, 9, 2)
    decided(db, world.ours, begins=begins)
    for week in range(17):
        week_of(db, world.ours, week, week, 20)
    found = drawn(app, db, world, **{"from": "2026-09-01", "to": "2026-09-30"})
    [tried] = found.series[EVIDENCE].tried
    days: dict[date, list[int]] = {}
    for week in range(17):
        for number in range(20):
            days.setdefault(MONDAY + timedelta(weeks=week, days=number % 5), []).append(number < week)

    def of(first: date, last: date) -> Tally:
        inside = [each for day, some in days.items() if first <= day <= last for each in some]
        return Tally(sum(inside), len(inside))

    assert tried.weeks == 12
    assert tried.now.tally == of(begins, begins + timedelta(weeks=12) - DAY)
    assert tried.before.tally == of(begins - timedelta(weeks=12), begins - DAY)
    assert tried.now.less(tried.before) == difference(tried.now.tally, tried.before.tally)
    assert sum(points(found), NOTHING) == of(date(2026, 9, 1), date(2026, 9, 30))


def test_steps_of_other_days_or_to_come_are_not_drawn(app: Flask, db: Session, world: World) -> None:
    for begins in (date(2026, 7, 31), date(2026, 12, 1)):
        decided(db, world.ours, begins=begins)
    week_of(db, world.ours, 0, 1, 5)
    found = drawn(app, db, world)
    assert (found.series[EVIDENCE].tried, found.has_steps) == ((), True)


@promise("PRIVACY-2")
def test_a_group_of_observers_is_never_looked_at_over_time(app: Flask, db: Session, world: World) -> None:
    week_of(db, world.ours, 0, 1, 6)
    found = drawn(app, db, world, observers="admin")
    assert points(found)[0].n == 6
    assert found.view.problems["observers"].startswith("Over time all who listened are shown together")
    assert "observers" not in found.view.address()


def test_the_address_keeps_what_was_chosen_and_leaves_out_what_is_the_maps(app: Flask) -> None:
    with app.test_request_context():
        view = read(rows="hour", compare="year", cell="x", setting="break", floor="1", every="month", period="term")
        assert view.address() == {"period": "term", "setting": "break", "floor": "1", "every": "month"}
        assert (read().preset, read().every, read().problems) == (Preset.YEAR, Every.WEEK, {})
        assert set(read(every="day", setting="b", period="x").problems) == {"every", "setting", "period"}


def test_few_questions_are_asked(app: Flask, db: Session, world: World) -> None:
    decided(db, world.ours, begins=MONDAY + timedelta(weeks=2))
    for week in range(4):
        week_of(db, world.ours, week, 2, 6, days=1)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    db.commit()
    world.ours.school.name  # noqa: B018  # read again now, and not while it is counted
    event.listen(db.get_bind(), "before_cursor_execute", note)
    try:
        drawn(app, db, world)
    finally:
        event.remove(db.get_bind(), "before_cursor_execute", note)
    assert len(asked) <= 12, asked
