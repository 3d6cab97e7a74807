"""Counting is the same as asking every observation in turn, in any zone and on both databases."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.promises import promise
from tests.world import Cast, World, person
from webapp.culture.school_time import Period
from webapp.culture.tally import Tally
from webapp.culture.vocabulary import TRAITS, PlaceKind, Role, Setting, Trait
from webapp.observing import tallies
from webapp.observing.only import ALL, GROUPS, Only
from webapp.observing.tallies import Row, Sample
from webapp.schools.models import Membership, Place

ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",  # its clocks change by half an hour
    "Asia/Kathmandu",  # 5:45 ahead
    "America/St_Johns",
    "Pacific/Apia",  # a day was skipped in 2011
    "Africa/Casablanca",
    "Pacific/Kiritimati",
    "UTC",
)
# The ends of daylight saving in New York, Berlin and Lord Howe, a day apart either way, and Apia's lost day.
TURNS = tuple(
    datetime(*day, tzinfo=UTC)
    for day in (
        (2026, 3, 8, 7), (2026, 11, 1, 6), (2026, 3, 29, 1), (2026, 10, 25, 1), (2026, 4, 4, 15), (2026, 10, 3, 15),
        (2011, 12, 30, 10), (2027, 1, 1, 0),
    )
)  # fmt: skip
AUTUMN = Period(date(2026, 8, 3), date(2027, 1, 3))
NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)

moments = st.one_of(
    st.builds(lambda turn, off: turn + timedelta(seconds=off), st.sampled_from(TURNS), st.integers(-90000, 90000)),
    st.datetimes(datetime(1970, 1, 1), datetime(2037, 12, 31)).map(  # noqa: DTZ001  # Hypothesis wants them naive
        lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
    ),
)
facts = st.lists(
    st.tuples(moments, st.integers(0, 5), st.sampled_from(list(Setting)), st.integers(0, 127)), min_size=1, max_size=12
)
onlies = st.builds(
    Only,
    setting=st.none() | st.sampled_from(Setting),
    kind=st.none() | st.sampled_from(PlaceKind),
    floor=st.none() | st.sampled_from(("1", "2", "9", "elsewhere")),
    observers=st.none() | st.sampled_from(GROUPS),
)
days = st.tuples(moments, moments).map(lambda two: Period(*sorted(moment.date() for moment in two)))


@promise("STATISTICS-2")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(
    said=[(turn, 0, Setting.BREAK, 127) for turn in TURNS],
    zone="America/New_York",
    week_start=7,
    period=Period(date(2011, 1, 1), date(2027, 1, 1)),
    only=ALL,
)
@given(said=facts, zone=st.sampled_from(ZONES), week_start=st.sampled_from((1, 6, 7)), period=days, only=onlies)
def test_counting_agrees_with_asking_each_in_turn(
    db: Session,
    world: World,
    *,
    said: list[tuple[datetime, int, Setting, int]],
    zone: str,
    week_start: int,
    period: Period,
    only: Only,
) -> None:
    ours = world.ours
    ours.school.timezone, ours.school.week_start = zone, week_start
    for each in (ours, world.neighbour):
        for at, place, setting, traits in said:
            heard(db, each.school, each.places[place], each.coach, at, Trait(traits), setting=setting)
    found = {by: tallies.count(db, ours.school, by=by, period=period, only=only) for by in Row}
    weekly = tallies.weekly(db, ours.school, period, only)
    sample = tallies.sample(db, ours.school, period, only)
    days = {str(day): found for day, found in tallies.by_day(db, ours.school, period, only).items()}
    said = [each for each in said if _is_looked_at(ours.places[each[1]], each[2], only)]
    expected = {by: _slowly(ours, said, by, period) for by in Row}, _sampled_slowly(ours, said, period)
    expected_days, expected_weekly = _slowly(ours, said, None, period), _weekly_slowly(ours, said, period)
    db.rollback()
    assert (found, sample) == expected
    assert (days, weekly) == (expected_days, expected_weekly)


def _is_looked_at(place: Place, setting: Setting, only: Only) -> bool:
    # All of them were heard by the coach, who is an observer.
    floor = "elsewhere" if place.floor is None else f"{place.floor}"
    return all(
        wanted in {None, found}
        for wanted, found in (
            (only.setting, setting), (only.kind, place.kind), (only.floor, floor), (only.observers, Role.OBSERVER),
        )
    )  # fmt: skip


def _slowly(
    ours: Cast, said: Sequence[tuple[datetime, int, Setting, int]], by: Row | None, period: Period
) -> dict[str, tuple[Tally, ...]]:
    """Row by row with Python's own calendar; day by day where `by` is None."""
    keys: dict[Row | None, Callable[[datetime, Place, Setting], object]] = {
        None: lambda at, _place, _setting: at.date(),
        Row.PLACE: lambda _at, place, _setting: place.id,
        Row.FLOOR: lambda _at, place, _setting: "elsewhere" if place.floor is None else place.floor,
        Row.SETTING: lambda _at, _place, setting: setting,
        Row.KIND: lambda _at, place, _setting: place.kind,
        Row.WEEK: lambda at, _place, _setting: _monday(at.date(), ours.school.week_start),
        Row.WEEKDAY: lambda at, _place, _setting: at.isoweekday(),
        Row.HOUR: lambda at, _place, _setting: at.hour,
    }
    counted: dict[str, list[int]] = defaultdict(list)
    for at, place, setting, traits in said:
        local = at.astimezone(ours.school.zone)
        if period.first <= local.date() <= period.last:
            counted[str(keys[by](local, ours.places[place], setting))].append(traits)
    return {
        key: tuple(Tally(sum(1 for each in traits if each & trait), len(traits)) for trait in TRAITS)
        for key, traits in counted.items()
    }


