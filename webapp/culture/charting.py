"""A trait over time: what is usual, how far chance alone goes, and what is worth a look. Never a proof.

Until 12 periods have been listened to, a plain run chart: a line at the median, and a look at how the points lie around
it. From then on the first 12 are what is usual, and a p-chart tells of every period whether it lies beyond chance; from
the 13th on a CUSUM adds up what is too little to be seen in one period.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from statistics import median
from typing import Final

import numpy as np

from webapp.culture.bands import Change
from webapp.culture.comparing import Difference, difference
from webapp.culture.tally import ENOUGH_FOR_COLOUR, NOTHING, Interval, Tally

USUAL_PERIODS: Final = 12
"""After so many periods one knows what is usual."""

BEYOND: Final = 0.00135
"""Beyond a limit lies at most this chance, on each side: what three standard deviations leave out of a normal law."""

FEWEST_FOR_RUNS: Final = 10
"""With fewer points off the median the run rules are silent."""

ODDS: Final = 2.0
"""A drift is looked for that doubles the odds, or halves them: from 50 to 67 %, from 60 to 75 %."""

DRIFTED: Final = math.log(2 * 370)
"""Where the CUSUM says so: with nothing changed, on average not before 370 periods, both directions together."""


class Sign(StrEnum):
    """What is worth a look."""

    POINT = "point"
    """One period beyond what chance does."""
    RUN = "run"
    """Periods too long on one side of the median."""
    DRIFT = "drift"
    """Periods that each are near the usual, and together are not."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A reason to look: from period `first` on, seen with period `seen` (both count from 0), and by how much it moved.

    `difference` is that of the rates from `first` to `seen` less what is usual (in a run chart: less the periods
    before `first`), with its 95 % interval. Told because it stands out, it looks larger than it is.
    """

    sign: Sign
    change: Change
    first: int
    seen: int
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class Point:
    """A period: its tally, the limits within which chance alone moves its rate, and where it lies if beyond them.

    `limits` is None in a run chart, and where nobody has listened.
    """

    tally: Tally
    limits: Interval | None = None
    beyond: Change | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """What a page draws: the periods in order, a centre line, and the signals in the order in which they were seen.

    `usual` is what the first 12 periods listened to say together; None in a run chart, whose centre is the median.
    `centre` is a share, and None before anybody has listened.
    """

    points: tuple[Point, ...]
    centre: float | None
    usual: Tally | None
    signals: tuple[Signal, ...]


def chart(periods: Sequence[Tally]) -> Chart:
    """The chart of a trait's tallies, one a period, oldest first; periods where nobody has listened have n of 0."""
    known = usual_until(periods)
    if known is None:
        return _run_chart(periods)
    usual = sum(periods[:known], NOTHING)
    points = tuple(_point(tally, usual) for tally in periods)
    beyond = [
        Signal(Sign.POINT, point.beyond, place, place, _moved(periods, place, place, known))
        for place, point in enumerate(points)
        if point.beyond
    ]
    drifts = [
        Signal(Sign.DRIFT, change, first, seen, _moved(periods, first, seen, known))
        for change in Change
        for first, seen in _drifts(periods, usual, known, change)
    ]
    signals = sorted(beyond + drifts, key=lambda signal: signal.seen)
    return Chart(points, usual.rate, usual, tuple(signals))


def usual_until(periods: Sequence[Tally]) -> int | None:
    """How many periods there are until the first 12 have been listened to, which are what is usual; None before."""
    listened = [place for place, tally in enumerate(periods) if tally.n]
    return None if len(listened) < USUAL_PERIODS else listened[USUAL_PERIODS - 1] + 1


def limits(usual: Tally, n: int) -> Interval:
    """Between which rates of n conversations chance alone leads, if nothing differs from what is usual.

    Exact: at most 0.00135 lies beyond each limit. Of many usual conversations they are those of the binomial law
    (Montgomery, Statistical Quality Control, on p-charts with varying n); a few hundred leave the usual rate itself
    open, and the limits are as much wider (the beta-binomial law that Jeffreys' prior gives).

    Raises:
        ValueError: n is below 1.
    """
    if n < 1:
        raise ValueError(f"of {n} conversations there are no limits")
    not_heard = usual.n - usual.heard
    return Interval(_least(usual.heard, not_heard, n) / n, (n - _least(not_heard, usual.heard, n)) / n)


