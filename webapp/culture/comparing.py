"""What changed between two periods, and whether it is worth an arrow."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from webapp.culture.bands import Change
from webapp.culture.tally import ENOUGH_FOR_COLOUR, Z_95, Tally

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FALSE_ARROWS: Final = 0.05
"""Of the arrows of a view, at most this share is expected to be of chance (Benjamini–Hochberg)."""

FAR: Final = 9.0
"""So many standard deviations from the middle, no double can tell a tail's probability from 0."""


@dataclass(frozen=True, slots=True)
class Difference:
    """By how much a rate rose, as a share from -1 to 1 (0.1 is ten points), and from where to where that is certain."""

    value: float
    low: float
    high: float

    @property
    def change(self) -> Change | None:
        """Which way it went; None where the interval holds 0."""
        if self.low > 0:
            return Change.UP
        return Change.DOWN if self.high < 0 else None


def difference(now: Tally, before: Tally, *, z: float = Z_95) -> Difference | None:
    """Newcombe's hybrid score interval of `now` less `before`; None where nobody has listened in one of them.

    The two must not share conversations. `z` is the normal quantile; its default gives 95 %. Newcombe 1998, Statistics
    in Medicine 17:873, method 10: each limit is as far away as the nearer Wilson limits of both rates together.
    """
    if now.rate is None or before.rate is None:
        return None
    value = now.rate - before.rate
    ours, theirs = now.wilson(z=z), before.wilson(z=z)
    down = math.hypot(now.rate - ours.low, theirs.high - before.rate)
    up = math.hypot(ours.high - now.rate, before.rate - theirs.low)
    return Difference(value, max(-1.0, value - down), min(1.0, value + up))


def p_values(now: Sequence[Tally], before: Sequence[Tally]) -> list[float]:
    """How likely chance alone, pair by pair, parts two tallies at least so far: Fisher's exact test, mid-p, two-sided.

    Not the p-value that turns Newcombe's interval around, nor Pearson's score test: at small and unequal n both say
    0.0001 many times as often as once in ten thousand, and Benjamini–Hochberg lives on such small values. Mid-p keeps
    its word there. Lydersen, Fagerland & Laake 2009, Statistics in Medicine 28:1159; two-sided by doubling.

    Returns:
        As many values from 0 to 1 as there are pairs; 1 where nobody has listened in one of the two.

    Raises:
        ValueError: `now` and `before` are not of one length.
    """
    pairs = list(zip(now, before, strict=True))
    if not pairs:
        return []
    table = np.array([(new.heard, new.n, old.heard, old.n) for new, old in pairs])
    return [float(p) for p in _mid_p(*table.T)]


def discoveries(p: Sequence[float], *, false: float) -> list[bool]:
    """Which of these p-values Benjamini and Hochberg's step-up procedure lets pass.

    `false` is the share of chance among those that pass which one is ready to bear (0.05 is one in twenty). Benjamini &
    Hochberg 1995, Journal of the Royal Statistical Society B 57:289.
    """
    ordered = sorted(p)
    passing = [value for rank, value in enumerate(ordered, 1) if value <= rank / len(p) * false]
    return [bool(passing) and value <= passing[-1] for value in p]


def arrows(now: Sequence[Tally], before: Sequence[Tally]) -> list[Change | None]:
    """An arrow for each cell of a view, or None: `now` and `before` are its cells in one order.

    Drawn only where Newcombe's interval at 95 % excludes 0 and Benjamini–Hochberg lets the cell pass at 5 %, among all
    cells with at least 5 conversations in both periods. Cells with fewer have no arrow, and are not asked.

    Raises:
        ValueError: `now` and `before` are not of one length.
    """
    asked = [
        (place, new, old)
        for place, (new, old) in enumerate(zip(now, before, strict=True))
        if min(new.n, old.n) >= ENOUGH_FOR_COLOUR
    ]
    p = p_values([new for _place, new, _old in asked], [old for _place, _new, old in asked])
    drawn: list[Change | None] = [None] * len(now)
    for (place, new, old), passes in zip(asked, discoveries(p, false=FALSE_ARROWS), strict=True):
        apart = difference(new, old) if passes else None
        drawn[place] = apart.change if apart else None
    return drawn


def power(before: float, now: float, *, n: int) -> float:
    """The chance that one cell alone shows a true rise (or fall) from `before` to `now`, with n in each period, 0 to 1.

    Counted over all (n + 1)² tables by the rule of `arrows`; nothing is simulated. Where many cells are looked at
    together the chance is smaller. Takes time in n².

    Raises:
        ValueError: the rates are not two from 0 to 1, or n is below 0.
    """
    if not (0.0 <= before <= 1.0 and 0.0 <= now <= 1.0) or before == now or n < 0:
        raise ValueError(f"from {before} to {now} with {n} cannot be")
    if n < ENOUGH_FOR_COLOUR:
        return 0.0
    which = Change.UP if now > before else Change.DOWN
    tables = [(Tally(new, n), Tally(old, n)) for old in range(n + 1) for new in range(n + 1)]
    p = p_values([new for new, _old in tables], [old for _new, old in tables])
    chances = np.outer(_binomial(n, before), _binomial(n, now)).ravel()
    return math.fsum(
        chance
        for chance, value, (new, old) in zip(chances, p, tables, strict=True)
        if value <= FALSE_ARROWS and (apart := difference(new, old)) is not None and apart.change is which
    )


def _binomial(n: int, rate: float) -> Floats:
    return np.array([math.comb(n, heard) * rate**heard * (1 - rate) ** (n - heard) for heard in range(n + 1)])


def _mid_p(heard: Counts, n: Counts, heard_before: Counts, n_before: Counts) -> Floats:
    """Twice the smaller tail of the hypergeometric law, of what was seen only half; never above 1.

    A tail begins at what was seen and ends where the law does, or where no double can tell it from 0.
    """
    either, everything = heard + heard_before, n + n_before
    share = either / np.maximum(everything, 1)
    spread = np.sqrt(share * (1 - share) * n * n_before / np.maximum(everything - 1, 1))
    steps = np.arange(1 + int(min(np.minimum(n, either).max(), FAR * spread.max() + FAR)))[:, None]
    log_factorial = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, everything.max() + 1)))))

    def tail(direction: int) -> Floats:
        seen = heard + direction * steps
        inside = (seen >= np.maximum(0, either - n_before)) & (seen <= np.minimum(n, either))
        seen = np.where(inside, seen, heard)
        log_chance = (
            log_factorial[either] + log_factorial[everything - either] - log_factorial[everything]
            + log_factorial[n] - log_factorial[seen] - log_factorial[n - seen]
            + log_factorial[n_before] - log_factorial[either - seen] - log_factorial[n_before - either + seen]
        )  # fmt: skip
        chance = np.where(inside, np.exp(log_chance), 0.0)
        return np.asarray(chance.sum(axis=0) - chance[0] / 2)

    return np.asarray(np.minimum(1.0, 2 * np.minimum(tail(1), tail(-1))))
