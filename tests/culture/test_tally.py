"""Tallies, their Wilson intervals, and how a cell may be coloured."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from tests.promises import promise
from webapp.culture.tally import NOTHING, Confidence, Interval, Tally, confidence, shade

tallies = st.integers(1, 5000).flatmap(lambda n: st.builds(Tally, st.integers(0, n), st.just(n)))


@promise("STATISTICS-1")
@pytest.mark.parametrize(
    ("heard", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_limits(heard: int, n: int, low: float, high: float) -> None:
    interval = Tally(heard, n).wilson()
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


@promise("STATISTICS-1")
@given(tallies)
def test_wilson_agrees_with_scipy_and_statsmodels(tally: Tally) -> None:
    interval = tally.wilson()
    scipy = binomtest(tally.heard, tally.n).proportion_ci(0.95, method="wilson")
    assert (interval.low, interval.high) == pytest.approx((scipy.low, scipy.high), abs=1e-12)
    assert (interval.low, interval.high) == pytest.approx(
        proportion_confint(tally.heard, tally.n, method="wilson"), abs=1e-12
    )


@promise("STATISTICS-1")
def test_wilson_agrees_with_statsmodels_on_ten_thousand_tables() -> None:
    random = np.random.default_rng(1)
    n = random.integers(1, 500, 10_000)
    heard = random.binomial(n, np.clip(random.uniform(-0.1, 1.1, 10_000), 0, 1))
    low, high = proportion_confint(heard, n, method="wilson")
    ours = [Tally(int(one), int(of)).wilson() for one, of in zip(heard, n, strict=True)]
    assert np.abs(np.array([each.low for each in ours]) - low).max() < 1e-12
    assert np.abs(np.array([each.high for each in ours]) - high).max() < 1e-12


@given(tallies, st.floats(0.1, 5))
def test_wilson_takes_any_confidence(tally: Tally, z: float) -> None:
    interval = tally.wilson(z=z)
    expected = proportion_confint(tally.heard, tally.n, alpha=math.erfc(z / math.sqrt(2)), method="wilson")
    assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-9)


@given(tallies)
def test_wilson_holds_the_rate_and_mirrors(tally: Tally) -> None:
    interval, mirrored = tally.wilson(), Tally(tally.n - tally.heard, tally.n).wilson()
    assert tally.rate is not None
    assert interval.low <= tally.rate <= interval.high
    assert (interval.low, interval.high) == pytest.approx((1 - mirrored.high, 1 - mirrored.low), abs=1e-12)


@given(st.integers(1, 10**6))
def test_none_and_all_reach_exactly_to_the_end(n: int) -> None:
    assert Tally(0, n).wilson().low == 0.0
    assert Tally(n, n).wilson().high == 1.0


def test_where_nobody_has_listened_nothing_is_known() -> None:
    assert NOTHING.rate is None
    assert NOTHING.wilson() == Interval(0.0, 1.0)
    assert NOTHING.wilson().width == 1.0


@given(tallies, tallies)
def test_tallies_add_up(one: Tally, other: Tally) -> None:
    assert sum((one, other), NOTHING) == Tally(one.heard + other.heard, one.n + other.n)


@pytest.mark.parametrize(("heard", "n"), [(-1, 3), (4, 3), (1, 0), (0, -1)])
def test_a_tally_that_cannot_be_is_refused(heard: int, n: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        Tally(heard, n)


@pytest.mark.parametrize(("low", "high"), [(0.5, 0.4), (-0.1, 0.4), (0.1, 1.1), (math.nan, 0.5)])
def test_an_interval_that_cannot_be_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="no interval"):
        Interval(low, high)


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, Confidence.NOT_LISTENED),
        (1, Confidence.TOO_FEW),
        (4, Confidence.TOO_FEW),
        (5, Confidence.PALE),
        (11, Confidence.PALE),
        (12, Confidence.FULL),
        (4000, Confidence.FULL),
    ],
)
def test_a_cell_is_coloured_as_boldly_as_its_n_allows(n: int, said: Confidence) -> None:
    assert confidence(n) is said


def test_less_than_no_conversations_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be"):
        confidence(-1)


def test_each_shade_stands_for_the_nearest_fifth() -> None:
    assert [shade(percent / 100) for percent in (0, 9, 10, 29, 30, 49, 50, 69, 70, 89, 90, 100)] == [
        0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5,
    ]  # fmt: skip


@given(st.lists(st.floats(0, 1), min_size=2))
def test_a_higher_rate_is_never_paler(rates: list[float]) -> None:
    shades = [shade(rate) for rate in sorted(rates)]
    assert all(one <= following for one, following in pairwise(shades))


@pytest.mark.parametrize("rate", [-0.01, 1.01, math.nan])
def test_a_shade_of_no_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="no rate"):
        shade(rate)