def three_sigma(rate: float, n: int) -> Interval:
    """The textbook's limits for n conversations, drawn nowhere: at n of 10 they cry wolf several times too often.

    Montgomery, Statistical Quality Control: rate ± 3 √(rate (1 - rate) / n), kept to 0 and 1.
    """
    reach = 3 * math.sqrt(rate * (1 - rate) / n)
    return Interval(max(0.0, rate - reach), min(1.0, rate + reach))


def _least(heard: int, not_heard: int, n: int) -> int:
    """The smallest count of n that is not too rare: those below come with a chance of 0.00135 at most."""
    from scipy.special import betaln, gammaln  # noqa: PLC0415  (a quarter of a second, for which no start shall wait)

    count = np.arange(n + 1)
    a, b = heard + 0.5, not_heard + 0.5
    log_chance = (
        gammaln(n + 1) - gammaln(count + 1) - gammaln(n - count + 1) + betaln(a + count, b + n - count) - betaln(a, b)
    )
    return int(np.searchsorted(np.cumsum(np.exp(log_chance)), BEYOND, side="right"))


def _point(tally: Tally, usual: Tally) -> Point:
    if tally.rate is None:
        return Point(tally)
    reach = limits(usual, tally.n)
    if tally.rate > reach.high:
        return Point(tally, reach, Change.UP)
    return Point(tally, reach, Change.DOWN if tally.rate < reach.low else None)


def _moved(periods: Sequence[Tally], first: int, seen: int, known: int) -> Difference | None:
    """By how much periods `first` to `seen` differ from the usual ones that are not among them."""
    usual = [tally for place, tally in enumerate(periods[:known]) if not first <= place <= seen]
    return difference(sum(periods[first : seen + 1], NOTHING), sum(usual, NOTHING))


def _drifts(periods: Sequence[Tally], usual: Tally, known: int, change: Change) -> list[tuple[int, int]]:
    """(first, seen) of each drift in this direction: the log-likelihood CUSUM for tallies of any n.

    It adds up by how much the doubled (or halved) odds explain each period better than the usual ones, never below 0;
    a drift begins where it last left 0. Steiner and others 2000, Biostatistics 1:441. It takes e^h periods or more
    until chance reaches h: Lorden 1971, Annals of Mathematical Statistics 42:1897.
    """
    # Half a conversation added on both sides, so that what was never heard has odds too.
    odds = (usual.heard + 0.5) / (usual.n - usual.heard + 0.5)
    moved = odds * ODDS if change is Change.UP else odds / ODDS
    not_heard = math.log((1 + odds) / (1 + moved))
    heard = not_heard + math.log(moved / odds)
    found, total, first = [], 0.0, known
    for place in range(known, len(periods)):
        tally = periods[place]
        total = max(0.0, total + tally.heard * heard + (tally.n - tally.heard) * not_heard)
        if total > DRIFTED:
            found.append((first, place))
            total = 0.0
        if total == 0.0:
            first = place + 1
    return found


def _run_chart(periods: Sequence[Tally]) -> Chart:
    points = tuple(Point(tally) for tally in periods)
    told = [(place, tally.rate) for place, tally in enumerate(periods) if tally.n >= ENOUGH_FOR_COLOUR]
    rates = [rate for _place, rate in told if rate is not None]
    if not rates:
        return Chart(points, sum(periods, NOTHING).rate, None, ())
    centre = median(rates)
    off = [(place, rate > centre) for place, rate in told if rate is not None and rate != centre]
    runs = [[place for place, _above in run] for _above, run in groupby(off, key=lambda point: point[1])]
    signals: tuple[Signal, ...] = ()
    if _too_orderly([len(run) for run in runs]):
        first, seen = runs[-1][0], off[-1][0]
        change = Change.UP if off[-1][1] else Change.DOWN
        signals = (Signal(Sign.RUN, change, first, seen, _moved(periods, first, seen, first)),)
    return Chart(points, centre, None, signals)


def _too_orderly(runs: Sequence[int]) -> bool:
    """Whether runs on either side of the median are longer, or fewer, than chance makes them once in twenty times.

    Longer than log₂ n + 3, rounded, or fewer crossings than the 5 % quantile of the binomial law of n - 1 and a half, n
    being the points off the median. Anhøj & Olesen 2014, PLoS ONE 9:e113825.
    """
    n = sum(runs)
    if n < FEWEST_FOR_RUNS:
        return False
    fewest = next(k for k in range(n) if _coins(k, n - 1) >= 0.05)  # noqa: PLR2004  (once in twenty times)
    return max(runs) > round(math.log2(n) + 3) or len(runs) - 1 < fewest


def _coins(most: int, n: int) -> float:
    return float(sum(math.comb(n, k) for k in range(most + 1)) / 2**n)