def _weekly_slowly(
    ours: Cast, said: Sequence[tuple[datetime, int, Setting, int]], period: Period
) -> dict[str, dict[str, tuple[Tally, ...]]]:
    """Week by week, each counted by itself."""
    by_week: dict[date, list[tuple[datetime, int, Setting, int]]] = defaultdict(list)
    for each in said:
        day = each[0].astimezone(ours.school.zone).date()
        if day in period:
            by_week[_monday(day, ours.school.week_start)].append(each)
    return {str(monday): _slowly(ours, some, Row.PLACE, period) for monday, some in by_week.items()}


def _monday(day: date, week_start: int) -> date:
    week = [day - timedelta(days=(day.isoweekday() - week_start) % 7) + timedelta(days=off) for off in range(7)]
    return next(each for each in week if each.isoweekday() == 1)


def _sampled_slowly(ours: Cast, said: Sequence[tuple[datetime, int, Setting, int]], period: Period) -> Sample:
    there = [(at.astimezone(ours.school.zone).date(), ours.places[place].id) for at, place, _setting, _traits in said]
    there = [each for each in there if each[0] in period]
    if not there:
        return Sample(0, 0, 0, 0)
    by_day = {day: sum(1 for each in there if each[0] == day) for day, _place in there}
    by_place = {place: sum(1 for each in there if each[1] == place) for _day, place in there}
    return Sample(
        n=len(there),
        observers=1,
        days=len(by_day),
        places=len(by_place),
        busiest_observer=len(there),
        busiest_day=min(by_day.items(), key=lambda found: (-found[1], found[0])),
        busiest_place=min(by_place.items(), key=lambda found: (-found[1], str(found[0]))),
    )


def test_nothing_heard_counts_as_listened(db: Session, world: World) -> None:
    ours = world.ours
    heard(db, ours.school, ours.places[0], ours.coach, NOON)
    heard(db, ours.school, ours.places[0], ours.coach, NOON, Trait.EVIDENCE, times=2)
    found = tallies.count(db, ours.school, by=Row.PLACE, period=AUTUMN)
    assert found == {str(ours.places[0].id): tuple(Tally(2 if t is Trait.EVIDENCE else 0, 3) for t in TRAITS)}


def test_kinds_take_all_their_places_together(db: Session, world: World) -> None:
    ours = world.ours
    ours.places[1].kind_code = PlaceKind.HALLWAY.code
    heard(db, ours.school, ours.places[0], ours.coach, NOON, Trait.ACTION)
    heard(db, ours.school, ours.places[1], ours.coach, NOON)
    found = tallies.count(db, ours.school, by=Row.KIND, period=AUTUMN)
    assert {kind: sevens[-1] for kind, sevens in found.items()} == {"hallway": Tally(1, 2)}


