"""Which few cells of a heat map are worth another listen: asked as questions, and never an order of merit."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from webapp.culture.bands import Change
from webapp.culture.comparing import Difference, difference, discoveries, p_values
from webapp.culture.steadying import FEWEST_ROWS, Law
from webapp.culture.tally import ENOUGH_FOR_COLOUR, NOTHING, Tally

MOST: Final = 3
"""So many at most on a screen."""

FALSE_POINTERS: Final = 0.1
"""Of the cells that pass, at most this share is expected to be of chance (Benjamini–Hochberg)."""

SURE: Final = 0.95
"""The chance, after all that was heard, that the cell lies on this side of the others."""

APART: Final = 0.1
"""Ten points: nearer together nobody would hear the difference."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """Listen again here: in this row a trait is heard more (UP) or less (DOWN) often than in the others.

    `row` and `column` count from 0. `others` is the tally of all other rows together, `difference` the cell's rate
    less theirs with its 95 % interval: told because it stands out, it looks larger than it is.
    """

    row: int
    column: int
    change: Change
    others: Tally
    difference: Difference | None


def point_out(rows: Sequence[Sequence[Tally]], laws: Sequence[Law]) -> tuple[Pointer, ...]:
    """At most three cells that stand out among the rows of their trait, in the order of the map.

    `rows` are those of the map, each with a tally a trait; `laws` are the traits' laws (`Law.of` of each column).
    A cell of 5 conversations or more is pointed out where all three hold: Fisher's mid-p of it and the other rows
    passes Benjamini–Hochberg at 10 % over all such cells; its posterior lies on one side of the law's mean with a
    chance over 0.95; and its steadied rate is ten points or more away from that mean. Of more than three the least
    likely by chance are kept. Where under 4 rows were listened to, nothing is pointed out.

    Raises:
        ValueError: a row has not as many tallies as there are laws.
    """
    if any(len(row) != len(laws) for row in rows):
        raise ValueError("each row has a tally for each law")
    asked = [cell for column in range(len(laws)) for cell in _asked(rows, column)]
    p = p_values([tally for _row, _column, tally, _others in asked], [others for *_cell, others in asked])
    passing = discoveries(p, false=FALSE_POINTERS)
    unlikely_first = sorted(range(len(asked)), key=p.__getitem__)
    # One by one, because to look at a law's posterior takes longest, and no more than a few are kept.
    standing_out = (
        Pointer(row, column, change, others, difference(tally, others))
        for row, column, tally, others in (asked[at] for at in unlikely_first if passing[at])
        if (change := _stands_out(tally, laws[column])) is not None
    )
    return tuple(sorted(islice(standing_out, MOST), key=lambda pointer: (pointer.row, pointer.column)))


def _asked(rows: Sequence[Sequence[Tally]], column: int) -> list[tuple[int, int, Tally, Tally]]:
    """Row, column, tally, and all other rows' tally of those cells of a trait that are enough to ask."""
    tallies = [row[column] for row in rows]
    if sum(tally.n > 0 for tally in tallies) < FEWEST_ROWS:
        return []
    together = sum(tallies, NOTHING)
    return [
        (row, column, tally, Tally(together.heard - tally.heard, together.n - tally.n))
        for row, tally in enumerate(tallies)
        if tally.n >= ENOUGH_FOR_COLOUR
    ]


def _stands_out(tally: Tally, law: Law) -> Change | None:
    away = law.rates([tally])[0] - float(law.weight @ law.mean)
    if abs(away) < APART:
        return None
    below = law.below_mean(tally)
    if away > 0:
        return Change.UP if 1 - below > SURE else None
    return Change.DOWN if below > SURE else None
