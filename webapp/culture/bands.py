"""Shares as staff see them: bands, never numbers (PRIVACY-5), and what may be called a change (PRIVACY-6)."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

BANDS: Final = ((40, 10), (20, 5), (10, 3))
"""From how many conversations on a share is told in how many bands: tenths, fifths or thirds."""

APART: Final = {3: 2, 5: 2, 10: 3}
"""How many bands apart two shares lie before one may speak of a change."""


@dataclass(frozen=True, slots=True)
class Band:
    """The share lies between `j` and `j + 1` of `of` equal parts, both ends included; `of` is 3, 5 or 10.

    Raises:
        ValueError: there are no such bands, or not so many.
    """

    of: int
    j: int

    def __post_init__(self) -> None:
        """Refuse a band that is never published."""
        if self.of not in APART or not 0 <= self.j < self.of:
            raise ValueError(f"there is no band {self.j} of {self.of}")

    @property
    def low(self) -> Fraction:
        """The least the share can be."""
        return Fraction(self.j, self.of)

    @property
    def high(self) -> Fraction:
        """The most the share can be."""
        return Fraction(self.j + 1, self.of)


class Change(StrEnum):
    """Which way a share went."""

    UP = "up"
    DOWN = "down"


def bands_for(n: int) -> int:
    """In how many bands shares of n conversations are told: 3, 5 or 10.

    Raises:
        ValueError: n is under 10, of which nothing is told.
    """
    for least, of in BANDS:
        if n >= least:
            return of
    raise ValueError(f"nothing is told of {n} conversations")


def band(heard: int, n: int) -> Band:
    """The band of `heard` among n conversations, in exact integers.

    Closed toward 0 and 1, so that “none” and “all” are never seen: the lowest band holds 0, the highest n. Of m bands
    it is j = max(0, ⌈m·heard/n⌉ − 1) up to half of n, and mirrored above. At least three values of `heard` fit every
    band (four at the ends), whatever n.

    Raises:
        ValueError: n is under 10, or heard is not from 0 to n.
    """
    of = bands_for(n)
    if not 0 <= heard <= n:
        raise ValueError(f"heard {heard} of {n} cannot be")
    if 2 * heard <= n:
        return Band(of, _lower(heard, n, of))
    return Band(of, of - 1 - _lower(n - heard, n, of))


def changed(before: Band, now: Band) -> Change | None:
    """Which way a share went, judged from the published bands alone; None where they lie too near to say.

    Bands alike in size must be two thirds, two fifths or three tenths apart. That leaves a clear space between them
    (a third; a fifth); where they differ in size, the larger of the two spaces is asked for.
    """
    space = max(_space(before.of), _space(now.of))
    if now.low - before.high >= space:
        return Change.UP
    if before.low - now.high >= space:
        return Change.DOWN
    return None


def _lower(heard: int, n: int, of: int) -> int:
    # -(-a // b) is ⌈a / b⌉.
    return max(0, -(-of * heard // n) - 1)


def _space(of: int) -> Fraction:
    return Fraction(APART[of] - 1, of)
