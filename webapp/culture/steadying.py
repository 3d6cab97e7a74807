"""Rates drawn towards what the other rows say, the more so the fewer conversations they rest on: the map's colour.

A trait's true rates in the rows of a view are taken to come from one beta law, and the tallies themselves tell how
alike the rows are. So 1 of 1 never outshines 40 of 50, and a row of hundreds stays where it is. The number printed
beside the colour is the raw rate.

    tallies of a trait → where is the posterior? → nodes with weights (`Law`) → each cell a mixture of betas, one a node

The model is the hierarchical beta-binomial of Gelman and others, Bayesian Data Analysis, 3rd edition (BDA3), chapter 5:
rates from Beta(a, b), prior p(a, b) ∝ (a + b)^(-5/2). It is flat in the mean m = a/(a + b) and the spread
u = (a + b)^(-1/2) (BDA3, 5.9), so these are summed over: u by Gauss and Legendre's nodes, m evenly in its logit. We say
besides that a + b is 1 or more, as in Jeffreys' prior: a trait heard always or never has no posterior otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from webapp.culture.tally import Interval, Tally

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FEWEST_ROWS: Final = 4
"""With fewer rows none learns from the others: each stands alone, with Jeffreys' prior, Beta(1/2, 1/2)."""

COARSE: Final = np.concatenate(([0.001], np.geomspace(0.005, 1, 24)))
"""Spreads at which one first looks where the posterior is."""

NEGLIGIBLE: Final = 10.0
"""So far below its peak (in logarithms) the posterior is left out."""

