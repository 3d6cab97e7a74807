"""How far two observers agree who listened to the same conversations, each for themselves.

A table counts conversations: row by what the first observer said, column by what the second did. q × q counts, q of 2
or more; for a trait ((both heard it, only the first), (only the second, neither)).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from webapp.culture.tally import Tally
from webapp.culture.vocabulary import TRAITS, Trait

Table = Sequence[Sequence[int]]
Floats = npt.NDArray[np.float64]

TWO_SIDED_95: Final = 0.975


@dataclass(frozen=True, slots=True)
class Coefficient:
    """Agreement beyond chance, from -1 to 1 (0: as by chance), with its standard error and 95 % interval.

    The interval is by Student's t with n - 1, as Gwet has it. Where the error comes out as 0, as it does when they
    agree on all, it is what Wilson's interval of the percent agreement leaves open: three conversations prove nothing.
    """

    value: float
    error: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TraitAgreement:
    """Of one trait: conversations that both heard it in, and so on; how many of all they agree on, and beyond chance.

    `agreed` is a tally, whose rate is the percent agreement and whose `wilson()` its interval. A coefficient is None
    where it says nothing: with no conversations, and kappa also where both said the same of all.
    """

    trait: Trait
    table: tuple[tuple[int, int], tuple[int, int]]
    agreed: Tally
    kappa: Coefficient | None
    ac1: Coefficient | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of n conversations that two observers listened to together: trait by trait, and alpha over all of them."""

    n: int
    traits: tuple[TraitAgreement, ...]
    alpha: float | None


def agree(pairs: Sequence[tuple[Trait, Trait]]) -> Agreement:
    """How far two observers agree; of each conversation, the set of traits each of them heard.

    Alpha is over all (conversation, trait) together, heard or not.
    """
    traits = tuple(_of_trait(trait, pairs) for trait in TRAITS)
    together = np.sum([each.table for each in traits], axis=0)
    return Agreement(len(pairs), traits, krippendorff_alpha(together.tolist()))


def agreed(table: Table) -> Tally:
    """On how many conversations of all they agree.

    Raises:
        ValueError: this is no table.
    """
    counts = _counts(table)
    return Tally(int(np.trace(counts)), int(counts.sum()))


def cohen_kappa(table: Table) -> Coefficient | None:
    """Cohen's kappa; None where chance alone would make them agree on all, or of no conversation.

    Cohen 1960, Educational and Psychological Measurement 20:37; its standard error by Fleiss, Cohen & Everitt 1969,
    Psychological Bulletin 72:323. It falls where a trait is rare, however well they agree (Feinstein & Cicchetti 1990,
    Journal of Clinical Epidemiology 43:543): look at AC1 beside it.

    Raises:
        ValueError: this is no table.
    """
    counts = _counts(table)
    share = counts / max(counts.sum(), 1)
    first, second = share.sum(axis=1), share.sum(axis=0)
    # How much a conversation's cell adds to what chance would make them agree on.
    by_chance = second[:, None] + first[None, :]
    return _coefficient(counts, float(first @ second), by_chance)


def gwet_ac1(table: Table) -> Coefficient | None:
    """Gwet's AC1, which stays high where a trait is rare and they agree; None of no conversation.

    Gwet 2008, British Journal of Mathematical and Statistical Psychology 61:29, with its variance for two observers.

    Raises:
        ValueError: this is no table.
    """
    counts = _counts(table)
    share = counts / max(counts.sum(), 1)
    either = (share.sum(axis=1) + share.sum(axis=0)) / 2
    others = len(counts) - 1
    by_chance = (2 - either[:, None] - either[None, :]) / others
    return _coefficient(counts, float(either @ (1 - either)) / others, by_chance)


def krippendorff_alpha(table: Table) -> float | None:
    """Krippendorff's alpha for named values and two observers, both of whom judged all; None where all are the same.

    Krippendorff 2011, Computing Krippendorff's Alpha-Reliability: 1 less observed by expected disagreement, the latter
    by drawing two of all 2n judgements without putting back.

    Raises:
        ValueError: this is no table.
    """
    counts = _counts(table)
    judged = counts.sum(axis=0) + counts.sum(axis=1)
    judgements = int(judged.sum())
    unlike = judgements**2 - int((judged**2).sum())
    if unlike == 0:
        return None
    return 1.0 - (judgements - 1) * 2 * float(counts.sum() - np.trace(counts)) / unlike


def _coefficient(counts: npt.NDArray[np.int64], chance: float, by_chance: Floats) -> Coefficient | None:
    """(agreed - chance) / (1 - chance), and its error by the delta method: each cell has its part in both of them."""
    n = int(counts.sum())
    if n == 0 or math.isclose(chance, 1.0):
        return None
    share = counts / n
    same = np.eye(len(counts))
    observed = float(np.trace(share))
    value = (observed - chance) / (1 - chance)
    pull = same - (1 - value) * by_chance
    variance = float((share * pull**2).sum()) - (observed - 2 * (1 - value) * chance) ** 2
    if math.isclose(variance, 0.0, abs_tol=1e-12):
        wilson = Tally(int(np.trace(counts)), n).wilson()
        low, high = ((limit - chance) / (1 - chance) for limit in (wilson.low, wilson.high))
        return Coefficient(value, 0.0, max(-1.0, low), high)
    error = math.sqrt(variance / n) / (1 - chance)
    reach = _student(n) * error
    return Coefficient(value, error, max(-1.0, value - reach), min(1.0, value + reach))


def _student(n: int) -> float:
    from scipy.special import stdtrit  # noqa: PLC0415  (a quarter of a second, for which no start shall wait)

    return float(stdtrit(n - 1, TWO_SIDED_95))


def _of_trait(trait: Trait, pairs: Sequence[tuple[Trait, Trait]]) -> TraitAgreement:
    said = [(bool(first & trait), bool(second & trait)) for first, second in pairs]
    table = (
        (said.count((True, True)), said.count((True, False))),
        (said.count((False, True)), said.count((False, False))),
    )
    return TraitAgreement(trait, table, agreed(table), cohen_kappa(table), gwet_ac1(table))


def _counts(table: Table) -> npt.NDArray[np.int64]:
    try:
        counts = np.array(table, dtype=np.int64)
    except ValueError:
        counts = np.zeros((0, 0), dtype=np.int64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or len(counts) < 2 or (counts < 0).any():  # noqa: PLR2004
        raise ValueError(f"{table} is no table of two observers")
    return counts
