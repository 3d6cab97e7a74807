"""What every figure is made of: in how many of n conversations a trait was heard."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

Z_95: Final = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""

SHADES: Final = 6
"""Steps of the heat ramp, 0 to 5."""

ENOUGH_FOR_COLOUR: Final = 5
ENOUGH_FOR_FULL_COLOUR: Final = 12


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both shares from 0 to 1.

    Raises:
        ValueError: they are no such shares, or not in this order.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse what is no interval of shares."""
        if not 0.0 <= self.low <= self.high <= 1.0:
            raise ValueError(f"{self.low} to {self.high} is no interval of shares")

    @property
    def width(self) -> float:
        """How far it reaches, 0 to 1."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Tally:
    """Heard in `heard` of `n` conversations; n counts those where nothing was heard too.

    Raises:
        ValueError: heard is below 0 or above n.
    """

    heard: int
    n: int

    def __post_init__(self) -> None:
        """Refuse what cannot have been counted."""
        if not 0 <= self.heard <= self.n:
            raise ValueError(f"heard {self.heard} of {self.n} cannot be")

    def __add__(self, other: "Tally") -> "Tally":
        """Both together; they must not share conversations."""
        return Tally(self.heard + other.heard, self.n + other.n)

    @property
    def rate(self) -> float | None:
        """The share heard, 0 to 1; None where nobody has listened."""
        return self.heard / self.n if self.n else None

    def wilson(self, *, z: float = Z_95) -> Interval:
        """The Wilson score interval of the rate, without continuity correction; 0 to 1 where nobody has listened.

        `z` is the normal quantile; its default gives 95 %. Newcombe 1998, Statistics in Medicine 17:857, method 3.
        """
        if self.n == 0:
            return Interval(0.0, 1.0)
        share = self.heard / self.n
        spread = z * z / self.n
        centre = (share + spread / 2) / (1 + spread)
        half = z * math.sqrt((share * (1 - share) + spread / 4) / self.n) / (1 + spread)
        # At the ends the limit is exactly 0 or 1; rounding would leave it a hair beside.
        low = 0.0 if self.heard == 0 else max(0.0, centre - half)
        high = 1.0 if self.heard == self.n else min(1.0, centre + half)
        return Interval(low, high)


NOTHING: Final = Tally(0, 0)
"""Nobody has listened; where sums begin."""


class Confidence(StrEnum):
    """How boldly a cell of the heat map may be coloured."""

    NOT_LISTENED = "not_listened"
    TOO_FEW = "too_few"
    PALE = "pale"
    FULL = "full"


def confidence(n: int) -> Confidence:
    """How boldly a cell of n conversations may be coloured: none, under 5, under 12, or more.

    Raises:
        ValueError: n is below 0.
    """
    if n < 0:
        raise ValueError(f"{n} conversations cannot be")
    if n == 0:
        return Confidence.NOT_LISTENED
    if n < ENOUGH_FOR_COLOUR:
        return Confidence.TOO_FEW
    return Confidence.PALE if n < ENOUGH_FOR_FULL_COLOUR else Confidence.FULL


def shade(rate: float) -> int:
    """The step of the heat ramp nearest to a rate: 0 stands for 0 %, 1 for 20 %, up to 5 for 100 %.

    The scale is fixed and never stretched to the data; half-way goes up (10 % is 1, 90 % is 5).

    Raises:
        ValueError: the rate is not from 0 to 1.
    """
    if not 0.0 <= rate <= 1.0:
        raise ValueError(f"{rate} is no rate")
    return int(rate * (SHADES - 1) + 0.5)
