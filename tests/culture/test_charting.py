"""Charts over time: limits, run rules, drifts, and how seldom they cry wolf."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom, binom

from tests.promises import promise
from webapp.culture.bands import Change
from webapp.culture.charting import BEYOND, Chart, Sign, Signal, chart, limits, three_sigma
from webapp.culture.comparing import difference
from webapp.culture.tally import NOTHING, Tally

# Ten samples of 200 each; Montgomery, Statistical Quality Control.
MONTGOMERY = [Tally(heard, 200) for heard in (40, 44, 22, 34, 24, 32, 28, 32, 34, 30)]

tallies = st.integers(0, 40).flatmap(lambda n: st.builds(Tally, st.integers(0, n), st.just(n)))
terms = st.lists(tallies, max_size=40)


def steady(rate: float, n: int, periods: int, seed: int = 1) -> list[Tally]:
    random = np.random.default_rng(seed)
    return [Tally(int(heard), n) for heard in random.binomial(n, rate, periods)]


def of_20(*heard: int) -> list[Tally]:
    return [Tally(one, 20) for one in heard]


@promise("STATISTICS-11")
def test_montgomery_has_his_published_centre_and_three_sigma_limits() -> None:
    # Two periods more, with the mean's own rate, so that there are twelve.
    drawn = chart([*MONTGOMERY, Tally(32, 200), Tally(32, 200)])
    assert sum(MONTGOMERY, NOTHING).rate == drawn.centre == 0.16
    textbook = three_sigma(0.16, 200)
    assert (round(textbook.low, 4), round(textbook.high, 4)) == (0.0822, 0.2378)
    # Where n is large the exact limits are the textbook's, to a conversation in two hundred.
    assert limits(Tally(16 * 10**6, 10**8), 200).low == pytest.approx(textbook.low, abs=1 / 200)
    assert limits(Tally(16 * 10**6, 10**8), 200).high == pytest.approx(textbook.high, abs=1 / 200)
    assert [point.beyond for point in drawn.points] == [None] * 12


@promise("STATISTICS-11")
def test_limits_agree_with_scipy_on_ten_thousand_tables() -> None:
    random = np.random.default_rng(1)
    n, of = random.integers(1, 60, 10_000), random.integers(12, 2000, 10_000)
    heard = random.binomial(of, random.uniform(0, 1, 10_000))
    ours = [limits(Tally(int(some), int(all_)), int(k)) for some, all_, k in zip(heard, of, n, strict=True)]
    low = np.rint([limit.low for limit in ours] * n)
    high = np.rint([limit.high for limit in ours] * n)
    law = betabinom(n, heard + 0.5, of - heard + 0.5)
    hair = 1e-9
    assert (law.cdf(low - 1) <= BEYOND + hair).all()
    assert (law.cdf(low) > BEYOND - hair).all()
    assert (law.sf(high) <= BEYOND + hair).all()
    assert (law.sf(high - 1) > BEYOND - hair).all()


@promise("STATISTICS-11")
def test_of_many_usual_conversations_limits_are_those_of_the_binomial_law() -> None:
    random = np.random.default_rng(2)
    for heard, n in zip(random.integers(1, 10**7, 2000), random.integers(1, 200, 2000), strict=True):
        ours = limits(Tally(int(heard), 10**7), int(n))
        law = binom(n, heard / 10**7)
        low, high = round(ours.low * n), round(ours.high * n)
        assert law.cdf(low - 1) <= BEYOND + 1e-6
        assert law.cdf(low) > BEYOND - 1e-6
        assert law.sf(high) <= BEYOND + 1e-6
        assert law.sf(high - 1) > BEYOND - 1e-6


@promise("STATISTICS-11")
def test_three_sigma_cries_wolf_at_ten_and_ours_does_not() -> None:
    def wolf(low: float, high: float) -> float:
        heard = np.arange(11)
        return float(binom.pmf(heard, 10, 0.1)[(heard / 10 < low) | (heard / 10 > high)].sum())

    textbook, ours = three_sigma(0.1, 10), limits(Tally(10**7, 10**8), 10)
    assert wolf(textbook.low, textbook.high) > 4 * 2 * BEYOND
    assert wolf(ours.low, ours.high) <= 2 * BEYOND


@promise("STATISTICS-11")
@pytest.mark.parametrize(("rate", "n"), [(0.02, 10), (0.1, 20), (0.3, 10), (0.5, 20), (0.9, 40)])
def test_where_nothing_changed_hardly_anything_is_worth_a_look(rate: float, n: int) -> None:
    """The usual rate is not known but told by twelve periods; still few points and few drifts in 60 terms of 36."""
    drawn = [chart(steady(rate, n, 48, seed)) for seed in range(60)]
    points = sum(point.beyond is not None for each in drawn for point in each.points)
    drifts = sum(signal.sign is Sign.DRIFT for each in drawn for signal in each.signals)
    assert points <= 60 * 48 * 2 * BEYOND + 4
    # Were the usual rate known, 36 periods of 370 would make 6 in 60 at most.
    assert drifts <= 12


@promise("STATISTICS-11")
def test_a_drift_too_small_for_one_period_is_seen_in_several() -> None:
    drawn = chart(steady(0.6, 20, 12) + steady(0.75, 20, 24))
    drifts = [signal for signal in drawn.signals if signal.sign is Sign.DRIFT]
    assert drifts
    assert drifts[0].change is Change.UP
    assert 12 <= drifts[0].first <= drifts[0].seen < 36
    since = sum(drawn_tallies(drawn)[drifts[0].first : drifts[0].seen + 1], NOTHING)
    assert drawn.usual is not None
    assert drifts[0].difference == difference(since, drawn.usual)


def drawn_tallies(drawn: Chart) -> list[Tally]:
    return [point.tally for point in drawn.points]


def test_a_period_far_off_is_worth_a_look_by_itself() -> None:
    usual = of_20(10, 9, 11, 10, 12, 8, 10, 9, 11, 10, 10, 10)
    drawn = chart([*usual, Tally(10, 20), Tally(20, 20)])
    assert [signal.sign for signal in drawn.signals if signal.seen == 13] == [Sign.POINT]
    (signal,) = drawn.signals
    assert (signal.change, signal.first, signal.seen) == (Change.UP, 13, 13)
    assert signal.difference == difference(Tally(20, 20), Tally(120, 240))


def test_a_period_among_the_usual_ones_is_compared_with_the_others() -> None:
    usual = of_20(10, 9, 11, 10, 20, 10, 10, 9, 11, 10, 10, 8)
    drawn = chart(usual)
    (signal,) = drawn.signals
    assert (signal.sign, signal.first) == (Sign.POINT, 4)
    assert signal.difference == difference(Tally(20, 20), Tally(108, 220))


def test_before_twelve_periods_there_is_a_plain_run_chart() -> None:
    drawn = chart(of_20(10, 12, 8, 11, 9, 10, 13, 7, 11, 9, 10))
    assert drawn.centre == 0.5
    assert drawn.usual is None
    assert drawn.signals == ()
    assert all(point.limits is None and point.beyond is None for point in drawn.points)


def test_five_periods_low_and_then_five_high_are_worth_a_look() -> None:
    drawn = chart(of_20(5, 6, 4, 5, 6, 14, 15, 13, 14, 15))
    seen = Signal(Sign.RUN, Change.UP, 5, 9, difference(Tally(71, 100), Tally(26, 100)))
    assert drawn.signals == (seen,)
    # One less, and the rules are silent: with nine points any order comes by chance.
    assert chart(of_20(5, 6, 4, 5, 6, 14, 15, 13, 14)).signals == ()


def test_periods_of_a_few_conversations_are_drawn_but_not_asked_in_a_run_chart() -> None:
    few = [Tally(0, 2), Tally(2, 2)] * 3
    assert chart(few).signals == ()
    assert chart(few).centre == 0.5
    assert chart([*few, Tally(2, 10)]).centre == 0.2


@pytest.mark.parametrize("n", range(1, 30))
def test_a_trait_not_heard_in_twelve_short_periods_may_yet_be_heard_once(n: int) -> None:
    reach = limits(Tally(0, 60), n)
    assert reach.low == 0.0
    assert round(reach.high * n) >= 1


@given(terms)
def test_a_chart_has_a_point_a_period_and_signals_within_it(periods: list[Tally]) -> None:
    drawn = chart(periods)
    assert drawn_tallies(drawn) == periods
    assert (drawn.centre is None) == (not any(tally.n for tally in periods))
    assert (drawn.usual is None) == (sum(tally.n > 0 for tally in periods) < 12)
    for point in drawn.points:
        assert (point.limits is not None) == (drawn.usual is not None and point.tally.n > 0)
    for signal in drawn.signals:
        assert 0 <= signal.first <= signal.seen < len(periods)
        assert signal.sign is not Sign.POINT or drawn.points[signal.seen].beyond is signal.change
    assert [signal.seen for signal in drawn.signals] == sorted(signal.seen for signal in drawn.signals)


@given(terms)
def test_not_heard_is_the_mirror_of_heard(periods: list[Tally]) -> None:
    mirrored = chart([Tally(tally.n - tally.heard, tally.n) for tally in periods])
    turned = {Change.UP: Change.DOWN, Change.DOWN: Change.UP, None: None}
    drawn = chart(periods)
    assert [point.beyond for point in mirrored.points] == [turned[point.beyond] for point in drawn.points]
    there, here = (
        {(signal.sign, signal.first, signal.seen, signal.change) for signal in each.signals}
        for each in (drawn, mirrored)
    )
    assert here == {(sign, first, seen, turned[change]) for sign, first, seen, change in there}


@given(terms, st.integers(0, 40))
def test_periods_where_nobody_listened_change_nothing(periods: list[Tally], at: int) -> None:
    told = [tally for tally in periods if tally.n]
    silent = [*told[:at], NOTHING, *told[at:]]
    drawn, with_silent = chart(told), chart(silent)
    assert with_silent.centre == drawn.centre
    assert [each.sign for each in with_silent.signals] == [each.sign for each in drawn.signals]


def test_limits_of_no_conversations_are_refused() -> None:
    with pytest.raises(ValueError, match="no limits"):
        limits(Tally(1, 2), 0)
