"""Tones of the heat map: fixed scale, fewer and paler where less is known."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.promises import promise
from webapp.culture.shading import Tone, tone
from webapp.culture.tally import Confidence, Tally, shade

tallies = st.integers(0, 40).flatmap(lambda n: st.builds(Tally, st.integers(0, n), st.just(n)))
shares = st.floats(0, 1)


@promise("STATISTICS-15")
@pytest.mark.parametrize(
    ("tally", "steadied", "expected"),
    [
        (Tally(0, 0), 0.5, Tone(Confidence.NOT_LISTENED, 0, 0, None)),
        (Tally(3, 4), 0.7, Tone(Confidence.TOO_FEW, 0, 0, None)),
        # 2 of 5 may be from 12 to 77 %: no more than “in the middle”.
        (Tally(2, 5), 0.45, Tone(Confidence.PALE, 2, 3, 1)),
        (Tally(2, 5), 0.2, Tone(Confidence.PALE, 2, 3, 0)),
        # 5 of 5 is over 56 % with 95 %.
        (Tally(5, 5), 0.8, Tone(Confidence.PALE, 1, 6, 4)),
        (Tally(0, 11), 0.05, Tone(Confidence.PALE, 1, 6, 0)),
        (Tally(6, 12), 0.5, Tone(Confidence.FULL, 0, 6, 3)),
        (Tally(400, 500), 0.8, Tone(Confidence.FULL, 0, 6, 4)),
    ],
)
def test_a_cell_has_the_tone_that_its_conversations_bear(tally: Tally, steadied: float, expected: Tone) -> None:
    assert tone(tally, steadied) == expected


@promise("STATISTICS-15")
@given(tallies, shares)
def test_the_scale_is_fixed(tally: Tally, steadied: float) -> None:
    """A tone depends on nothing but the cell, and stands for a rate at most half a step away."""
    found = tone(tally, steadied)
    assert (found.step is None) == (tally.n < 5)
    if found.step is not None:
        assert 0 <= found.step < found.steps
        assert abs(found.step / (found.steps - 1) - steadied) <= 0.5 / (found.steps - 1) + 1e-9
    if tally.n >= 12:
        assert found == Tone(Confidence.FULL, 0, 6, shade(steadied))


@promise("STATISTICS-15")
@given(tallies, st.lists(shares, min_size=2))
def test_a_higher_rate_never_has_a_lower_step(tally: Tally, rates: list[float]) -> None:
    steps = [tone(tally, rate).step for rate in sorted(rates)]
    assert all(one is None or following is None or one <= following for one, following in pairwise(steps))


@promise("STATISTICS-15")
@given(tallies, tallies, shares)
def test_a_wider_interval_is_never_told_more_boldly(one: Tally, other: Tally, steadied: float) -> None:
    pale = {Confidence.PALE}
    ours, theirs = tone(one, steadied), tone(other, steadied)
    if {ours.confidence, theirs.confidence} == pale and one.wilson().width < other.wilson().width:
        assert ours.paleness <= theirs.paleness
        assert ours.steps >= theirs.steps


@pytest.mark.parametrize("steadied", [-0.01, 1.01])
def test_a_tone_of_no_rate_is_refused(steadied: float) -> None:
    with pytest.raises(ValueError, match="no rate"):
        tone(Tally(3, 10), steadied)
