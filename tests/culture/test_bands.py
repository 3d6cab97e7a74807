"""Bands, never numbers; and what may be called a change."""

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.culture.bands import Band, Change, band, bands_for, changed

EVERY_BAND = [Band(of, j) for of in (3, 5, 10) for j in range(of)]
MOST = 2000

bands = st.sampled_from(EVERY_BAND)


def test_a_share_is_told_in_thirds_fifths_or_tenths() -> None:
    assert [bands_for(n) for n in (10, 19, 20, 39, 40, 100_000)] == [3, 3, 5, 5, 10, 10]


@pytest.mark.parametrize("n", [-1, 0, 1, 9])
def test_nothing_is_told_of_fewer_than_ten(n: int) -> None:
    with pytest.raises(ValueError, match="nothing is told"):
        band(0, n)


@pytest.mark.parametrize("heard", [-1, 11])
def test_a_tally_that_cannot_be_has_no_band(heard: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        band(heard, 10)


@pytest.mark.parametrize(("of", "j"), [(4, 0), (3, 3), (5, -1), (0, 0)])
def test_a_band_that_is_never_published_cannot_be_made(of: int, j: int) -> None:
    with pytest.raises(ValueError, match="no band"):
        Band(of, j)


def test_ten_conversations_fall_into_thirds() -> None:
    assert [band(heard, 10).j for heard in range(11)] == [0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2]


def test_twenty_conversations_fall_into_fifths() -> None:
    assert [band(heard, 20).j for heard in range(21)] == [0] * 5 + [1] * 4 + [2] * 3 + [3] * 4 + [4] * 5


@cache
def every_band() -> dict[int, list[Band]]:
    """For every n, the band of every value of heard from 0 to n."""
    return {n: [band(heard, n) for heard in range(n + 1)] for n in range(10, MOST + 1)}


@pytest.mark.promise("PRIVACY-5")
def test_every_share_lies_in_its_band() -> None:
    for n, found in every_band().items():
        of = bands_for(n)
        assert all(one.of == of for one in found)
        # In integers: j/of <= heard/n <= (j+1)/of.
        assert all(one.j * n <= heard * of <= (one.j + 1) * n for heard, one in enumerate(found))


def test_bands_rise_and_mirror() -> None:
    for n, found in every_band().items():
        highest = bands_for(n) - 1
        below_half = (n + 1) // 2
        assert all(found[heard].j + found[n - heard].j == highest for heard in range(below_half))
        assert all(one.j <= following.j for one, following in pairwise(found))


@pytest.mark.promise("PRIVACY-5")
def test_at_least_three_values_fit_every_band_and_four_at_the_ends() -> None:
    for n, found in every_band().items():
        of = bands_for(n)
        fitting = Counter(one.j for one in found)
        assert sorted(fitting) == list(range(of))
        assert min(fitting.values()) >= 3
        assert min(fitting[0], fitting[of - 1]) >= 4


@given(st.integers(10, 10**9), st.data())
def test_large_shares_are_as_exact_as_small_ones(n: int, data: st.DataObject) -> None:
    heard = data.draw(st.integers(0, n))
    found = band(heard, n)
    assert found.low <= Fraction(heard, n) <= found.high


@pytest.mark.promise("PRIVACY-5")
@given(st.integers(10, 3000))
def test_none_and_all_look_like_a_few_and_nearly_all(n: int) -> None:
    assert band(0, n) == band(1, n) == band(2, n) == band(3, n)
    assert band(n, n) == band(n - 3, n)


@pytest.mark.promise("PRIVACY-6")
@pytest.mark.parametrize(("of", "apart"), [(3, 2), (5, 2), (10, 3)])
def test_a_change_is_two_thirds_two_fifths_or_three_tenths_apart(of: int, apart: int) -> None:
    for before, now in product(range(of), repeat=2):
        expected = Change.UP if now - before >= apart else Change.DOWN if before - now >= apart else None
        assert changed(Band(of, before), Band(of, now)) is expected


@given(bands, bands)
def test_a_change_seen_backwards_is_the_other_way(before: Band, now: Band) -> None:
    opposite = {Change.UP: Change.DOWN, Change.DOWN: Change.UP, None: None}
    assert changed(now, before) is opposite[changed(before, now)]


@given(bands, bands)
def test_a_change_is_never_said_where_the_shares_may_be_a_fifth_apart_or_less(before: Band, now: Band) -> None:
    if changed(before, now) is not None:
        assert max(now.low - before.high, before.low - now.high) >= Fraction(1, 5)


@pytest.mark.promise("PRIVACY-6")
@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        # A third lies between up to a third and two thirds or more; three fifths leaves less.
        (Band(3, 0), Band(5, 4), Change.UP),
        (Band(3, 0), Band(5, 3), None),
        (Band(3, 2), Band(10, 3), None),
        (Band(3, 2), Band(10, 2), Change.DOWN),
        (Band(5, 0), Band(10, 4), Change.UP),
        (Band(5, 0), Band(10, 3), None),
    ],
)
def test_between_bands_of_different_size_the_larger_space_is_asked_for(
    before: Band, now: Band, expected: Change | None
) -> None:
    assert changed(before, now) is expected
