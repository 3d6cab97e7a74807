"""What was published, in the reader's words: a card for each trait, with its sentence, its steps and its table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from babel.dates import format_skeleton
from flask_babel import get_locale
from flask_babel import gettext as _

from webapp.culture.bands import Change, changed
from webapp.culture.school_time import DAY, Period
from webapp.culture.vocabulary import TRAITS, Trait
from webapp.culture.words import BAND_WORDS, SIZE_WORDS, TRAIT_ICONS, TRAIT_WORDS
from webapp.trends.published import Published

DAY_AND_MONTH, WITH_YEAR = "MMMMd", "yMMMd"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chart and one row of its table; a time of which nothing was published has no band.

    `band` and `of` are as in the contract; all else is in words.
    """

    band: int | None
    of: int
    days: int
    start: str
    end: str
    dates: str
    share: str
    size: str


@dataclass(frozen=True, slots=True)
class Card:
    """What staff are told of one trait."""

    word: str
    name: str
    gloss: str
    icon: str
    sentence: str
    change: str | None
    label: str
    steps: tuple[Step, ...]
    meaning: str
    question: str

    @property
    def in_words(self) -> str:
        """Its chart without the drawing: every step, oldest first."""
        return f"{self.name}. " + "; ".join(f"{step.dates}: {step.share}" for step in self.steps)


def cards(windows: Sequence[Published]) -> list[Card]:
    """The seven, in wire order; none while nothing is published."""
    return [_card(order, trait, windows) for order, trait in enumerate(TRAITS)] if windows else []


def newest(windows: Sequence[Published]) -> str:
    """From how many conversations the newest shares come, in a sentence."""
    return str(_("The newest shares come from %(size)s.", size=_size(windows[-1])))


def _card(order: int, trait: Trait, windows: Sequence[Published]) -> Card:
    words, last = TRAIT_WORDS[trait], windows[-1]
    return Card(
        word=trait.word,
        name=_(words.name),
        gloss=_(words.gloss),
        icon=TRAIT_ICONS[trait],
        sentence=_(
            "Heard in %(share)s of conversations, %(dates)s.",
            share=_share(last, order),
            dates=_from_to(last.period, DAY_AND_MONTH),
        ),
        change=_change(windows, order),
        label=_(
            "%(trait)s in steps, %(dates)s. The table below says the same in words.",
            trait=_(words.name),
            dates=_from_to(Period(windows[0].period.first, last.period.last), WITH_YEAR),
        ),
        steps=tuple(_steps(windows, order)),
        meaning=_(words.meaning),
        question=_(words.question),
    )


def _change(windows: Sequence[Published], order: int) -> str | None:
    """That it is heard more or less often than in the window before, or else than in the first of all.

    None where the bands do not allow to say so.
    """
    now = windows[-1]
    for before in (*windows[-2:-1], windows[0]):
        same_year = before.period.first.year == now.period.last.year
        dates = _from_to(before.period, DAY_AND_MONTH if same_year else WITH_YEAR)
        was = {"share": _share(before, order), "dates": dates}
        went = changed(before.bands[order], now.bands[order])
        if went is Change.UP:
            return str(_("More often than before: it was %(share)s, %(dates)s.", **was))
        if went is Change.DOWN:
            return str(_("Less often than before: it was %(share)s, %(dates)s.", **was))
    return None


def _steps(windows: Sequence[Published], order: int) -> list[Step]:
    steps = [_step(windows[0], order)]
    for before, window in pairwise(windows):
        if before.period.last + DAY < window.period.first:
            steps.append(_gap(Period(before.period.last + DAY, window.period.first - DAY)))
        steps.append(_step(window, order))
    return steps


def _step(window: Published, order: int) -> Step:
    return Step(
        band=window.bands[order].j,
        of=window.of,
        days=window.period.days,
        start=_day(window.period.first, WITH_YEAR),
        end=_day(window.period.last, WITH_YEAR),
        dates=_from_to(window.period, WITH_YEAR),
        share=_share(window, order),
        size=_size(window),
    )


def _gap(period: Period) -> Step:
    return Step(
        band=None,
        of=1,
        days=period.days,
        start=_day(period.first, WITH_YEAR),
        end=_day(period.last, WITH_YEAR),
        dates=_from_to(period, WITH_YEAR),
        share=_("Not enough"),
        size="",
    )


def _share(window: Published, order: int) -> str:
    return str(_(BAND_WORDS[window.of, window.bands[order].j]))


def _size(window: Published) -> str:
    return str(_(SIZE_WORDS[window.of]))


def _from_to(period: Period, skeleton: str) -> str:
    return str(_("%(first)s to %(last)s", first=_day(period.first, skeleton), last=_day(period.last, skeleton)))


def _day(day: date, skeleton: str) -> str:
    return format_skeleton(skeleton, day, locale=get_locale())
