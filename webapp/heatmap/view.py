"""What a reader wants to see of the heat map, as the address says it: by what, when, of what only, against what."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Self, TypeVar

from flask_babel import gettext as _

from webapp.culture.school_time import (
    Period,
    SchoolYear,
    last_30_days,
    period_before,
    term_before,
    this_term,
    this_week,
    weeks_of_last_year,
)
from webapp.culture.vocabulary import TRAITS, PlaceKind, Role, Setting, Trait
from webapp.observing.only import ELSEWHERE, GROUPS, Only
from webapp.observing.tallies import Row

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
FLOOR = re.compile(rf"-?\d{{1,2}}|{ELSEWHERE}", re.ASCII)
LONGEST_ECHO = 40

Word = TypeVar("Word")


class Preset(StrEnum):
    """A period that has a name; or dates of the reader's own."""

    WEEK = "week"
    DAYS = "30-days"
    TERM = "term"
    YEAR = "year"
    DATES = "dates"


class Order(StrEnum):
    """Rows of places and kinds stand in an order of their own, or so; never by what was heard."""

    LEAST = "least"


class Against(StrEnum):
    """What the period is compared with: as long a one before it, or the same weeks of last year."""

    BEFORE = "before"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class View:
    """What to show; `problems` says of each part of the address that cannot be followed why, and what to do.

    `typed` is what the reader typed as first and last day; where the two are no period, `period` is the usual one.
    `earlier` is the period compared with: none for rows by week, which stand beside those of no other period.
    """

    by: Row
    preset: Preset
    period: Period
    typed: tuple[str, str]
    only: Only
    against: Against | None
    earlier: Period | None
    order: Order | None
    cell: tuple[str, Trait] | None
    problems: Mapping[str, str]

    @classmethod
    def read(
        cls,
        said: Mapping[str, str],
        *,
        today: date,
        year: SchoolYear,
        last_year: Callable[[], SchoolYear],
        week_start: int,
        usual: Preset = Preset.TERM,
    ) -> Self:
        """The view that the address' parts ask for: `rows`, `period`, `from`, `to`, `cell`, those of `Only`, `compare`.

        What is missing or cannot be followed is as it is at first: places, `usual`, everything, no comparison.
        `last_year` tells the school's year before `year`; most views need not ask.
        """
        problems: dict[str, str] = {}
        by = _word(said, "rows", Row, problems, _no_row) or Row.PLACE
        preset = _preset(said, problems, usual)
        periods = {
            Preset.WEEK: this_week(today, week_start),
            Preset.DAYS: last_30_days(today),
            # A year without terms is one.
            Preset.TERM: this_term(today, year.terms) or Period(year.first, year.last),
            Preset.YEAR: Period(year.first, year.last),
        }
        period = periods.get(preset, periods[usual])
        if preset is Preset.DATES:
            period = _dates(said, problems) or period
        against = _word(said, "compare", Against, problems, _no_comparison)
        earlier = None
        if against is not None and by is not Row.WEEK:
            earlier = _earlier(period, _until(today, period, preset), against, problems)
            if earlier and against is Against.BEFORE and preset is Preset.TERM:
                earlier = term_before(period, (*last_year().terms, *year.terms)) or earlier
            if earlier and against is Against.BEFORE and preset is Preset.YEAR:
                earlier = Period(last_year().first, last_year().last)
        typed = (_typed(said, "from", period.first), _typed(said, "to", period.last))
        order = _word(said, "order", Order, problems, _no_choice)
        cell = _cell(said, problems)
        return cls(by, preset, period, typed, _only(said, problems), against, earlier, order, cell, problems)

    @classmethod
    def of(cls, by: Row, period: Period, *, only: Only, against: Against | None) -> Self:
        """Of these days, as a program asks for them.

        Raises:
            ValueError: the calendar does not reach back to the days compared with.
        """
        problems: dict[str, str] = {}
        earlier = None if against is None or by is Row.WEEK else _earlier(period, period, against, problems)
        if problems:
            raise ValueError(problems["compare"])
        typed = (str(period.first), str(period.last))
        return cls(by, Preset.DATES, period, typed, only, against, earlier, None, None, problems)

    def so_far(self, today: date) -> Period:
        """The days that the map tells of: a week or a term that is not over yet ends today."""
        return _until(today, self.period, self.preset)

    def address(self, **changed: str | None) -> dict[str, str]:
        """The parts of an address that lead to this view, with some changed; the cell at hand only where it is said."""
        parts: dict[str, str | None] = {"rows": self.by, "period": self.preset}
        if self.preset is Preset.DATES:
            parts |= {"from": str(self.period.first), "to": str(self.period.last)}
        parts |= {**self.narrowed(), "compare": self.against, "order": self.order}
        return {name: value for name, value in (parts | changed).items() if value is not None}

    def without_observers(self, why: str) -> Self:
        """The same of everybody who listened, and why."""
        return replace(self, only=replace(self.only, observers=None), problems={**self.problems, "observers": why})

    def of_all_observers(self) -> Self:
        """The same of everybody who listened: where a group of them would be one person, none is looked at apart."""
        return self.without_observers(_("Too few people listened then to look at some of them apart. All are shown."))

    def narrowed(self) -> dict[str, str]:
        """The parts of the address that say of what only, as they stand there."""
        return {name: value for name, value in asdict(self.only).items() if value is not None}


