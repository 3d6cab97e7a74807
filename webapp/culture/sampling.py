"""How lopsided a sample is. Who listened, when and where is not random, and a busy day is not many days."""

import math
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import Final

from webapp.culture.tally import ENOUGH_FOR_COLOUR, Z_95, Interval, Tally

TOO_MUCH_OF_ONE: Final = Fraction(1, 2)
"""Over this share, one observer, place or day speaks for all the others."""

TOO_MUCH_OF_A_DAY: Final = Fraction(1, 3)
"""Over this share of one day, conversations count for less than their number."""

ALIKE: Final = 0.2
"""How alike two conversations of one day are taken to be while a school's own days do not tell (see `alikeness`).

An assumption: so alike are pupils of one school in a test (Hedges & Hedberg 2007, Educational Evaluation and Policy
Analysis 29:60, 0.22 on average). Nobody has measured it for conversations of adults.
"""

FEWEST_DAYS: Final = 12
"""With fewer days of two conversations and more, a school's own days do not tell how alike they are."""


class Part(StrEnum):
    """Of what one may give too much."""

    OBSERVER = "observer"
    PLACE = "place"
    DAY = "day"


def lopsided(n: int, busiest: Mapping[Part, int]) -> tuple[Part, ...]:
    """Of which parts the busiest one gives more than half of n observations, in the order of `Part`.

    `busiest` says how many the busiest observer, place and day gave; what it does not name is not asked. Under 5
    observations nothing is said: one of a handful always gives much.

    Raises:
        ValueError: one of them gave less than none, or more than all.
    """
    if not all(0 <= given <= n for given in busiest.values()):
        raise ValueError(f"{dict(busiest)} of {n} cannot be")
    if n < ENOUGH_FOR_COLOUR:
        return ()
    return tuple(part for part in Part if busiest.get(part, 0) > TOO_MUCH_OF_ONE * n)


def design_effect(days: Iterable[int], *, alike: float = ALIKE) -> float:
    """How many times as wide the variance is because one day gives over a third of all conversations; 1 otherwise.

    `days` are conversations a day. Kish 1965, Survey Sampling, for days of unequal size m: 1 + (Σm²/Σm - 1) × ρ, where
    ρ is `alike`, the intraclass correlation of a day. n conversations tell as much as n / effect unlike ones.

    Raises:
        ValueError: a day has less than no conversations, or `alike` is not from 0 to 1.
    """
    sizes = [size for size in days if size]
    if any(size < 0 for size in sizes) or not 0.0 <= alike <= 1.0:
        raise ValueError(f"days of {sizes}, alike by {alike}, cannot be")
    n = sum(sizes)
    if not sizes or max(sizes) <= TOO_MUCH_OF_A_DAY * n:
        return 1.0
    return 1.0 + (sum(size * size for size in sizes) / n - 1.0) * alike


def alikeness(days: Sequence[Tally]) -> float:
    """How alike a trait's conversations of one day are, 0 (no more than any others) to 1: the intraclass correlation.

    To be asked of all days of a school, not of the lopsided view. The estimator of the analysis of variance; Ridout,
    Demétrio & Firth 1999, Biometrics 55:137. `ALIKE` where under 12 days have two conversations or more, or where all
    were heard, or none.
    """
    told = [day for day in days if day.n]
    together = sum(told, Tally(0, 0))
    if sum(day.n > 1 for day in told) < FEWEST_DAYS or together.heard in {0, together.n}:
        return ALIKE
    mean = together.heard / together.n
    between = sum((day.heard - mean * day.n) ** 2 / day.n for day in told) / (len(told) - 1)
    within = sum(day.heard * (day.n - day.heard) / day.n for day in told) / (together.n - len(told))
    size = (together.n - sum(day.n**2 for day in told) / together.n) / (len(told) - 1)
    return min(1.0, max(0.0, (between - within) / (between + (size - 1) * within)))


def widened(tally: Tally, effect: float) -> Interval:
    """The 95 % Wilson interval of a rate whose n conversations tell as much as n / effect.

    Wilson's limits depend on z²/n alone, so a z larger by the root of the effect does it; `difference` takes the same.
    """
    return tally.wilson(z=Z_95 * math.sqrt(effect))
