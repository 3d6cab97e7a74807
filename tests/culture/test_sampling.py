"""Lopsided samples: what gives too much, and how far a busy day widens an interval."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.promises import promise
from webapp.culture.sampling import ALIKE, Part, alikeness, design_effect, lopsided, widened
from webapp.culture.tally import Tally

sizes = st.lists(st.integers(0, 60), max_size=30)
tallies = st.integers(0, 200).flatmap(lambda n: st.builds(Tally, st.integers(0, n), st.just(n)))


@promise("STATISTICS-12")
@pytest.mark.parametrize(
    ("n", "busiest", "said"),
    [
        (20, {Part.OBSERVER: 11, Part.PLACE: 10, Part.DAY: 3}, (Part.OBSERVER,)),
        (20, {Part.DAY: 20, Part.OBSERVER: 20, Part.PLACE: 20}, (Part.OBSERVER, Part.PLACE, Part.DAY)),
        (21, {Part.PLACE: 11}, (Part.PLACE,)),
        (5, {Part.DAY: 3}, (Part.DAY,)),
        (4, {Part.DAY: 4}, ()),
        (0, {Part.DAY: 0}, ()),
        (9, {}, ()),
    ],
)
def test_what_gives_over_half_is_named(n: int, busiest: dict[Part, int], said: tuple[Part, ...]) -> None:
    assert lopsided(n, busiest) == said


@pytest.mark.parametrize(("n", "given"), [(3, 4), (3, -1)])
def test_a_part_that_gives_more_than_all_is_refused(n: int, given: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        lopsided(n, {Part.DAY: given})


@promise("STATISTICS-12")
def test_a_busy_day_counts_for_less_than_its_conversations() -> None:
    # Σm²/Σm of 10 and ten single ones is 110/20.
    assert design_effect([10] + [1] * 10, alike=0.2) == pytest.approx(1 + 4.5 * 0.2)
    # All on one day: 1 + (n - 1) ρ, the cluster sampler's rule of thumb.
    assert design_effect([20], alike=0.2) == pytest.approx(1 + 19 * 0.2)
    assert design_effect([20], alike=1.0) == pytest.approx(20)


@promise("STATISTICS-12")
@given(sizes, st.floats(0, 1))
def test_it_widens_only_where_one_day_gives_over_a_third(days: list[int], alike: float) -> None:
    effect = design_effect(days, alike=alike)
    assert 1 <= effect <= max(1, sum(days)) + 1e-9
    if 3 * max(days, default=0) <= sum(days):
        assert effect == 1
    assert design_effect([*days, 0], alike=alike) == effect
    assert design_effect(days[::-1], alike=alike) == pytest.approx(effect)


@pytest.mark.parametrize(("days", "alike"), [([-1, 4], 0.2), ([4], 1.1), ([4], -0.1), ([4], math.nan)])
def test_days_that_cannot_be_are_refused(days: list[int], alike: float) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        design_effect(days, alike=alike)


@promise("STATISTICS-12")
@given(tallies, st.floats(1, 30))
def test_a_widened_interval_holds_the_plain_one(tally: Tally, effect: float) -> None:
    plain, wide = tally.wilson(), widened(tally, effect)
    assert wide.low <= plain.low + 1e-12
    assert plain.high <= wide.high + 1e-12
    assert widened(tally, 1.0) == plain


@promise("STATISTICS-12")
@given(st.integers(1, 9), st.integers(1, 50))
def test_widened_by_a_number_is_wilson_of_so_many_fewer(heard: int, effect: int) -> None:
    wide = widened(Tally(heard * effect, 10 * effect), effect)
    assert (wide.low, wide.high) == pytest.approx((Tally(heard, 10).wilson().low, Tally(heard, 10).wilson().high))


def days_of(random: np.random.Generator, sizes: list[int], *, alike: float, mean: float = 0.5) -> list[Tally]:
    """Days whose own rates come from a beta law, so that two conversations of one day correlate by `alike`."""
    size = 1 / alike - 1
    rates = random.beta(mean * size, (1 - mean) * size, len(sizes))
    return [Tally(int(heard), n) for heard, n in zip(random.binomial(sizes, rates), sizes, strict=True)]


@promise("STATISTICS-12")
@pytest.mark.parametrize("alike", [0.05, 0.2, 0.5])
def test_alikeness_is_found_again(alike: float) -> None:
    random = np.random.default_rng(12)
    sizes = [1, 2, 3, 8, 5, 4] * 20
    found = [alikeness(days_of(random, sizes, alike=alike)) for _school in range(60)]
    assert np.mean(found) == pytest.approx(alike, abs=0.03)


@promise("STATISTICS-12")
def test_widened_intervals_hold_the_truth_where_plain_ones_do_not() -> None:
    random = np.random.default_rng(13)
    sizes = [14] + [2] * 10
    effect = design_effect(sizes, alike=0.2)
    plain = wide = 0
    for _view in range(3000):
        days = days_of(random, sizes, alike=0.2, mean=0.4)
        tally = Tally(sum(day.heard for day in days), sum(sizes))
        plain += tally.wilson().low <= 0.4 <= tally.wilson().high
        wide += widened(tally, effect).low <= 0.4 <= widened(tally, effect).high
    assert plain / 3000 < 0.87
    assert 0.93 <= wide / 3000 <= 0.98


@promise("STATISTICS-12")
@pytest.mark.parametrize(
    "days",
    [
        [],
        [Tally(2, 4)] * 11,
        [Tally(1, 1), Tally(0, 1)] * 20,
        [Tally(0, 5)] * 20,
        [Tally(5, 5)] * 20,
        [Tally(0, 0)] * 20,
    ],
)
def test_where_the_days_do_not_tell_the_assumption_holds(days: list[Tally]) -> None:
    assert alikeness(days) == ALIKE


@given(st.lists(tallies, min_size=12, max_size=40))
def test_alikeness_is_a_share(days: list[Tally]) -> None:
    assert 0 <= alikeness(days) <= 1


def test_days_that_are_all_or_nothing_are_wholly_alike() -> None:
    assert alikeness([Tally(4, 4), Tally(0, 4)] * 10) == 1.0
    assert alikeness([Tally(2, 4)] * 20) == 0.0