def day_said(text: str) -> date:
    """The day that a text names as year, month and day: 2026-11-24.

    Raises:
        ValueError: it names none.
    """
    if not DAY.fullmatch(text):
        raise ValueError(f"{text!r} is no day")
    return date.fromisoformat(text)


def floor_said(text: str) -> str:
    """A floor as an address names it: its number, or the word for places that have none.

    Raises:
        ValueError: it names none.
    """
    if not FLOOR.fullmatch(text):
        raise ValueError(f"{text!r} is no floor")
    return text if text == ELSEWHERE else str(int(text))


def group_said(text: str) -> Role:
    """A group of observers.

    Raises:
        ValueError: it names none.
    """
    group = Role(text)
    if group not in GROUPS:
        raise ValueError(f"{text!r} is no group of those who listen")
    return group


def _word(
    said: Mapping[str, str],
    name: str,
    known: Callable[[str], Word],
    problems: dict[str, str],
    complaint: Callable[[str], str],
) -> Word | None:
    """What this part of the address names, as `known` knows it; None, and why, where it names nothing."""
    word = said.get(name)
    # A choice of a form that was left at “all”.
    if not word:
        return None
    try:
        return known(word)
    except ValueError:
        problems[name] = complaint(_shown(word))
        return None


def _no_row(word: str) -> str:
    return str(_("The map cannot be drawn by “%(word)s”. Choose one of these.", word=word))


def _no_comparison(word: str) -> str:
    return str(_("“%(word)s” is nothing to compare with. Choose one of these.", word=word))


def _no_choice(word: str) -> str:
    return str(_("“%(word)s” is none of these. Choose one; until then all are shown.", word=word))


def _only(said: Mapping[str, str], problems: dict[str, str]) -> Only:
    return Only(
        setting=_word(said, "setting", Setting, problems, _no_choice),
        kind=_word(said, "kind", PlaceKind, problems, _no_choice),
        floor=_word(said, "floor", floor_said, problems, _no_choice),
        observers=_word(said, "observers", group_said, problems, _no_choice),
    )


def _preset(said: Mapping[str, str], problems: dict[str, str], usual: Preset) -> Preset:
    word = said.get("period", Preset.DATES if said.get("from") or said.get("to") else usual)
    try:
        return Preset(word)
    except ValueError:
        problems["period"] = _("“%(word)s” is no period. Choose one of these.", word=_shown(word))
        return usual


def _until(today: date, period: Period, preset: Preset) -> Period:
    if preset is Preset.DATES or not period.first <= today < period.last:
        return period
    return Period(period.first, today)


def _earlier(period: Period, told: Period, against: Against, problems: dict[str, str]) -> Period | None:
    """The period compared with: what is `told` so far with as much of last year, or with the whole one before.

    Half a week is not like the weekend before it.
    """
    try:
        return weeks_of_last_year(told) if against is Against.YEAR else period_before(period)
    except ValueError:
        problems["compare"] = _("The calendar does not reach back so far. Choose later days.")
        return None


def _dates(said: Mapping[str, str], problems: dict[str, str]) -> Period | None:
    found = [_day(said, name, problems) for name in ("from", "to")]
    if found[0] is None or found[1] is None:
        return None
    if found[1] < found[0]:
        problems["to"] = _("The last day comes before the first. Choose a later one.")
        return None
    return Period(found[0], found[1])


def _day(said: Mapping[str, str], name: str, problems: dict[str, str]) -> date | None:
    text = said.get(name, "").strip()
    try:
        return day_said(text)
    except ValueError:
        problems[name] = (
            _("This is no day of the calendar. Write it as in 2026-11-24.")
            if text
            else _("Say which day, as in 2026-11-24.")
        )
        return None


def _typed(said: Mapping[str, str], name: str, fallback: date) -> str:
    return _shown(said.get(name, str(fallback)))


def _cell(said: Mapping[str, str], problems: dict[str, str]) -> tuple[str, Trait] | None:
    text = said.get("cell")
    if text is None:
        return None
    row, _comma, word = text.rpartition(",")
    known = {trait.word: trait for trait in TRAITS}
    if row and word in known:
        return row, known[word]
    problems["cell"] = _("This map has no such cell. Choose one in the table.")
    return None


def _shown(text: str) -> str:
    """What was typed, as far as a page can show it."""
    seen = "".join(character for character in text if character.isprintable())
    return seen if len(seen) <= LONGEST_ECHO else f"{seen[:LONGEST_ECHO]}…"
