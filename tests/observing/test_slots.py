"""Where and when somebody has listened is counted as by asking every observation in turn, in any zone."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.observing.test_tallies import AUTUMN, NOON, TURNS, ZONES, days, moments
from tests.promises import promise
from tests.world import Cast, World
from webapp.culture.coverage import MINUTES_A_DAY, USUAL_DAY, DayPeriod
from webapp.culture.school_time import Period
from webapp.observing import tallies
from webapp.observing.tallies import Slot

day_periods = st.lists(st.integers(0, MINUTES_A_DAY), min_size=2, max_size=8, unique=True).map(
    lambda minutes: tuple(
        DayPeriod(begins, ends, str(begins))
        for begins, ends in zip(sorted(minutes)[::2], sorted(minutes)[1::2], strict=False)
    )
)
facts = st.lists(st.tuples(moments, st.integers(0, 5)), min_size=1, max_size=12)


@promise("STATISTICS-2")
@promise("STATISTICS-16")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(
    said=[(turn, 0) for turn in TURNS],
    zone="America/New_York",
    period=Period(date(2011, 1, 1), date(2027, 1, 1)),
    day=USUAL_DAY,
)
@given(said=facts, zone=st.sampled_from(ZONES), period=days, day=day_periods)
def test_slots_agree_with_asking_each_in_turn(
    db: Session,
    world: World,
    *,
    said: list[tuple[datetime, int]],
    zone: str,
    period: Period,
    day: tuple[DayPeriod, ...],
) -> None:
    ours = world.ours
    ours.school.timezone = zone
    for each in (ours, world.neighbour):
        for at, place in said:
            heard(db, each.school, each.places[place], each.coach, at)
    middle = period.first + (period.last - period.first) // 2
    found = tallies.slots(db, ours.school, period=period, day_periods=day, shown_since=middle, recent_since=period.last)
    expected = _slowly(ours, said, period, middle, day=day)
    db.rollback()
    assert {(slot.place, slot.weekday, slot.day_period): slot for slot in found} == expected
    assert len(found) == len(expected)


def _slowly(
    ours: Cast, said: list[tuple[datetime, int]], period: Period, middle: date, *, day: tuple[DayPeriod, ...]
) -> dict[tuple[UUID, int, int | None], Slot]:
    held: dict[tuple[UUID, int, int | None], list[date]] = defaultdict(list)
    for at, place in said:
        local = at.astimezone(ours.school.zone)
        if local.date() in period:
            clock = local.hour * 60 + local.minute
            number = next((i for i, each in enumerate(day) if each.begins <= clock < each.ends), None)
            held[ours.places[place].id, local.isoweekday(), number].append(local.date())
    return {
        key: Slot(
            *key,
            n=len(dates),
            shown=sum(each >= middle for each in dates),
            recent=sum(each >= period.last for each in dates),
            last=max(dates),
        )
        for key, dates in held.items()
    }


def test_outside_all_periods_is_a_slot_too(db: Session, world: World) -> None:
    ours = world.ours
    heard(db, ours.school, ours.places[0], ours.coach, NOON + timedelta(hours=9))
    (slot,) = tallies.slots(
        db, ours.school, period=AUTUMN, day_periods=USUAL_DAY, shown_since=AUTUMN.first, recent_since=AUTUMN.last
    )
    assert (slot.weekday, slot.day_period, slot.n, slot.recent, slot.last) == (2, None, 1, 0, date(2026, 11, 24))


@promise("STATISTICS-5")
def test_another_schools_slots_are_never_counted(db: Session, world: World) -> None:
    theirs = world.neighbour
    heard(db, theirs.school, theirs.places[0], theirs.coach, datetime(2026, 11, 24, 17, 0, tzinfo=UTC))
    ours = world.ours.school
    found = tallies.slots(
        db, ours, period=AUTUMN, day_periods=USUAL_DAY, shown_since=AUTUMN.first, recent_since=AUTUMN.first
    )
    assert found == []