@promise("STATISTICS-5")
def test_another_schools_observations_are_never_counted(db: Session, world: World) -> None:
    theirs = world.neighbour
    heard(db, theirs.school, theirs.places[0], theirs.coach, NOON, Trait.ACTION, times=3)
    assert [tallies.count(db, world.ours.school, by=row, period=AUTUMN) for row in Row] == [{}] * len(Row)
    assert tallies.sample(db, world.ours.school, AUTUMN) == Sample(0, 0, 0, 0)
    assert tallies.listened(db, world.ours.school) is None


def test_a_period_at_the_ends_of_the_calendar_holds_everything(db: Session, world: World) -> None:
    ours = world.ours
    heard(db, ours.school, ours.places[0], ours.coach, NOON)
    whole = Period(date.min, date.max)
    for row in Row:
        (sevens,) = tallies.count(db, ours.school, by=row, period=whole).values()
        assert sevens[0] == Tally(0, 1)
    assert tallies.count(db, ours.school, by=Row.HOUR, period=Period(date.max, date.max)) == {}
    assert tallies.count(db, ours.school, by=Row.WEEK, period=Period(date.min, date.min)) == {}


def test_the_sample_says_who_where_and_when_most_comes_from(db: Session, world: World) -> None:
    ours = world.ours
    heard(db, ours.school, ours.places[0], ours.coach, NOON, times=3)
    heard(db, ours.school, ours.places[1], ours.principal, NOON + timedelta(days=1))
    heard(db, ours.school, ours.places[1], None, NOON + timedelta(days=2))
    assert tallies.sample(db, ours.school, AUTUMN) == Sample(
        n=5,
        observers=3,
        days=3,
        places=2,
        busiest_observer=3,
        busiest_day=(date(2026, 11, 24), 3),
        busiest_place=(ours.places[0].id, 3),
    )


def test_those_who_left_are_not_taken_for_one_person(db: Session, world: World) -> None:
    ours, noon = world.ours, datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
    heard(db, ours.school, ours.places[0], None, noon, times=5)
    heard(db, ours.school, ours.places[1], ours.coach, noon, times=2)
    found = tallies.sample(db, ours.school, Period(date(2026, 11, 24), date(2026, 11, 24)))
    assert (found.n, found.busiest_observer) == (7, 2)


def test_listened_reaches_from_the_first_day_to_the_last_of_the_schools_own(db: Session, world: World) -> None:
    ours = world.ours
    late = datetime(2026, 11, 24, 23, 0, tzinfo=ZoneInfo(ours.school.timezone))
    heard(db, ours.school, ours.places[0], ours.coach, NOON - timedelta(days=40))
    heard(db, ours.school, ours.places[0], ours.coach, late)
    assert tallies.listened(db, ours.school) == Period(date(2026, 10, 15), date(2026, 11, 24))


def test_groups_are_looked_at_apart_only_where_each_is_more_than_one_person(db: Session, world: World) -> None:
    ours, others = world.ours, [person(db, f"{n}@ours.example", f"Other {n}") for n in "12"]
    for each, role in zip(others, (Role.ADMIN, Role.OBSERVER), strict=True):
        db.add(Membership(person_id=each.id, school_id=ours.school.id, role_word=role.value))
    db.flush()
    for known in ((ours.principal, ours.coach), (others[0],)):
        for each in known:
            heard(db, ours.school, ours.places[0], each, NOON, times=9)
        # What the neighbour's people and those who left have heard makes no group larger.
        heard(db, ours.school, ours.places[0], None, NOON)
        heard(db, world.neighbour.school, world.neighbour.places[0], others[1], NOON)
        assert not tallies.may_part_observers(db, ours.school, AUTUMN, ALL)
    heard(db, ours.school, ours.places[0], others[1], NOON)
    assert tallies.may_part_observers(db, ours.school, AUTUMN, ALL)
    assert tallies.may_part_observers(db, ours.school, AUTUMN, Only(observers=Role.ADMIN))
    assert not tallies.may_part_observers(db, ours.school, Period(date(2026, 8, 3), date(2026, 9, 3)), ALL)
    # Of one floor, or one kind of talk, there may be a single listener where the school has several.
    heard(db, ours.school, ours.places[4], others[1], NOON, setting=Setting.BREAK, times=9)
    for narrow in (Only(floor="2"), Only(kind=PlaceKind.MEETING_ROOM), Only(setting=Setting.BREAK)):
        assert not tallies.may_part_observers(db, ours.school, AUTUMN, narrow)
