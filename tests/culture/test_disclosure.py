"""What staff may be shown: rules that cannot be loosened, windows, enough, and merging forward."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from webapp.culture.bands import band
from webapp.culture.disclosure import (
    ANYBODY,
    LIMITS,
    RULES,
    Conversation,
    Gathered,
    Publication,
    Rhythm,
    Rules,
    Sample,
    Shortfall,
    closes_at,
    due,
    enough,
    next_publication,
    rhythm,
    sample,
    shortfalls,
    windows,
)
from webapp.culture.school_time import Period, SchoolYear, Term, default_school_year
from webapp.culture.vocabulary import TRAITS, Trait

NEW_YORK = ZoneInfo("America/New_York")
YEAR = SchoolYear(
    date(2026, 8, 3),
    date(2027, 8, 1),
    4,
    (Term(date(2026, 8, 3), date(2026, 12, 20)), Term(date(2027, 1, 4), date(2027, 8, 1))),
)
FIRST, SECOND, THIRD = windows(YEAR)[:3]
ENOUGH = Sample(
    n=12, days=6, places=4, observers=2, busiest_day=4, busiest_place=6, busiest_setting=8, busiest_observer=8
)


def talk(window: Period, n: int, *, heard: int = 0, observers: int = 2) -> list[Conversation]:
    """n varied conversations within a window: each day, place, setting and observer has its turn."""
    return [
        Conversation(window.first + timedelta(days=turn % 10), turn % 5, turn % 3, turn % observers, heard)
        for turn in range(n)
    ]


def gathered(window: Period, conversations: Iterable[Conversation] = ()) -> Gathered:
    return Gathered(window, tuple(conversations))


def ruled(name: str, value: Fraction) -> Rules:
    changes: dict[str, Any] = {name: value}
    return replace(RULES, **changes)


# Rules


def test_the_rules_are_those_on_the_about_page() -> None:
    assert asdict(RULES) == {
        "conversations": 10,
        "days": 5,
        "places": 3,
        "observers": 2,
        "day_share": Fraction(1, 3),
        "place_share": Fraction(1, 2),
        "setting_share": Fraction(2, 3),
        "observer_share": Fraction(2, 3),
    }
    assert {name: loosest for name, (loosest, _) in LIMITS.items()} == asdict(RULES)


@pytest.mark.parametrize("name", LIMITS)
def test_a_school_may_tighten_a_rule_to_its_limit(name: str) -> None:
    _, tightest = LIMITS[name]
    assert getattr(ruled(name, tightest), name) == tightest


@pytest.mark.promise("PRIVACY-4")
@pytest.mark.parametrize("name", LIMITS)
def test_no_rule_can_be_loosened(name: str) -> None:
    loosest, tightest = LIMITS[name]
    step = Fraction(1, 100) if loosest < 1 else Fraction(1)
    looser = loosest - step if tightest > loosest else loosest + step
    with pytest.raises(ValueError, match=f"{name} may be"):
        ruled(name, looser)


@pytest.mark.parametrize("name", LIMITS)
def test_no_rule_can_be_tightened_until_nothing_is_ever_shown(name: str) -> None:
    loosest, tightest = LIMITS[name]
    step = Fraction(1, 100) if loosest < 1 else Fraction(1)
    with pytest.raises(ValueError, match=f"{name} may be"):
        ruled(name, tightest + step if tightest > loosest else tightest - step)


# Rhythm


@pytest.mark.promise("PRIVACY-4")
@pytest.mark.parametrize(
    ("staff_size", "observers", "expected"),
    [
        (None, 3, Rhythm.NEVER),
        (7, 3, Rhythm.NEVER),
        (7, 1, Rhythm.NEVER),
        (8, 3, Rhythm.BY_TERM),
        (14, 3, Rhythm.BY_TERM),
        (15, 2, Rhythm.BY_WINDOW),
        (15, 1, Rhythm.BY_TERM),
        (60, 0, Rhythm.BY_TERM),
    ],
)
def test_a_small_staff_or_a_lone_observer_is_shown_less_often(
    staff_size: int | None, observers: int, expected: Rhythm
) -> None:
    assert rhythm(staff_size, observers) is expected


# Windows


@pytest.mark.promise("PRIVACY-1")
@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 400), st.sampled_from([2, 4]))
def test_windows_part_the_year_without_gap_or_overlap(first: date, length: int, weeks: int) -> None:
    year = SchoolYear(first, first + timedelta(days=length), weeks)
    found = windows(year)
    assert (found[0].first, found[-1].last) == (year.first, year.last)
    assert all(following.first == one.last + timedelta(days=1) for one, following in pairwise(found))
    assert {window.days for window in found[:-1]} <= {7 * weeks}
    assert 1 <= found[-1].days <= 7 * weeks


def test_a_default_school_year_has_thirteen_whole_windows() -> None:
    found = windows(default_school_year(date(2026, 11, 24)))
    assert [window.days for window in found] == [28] * 13


@pytest.mark.promise("PRIVACY-2")
def test_a_window_closes_seven_days_after_its_end_at_local_midnight() -> None:
    window = Period(date(2026, 10, 5), date(2026, 10, 25))
    # The clocks go back on 1 November; midnight of the 2nd is in standard time.
    assert closes_at(window, NEW_YORK) == datetime(2026, 11, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize(("early", "expected"), [(timedelta(seconds=1), []), (timedelta(), [FIRST])])
def test_a_window_is_due_from_the_instant_it_closes(early: timedelta, expected: list[Period]) -> None:
    now = closes_at(FIRST, NEW_YORK) - early
    assert due(YEAR, Rhythm.BY_WINDOW, decided=None, zone=NEW_YORK, now=now) == expected


@pytest.mark.promise("PRIVACY-2")
def test_a_window_is_decided_only_once() -> None:
    now = closes_at(THIRD, NEW_YORK)
    assert due(YEAR, Rhythm.BY_WINDOW, decided=FIRST.last, zone=NEW_YORK, now=now) == [SECOND, THIRD]
    assert due(YEAR, Rhythm.BY_WINDOW, decided=THIRD.last, zone=NEW_YORK, now=now) == []


def test_by_term_the_terms_are_the_windows() -> None:
    now = closes_at(windows(YEAR)[-1], NEW_YORK)
    assert due(YEAR, Rhythm.BY_TERM, decided=None, zone=NEW_YORK, now=now) == [
        Period(date(2026, 8, 3), date(2026, 12, 20)),
        Period(date(2027, 1, 4), date(2027, 8, 1)),
    ]


def test_a_school_that_is_shown_nothing_has_nothing_due() -> None:
    now = closes_at(windows(YEAR)[-1], NEW_YORK)
    assert due(YEAR, Rhythm.NEVER, decided=None, zone=NEW_YORK, now=now) == []


@pytest.mark.promise("PRIVACY-1")
def test_a_change_of_rhythm_never_overlaps_what_was_decided() -> None:
    now = closes_at(windows(YEAR)[-1], NEW_YORK)
    assert due(YEAR, Rhythm.BY_TERM, decided=FIRST.last, zone=NEW_YORK, now=now) == [
        Period(date(2027, 1, 4), date(2027, 8, 1))
    ]
    after_a_term = due(YEAR, Rhythm.BY_WINDOW, decided=YEAR.terms[0].last, zone=NEW_YORK, now=now)
    assert after_a_term[0].first > YEAR.terms[0].last


# Enough, and varied


def test_what_just_meets_every_rule_is_enough() -> None:
    assert enough(ENOUGH, observers=2)


@pytest.mark.promise("PRIVACY-4")
@pytest.mark.parametrize(
    ("part", "value", "missing"),
    [
        ("days", 4, Shortfall.DAYS),
        ("places", 2, Shortfall.PLACES),
        ("observers", 1, Shortfall.OBSERVERS),
        ("busiest_day", 5, Shortfall.ONE_DAY),
        ("busiest_place", 7, Shortfall.ONE_PLACE),
        ("busiest_setting", 9, Shortfall.ONE_SETTING),
        ("busiest_observer", 9, Shortfall.ONE_OBSERVER),
    ],
)
def test_each_rule_alone_holds_a_publication_back(part: str, value: int, missing: Shortfall) -> None:
    assert shortfalls(replace(ENOUGH, **{part: value}), observers=2) == [missing]


def test_nine_conversations_are_too_few() -> None:
    nine = Sample(
        n=9, days=9, places=9, observers=3, busiest_day=1, busiest_place=1, busiest_setting=3, busiest_observer=3
    )
    assert shortfalls(nine, observers=3) == [Shortfall.CONVERSATIONS]


def test_no_conversations_are_not_enough() -> None:
    assert not enough(sample([]), observers=2)
    assert not enough(sample([]), observers=1)


def test_of_a_lone_observer_nothing_is_asked_about_observers() -> None:
    alone = replace(ENOUGH, observers=1, busiest_observer=12)
    assert enough(alone, observers=1)
    assert shortfalls(alone, observers=2) == [Shortfall.OBSERVERS, Shortfall.ONE_OBSERVER]


def test_a_school_that_tightened_a_rule_waits_longer() -> None:
    assert shortfalls(ENOUGH, observers=2, rules=Rules(conversations=20)) == [Shortfall.CONVERSATIONS]


def test_a_sample_tells_how_many_and_how_many_from_the_busiest() -> None:
    monday, tuesday = date(2026, 9, 7), date(2026, 9, 8)
    assert sample(
        [
            Conversation(monday, "lounge", "break", "coach", 1),
            Conversation(monday, "lounge", "break", None, 0),
            Conversation(tuesday, "library", "break", None, 127),
        ]
    ) == Sample(
        n=3, days=2, places=2, observers=2, busiest_day=2, busiest_place=2, busiest_setting=3, busiest_observer=2
    )


# Deciding


@pytest.mark.promise("PRIVACY-5")
def test_what_nobody_is_known_to_have_heard_counts_as_heard_by_whoever_heard_most() -> None:
    known = talk(FIRST, 12)
    found = sample([*known, *(replace(each, observer=ANYBODY) for each in known[:5])])
    assert (found.n, found.observers, found.busiest_observer) == (17, 2, 11)
    assert sample(replace(each, observer=ANYBODY) for each in known).observers == 1
    left = [replace(each, observer=None) for each in known]
    assert sample([*left, replace(left[0], observer=ANYBODY)]).observers == 1


def test_a_publication_says_what_the_contract_says_and_nothing_else() -> None:
    conversations = talk(FIRST, 20, heard=Trait.EVIDENCE | Trait.ACTION)
    published = next_publication([], gathered(FIRST, conversations), observers=2)
    assert published is not None
    assert published.as_wire() == {
        "start": "2026-08-03",
        "end": "2026-08-30",
        "of": 5,
        "bands": {
            "substantive": 0,
            "evidence": 4,
            "inquiry": 0,
            "nondefensive": 0,
            "personal": 0,
            "knowledge": 0,
            "action": 4,
        },
    }


@pytest.mark.promise("PRIVACY-3")
def test_a_window_without_enough_waits() -> None:
    assert next_publication([], gathered(FIRST, talk(FIRST, 9)), observers=2) is None


@pytest.mark.promise("PRIVACY-3")
def test_a_window_that_waits_joins_the_next() -> None:
    published = next_publication(
        [gathered(FIRST, talk(FIRST, 6)), gathered(SECOND)], gathered(THIRD, talk(THIRD, 6)), observers=2
    )
    assert published is not None
    assert published.period == Period(FIRST.first, THIRD.last)
    assert published.of == 3


def test_a_window_holds_no_conversation_of_another() -> None:
    with pytest.raises(ValueError, match="not in the window"):
        gathered(FIRST, talk(SECOND, 1))


@pytest.mark.parametrize("waiting", [SECOND, FIRST])
def test_windows_out_of_order_are_refused(waiting: Period) -> None:
    with pytest.raises(ValueError, match="does not follow"):
        next_publication([gathered(waiting)], gathered(FIRST), observers=2)


@pytest.mark.parametrize("heard", [-1, 128])
def test_a_conversation_has_a_set_of_traits(heard: int) -> None:
    with pytest.raises(ValueError, match="no set of traits"):
        Conversation(FIRST.first, 1, 1, 1, heard)


conversations = st.builds(
    Conversation,
    st.integers(0, 27).map(lambda day: FIRST.first + timedelta(days=day)),
    st.integers(1, 5),
    st.integers(1, 3),
    st.sampled_from([1, 2, 3, None]),
    st.integers(0, 127),
)
conversations_of_a_window = st.sampled_from([0, 5, 15, 25, 45]).flatmap(
    lambda n: st.lists(conversations, min_size=n, max_size=n)
)


@pytest.mark.promise("PRIVACY-4")
@given(conversations_of_a_window, st.randoms())
def test_neither_order_nor_names_change_what_is_published(found: list[Conversation], shuffle: Random) -> None:
    plain = next_publication([], gathered(FIRST, found), observers=3)
    mixed = [replace(one, observer=f"observer {one.observer}", place=f"place {one.place}") for one in found]
    shuffle.shuffle(mixed)
    assert next_publication([], gathered(FIRST, mixed), observers=3) == plain


@given(conversations_of_a_window)
def test_what_is_published_is_enough_and_in_bands_that_hold_the_share(found: list[Conversation]) -> None:
    published = next_publication([], gathered(FIRST, found), observers=3)
    assert (published is not None) == enough(sample(found), observers=3)
    event(f"published: {published is not None}")
    if published is not None:
        tallies = [sum(1 for one in found if one.heard & trait) for trait in TRAITS]
        assert published.bands == tuple(band(heard, len(found)).j for heard in tallies)


def _publish_all(weekly: list[list[Conversation]], years: SchoolYear) -> list[Publication]:
    published: list[Publication] = []
    waiting: list[Gathered] = []
    for window, found in zip(windows(years), weekly, strict=False):
        moved = [replace(one, day=min(window.last, window.first + (one.day - FIRST.first))) for one in found]
        decided = next_publication(waiting, gathered(window, moved), observers=3)
        waiting = [*waiting, gathered(window, moved)] if decided is None else []
        published += [decided] if decided else []
    return published


@pytest.mark.promise("PRIVACY-3")
@given(st.lists(conversations_of_a_window, min_size=1, max_size=13))
def test_published_windows_follow_on_one_another(weekly: list[list[Conversation]]) -> None:
    published = _publish_all(weekly, YEAR)
    begin = {window.first for window in windows(YEAR)}
    end = {window.last for window in windows(YEAR)}
    assert all(one.period.first in begin and one.period.last in end for one in published)
    assert all(following.period.first == one.period.last + timedelta(days=1) for one, following in pairwise(published))