SPREADS, SPREAD_WEIGHTS = np.polynomial.legendre.leggauss(12)
MEANS: Final = np.linspace(-6, 6, 17)
"""Nodes: 12 spreads, and for each 17 means, in standard deviations of its logit."""


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """What the rows of one trait say together: with chance `weight`, rates come from a beta law of `mean` and `size`.

    The three arrays have one shape (nodes,); weights add up to 1; a = mean × size, b = (1 - mean) × size.
    """

    mean: Floats
    size: Floats
    weight: Floats

    @classmethod
    def of(cls, tallies: Sequence[Tally]) -> Self:
        """The law that these rows of one trait follow; Jeffreys' prior where under 4 of them were listened to.

        Costs time in the rows' different tallies, not in their conversations.
        """
        told = [(tally.heard, tally.n) for tally in tallies if tally.n]
        if len(told) < FEWEST_ROWS:
            return cls(np.array([0.5]), np.array([1.0]), np.array([1.0]))
        heard, n = np.array(told, dtype=float).T
        return cls(*_nodes(_Rows(heard, n, _distinct(heard), _distinct(n - heard), _distinct(n))))

    def rates(self, tallies: Sequence[Tally]) -> list[float]:
        """The steadied rate of each row, 0 to 1: the mean of its posterior. With n of 0, that of the law."""
        if not tallies:
            return []
        heard, n = np.array([(tally.heard, tally.n) for tally in tallies], dtype=float).T
        # The nodes of one spread have one size, and so one denominator.
        size, which = np.unique(self.size, return_inverse=True)
        weight = np.bincount(which, self.weight)
        a = np.bincount(which, self.weight * self.mean) * size
        rates = ((a + np.outer(heard, weight)) / (size + n[:, None])).sum(axis=1)
        return [float(rate) for rate in np.clip(rates, 0.0, 1.0)]

    def interval(self, tally: Tally, *, level: float = 0.95) -> Interval:
        """Where a row's true rate lies, `level` of its posterior, with as much left out below as above."""
        tail = (1 - level) / 2
        return Interval(self._quantile(tally, tail), self._quantile(tally, 1 - tail))

    def below(self, tally: Tally, rate: float) -> float:
        """The chance that a row's true rate is at most `rate`, 0 to 1."""
        return self._chance(tally, np.clip(rate, 0.0, 1.0))

    def below_mean(self, tally: Tally) -> float:
        """The chance that a row's true rate is at most the mean of the law that all rows follow, 0 to 1."""
        return self._chance(tally, self.mean)

    def _chance(self, tally: Tally, rate: Floats | float) -> float:
        from scipy.special import betainc  # noqa: PLC0415  (a quarter of a second, for which no start shall wait)

        a, b = self.mean * self.size + tally.heard, (1 - self.mean) * self.size + tally.n - tally.heard
        return min(1.0, float(self.weight @ betainc(a, b, rate)))

    def _quantile(self, tally: Tally, chance: float) -> float:
        low, high = 0.0, 1.0
        for _halving in range(24):
            middle = (low + high) / 2
            low, high = (middle, high) if self.below(tally, middle) < chance else (low, middle)
        return (low + high) / 2


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Heard and n of each row, n being 1 or more; and which counts there are, each with the number of its rows."""

    heard: Floats
    n: Floats
    all_heard: tuple[Floats, Counts]
    all_not_heard: tuple[Floats, Counts]
    all_n: tuple[Floats, Counts]

    def log_likelihood(self, mean: Floats, spread: Floats) -> Floats:
        """Of each (mean, spread), up to a constant."""
        size = spread**-2.0
        a, b = mean * size, (1 - mean) * size
        return _rising(a, *self.all_heard) + _rising(b, *self.all_not_heard) - _rising(size, *self.all_n)

    def logit_of_mean(self, spread: Floats) -> tuple[Floats, Floats]:
        """For each spread, about where the mean's logit lies, and its standard deviation.

        Conversations of one row are alike: n of them tell of the mean as much as n (s + 1)/(s + n) unlike ones, s being
        the size. With these the mean's posterior is nearly a beta's.
        """
        size = spread[:, None] ** -2.0
        worth = (size + 1) / (size + self.n)
        heard, n = worth @ self.heard, worth @ self.n
        return np.log((heard + 1) / (n - heard + 1)), np.sqrt(1 / (heard + 0.5) + 1 / (n - heard + 0.5))


def _nodes(rows: _Rows) -> tuple[Floats, Floats, Floats]:
    low, high = _where(rows)
    spread = low + (high - low) * (SPREADS + 1) / 2
    centre, deviation = rows.logit_of_mean(spread)
    mean = 1 / (1 + np.exp(-(centre[:, None] + deviation[:, None] * MEANS)))
    # The prior is flat in the mean, whose logit moves with m (1 - m).
    log_posterior = rows.log_likelihood(mean, spread[:, None]) + np.log(mean * (1 - mean) * deviation[:, None])
    weight = np.exp(log_posterior - log_posterior.max()) * SPREAD_WEIGHTS[:, None]
    kept = weight > weight.max() * 1e-9
    size = np.broadcast_to(spread[:, None] ** -2.0, mean.shape)
    return mean[kept], size[kept], weight[kept] / weight[kept].sum()


def _where(rows: _Rows) -> tuple[float, float]:
    """From which spread to which the posterior is worth summing, by Laplace's approximation at each mean's peak."""
    centre, deviation = rows.logit_of_mean(COARSE)
    mean = 1 / (1 + np.exp(-centre))
    height = rows.log_likelihood(mean, COARSE) + np.log(mean * (1 - mean) * deviation)
    worth = np.flatnonzero(height > height.max() - NEGLIGIBLE)
    before, after = worth[0] - 1, min(worth[-1] + 1, len(COARSE) - 1)
    return float(COARSE[before]) if before >= 0 else 0.0, float(COARSE[after])


def _distinct(counts: Floats) -> tuple[Floats, Counts]:
    which, rows = np.unique(counts, return_counts=True)
    return which, rows


def _rising(start: Floats, counts: Floats, rows: Counts) -> Floats:
    """Σ rows × (log Γ(start + count) - log Γ(start)); equal counts are reckoned once."""
    from scipy.special import gammaln  # noqa: PLC0415  (a quarter of a second, for which no start shall wait)

    return np.asarray(gammaln(start[..., None] + counts) @ rows - gammaln(start) * rows.sum())
