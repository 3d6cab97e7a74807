"""Which tone a cell of the heat map has: the steadied rate's step on a fixed scale, less finely the less is known.

A palette that suppresses what is uncertain: where the interval is wide there are fewer tones to tell apart, and they
are paler. Correll, Moritz & Heer, CHI 2018.
"""

from dataclasses import dataclass
from typing import Final

from webapp.culture.tally import SHADES, Confidence, Tally, confidence, shade

LOW_MIDDLE_HIGH: Final = 3
"""Steps of the palest tones."""

WIDE: Final = 0.5
"""A Wilson interval wider than half the scale leaves no more than low, middle and high to be told."""


@dataclass(frozen=True, slots=True)
class Tone:
    """Step `step` of `steps`, 0 standing for 0 % and the last for 100 %; `paleness` is 0 (full), 1 or 2 (palest).

    `step` is None and `steps` 0 where there is no colour: nobody has listened, or too few (“n of 5”, hatched).
    """

    confidence: Confidence
    paleness: int
    steps: int
    step: int | None


def tone(tally: Tally, steadied: float) -> Tone:
    """The tone of a cell with this tally and this steadied rate.

    From 12 conversations: six full steps. From 5 to 11: six pale ones, or three still paler where the 95 % Wilson
    interval of the cell's own conversations is wider than half the scale (the steadied interval may be narrow though
    hardly anybody has listened here). Under 5: none. The scale is fixed from 0 to 100 %, never stretched to the data.

    Raises:
        ValueError: the steadied rate is not from 0 to 1.
    """
    step = shade(steadied)
    known = confidence(tally.n)
    if known in {Confidence.NOT_LISTENED, Confidence.TOO_FEW}:
        return Tone(known, 0, 0, None)
    if known is Confidence.FULL:
        return Tone(known, 0, SHADES, step)
    if tally.wilson().width <= WIDE:
        return Tone(known, 1, SHADES, step)
    return Tone(known, 2, LOW_MIDDLE_HIGH, int(steadied * (LOW_MIDDLE_HIGH - 1) + 0.5))
