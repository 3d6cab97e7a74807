"""What a reader wants to see of the heat map, as the address says it: by what, of which days, and which cell."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from flask_babel import gettext as _

from webapp.culture.school_time import Period, SchoolYear, last_30_days, this_term, this_week
from webapp.culture.vocabulary import TRAITS, Trait
from webapp.observing.tallies import Row

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
LONGEST_ECHO = 40


class Preset(StrEnum):
    """A period that has a name; or dates of the reader's own."""

    WEEK = "week"
    DAYS = "30-days"
    TERM = "term"
    DATES = "dates"


@dataclass(frozen=True, slots=True)
class View:
    """What to show; `problems` says of each part of the address that cannot be followed why, and what to do.

    `typed` is what the reader typed as first and last day; where the two are no period, `period` is this term.
    """

    by: Row
    preset: Preset
    period: Period
    typed: tuple[str, str]
    cell: tuple[str, Trait] | None
    problems: Mapping[str, str]

    @classmethod
    def read(cls, said: Mapping[str, str], *, today: date, year: SchoolYear, week_start: int) -> Self:
        """The view that the address' parts `rows`, `period`, `from`, `to` and `cell` ask for.

        What is missing or cannot be followed is as it is at first: places, this term.
        """
        problems: dict[str, str] = {}
        by = _row(said, problems)
        preset = _preset(said, problems)
        periods = {
            Preset.WEEK: this_week(today, week_start),
            Preset.DAYS: last_30_days(today),
            # A year without terms is one.
            Preset.TERM: this_term(today, year.terms) or Period(year.first, year.last),
        }
        period = periods.get(preset, periods[Preset.TERM])
        if preset is Preset.DATES:
            period = _dates(said, problems) or period
        typed = (_typed(said, "from", period.first), _typed(said, "to", period.last))
        return cls(by, preset, period, typed, _cell(said, problems), problems)

    def so_far(self, today: date) -> Period:
        """The days that the map tells of: a week or a term that is not over yet ends today."""
        if self.preset is Preset.DATES or not self.period.first <= today < self.period.last:
            return self.period
        return Period(self.period.first, today)

    def address(self, **changed: str | None) -> dict[str, str]:
        """The parts of an address that lead to this view, with some changed; the cell at hand only where it is said."""
        parts: dict[str, str | None] = {"rows": self.by, "period": self.preset}
        if self.preset is Preset.DATES:
            parts |= {"from": str(self.period.first), "to": str(self.period.last)}
        return {name: value for name, value in (parts | changed).items() if value is not None}


def day_said(text: str) -> date:
    """The day that a text names as year, month and day: 2026-11-24.

    Raises:
        ValueError: it names none.
    """
    if not DAY.fullmatch(text):
        raise ValueError(f"{text!r} is no day")
    return date.fromisoformat(text)


def _row(said: Mapping[str, str], problems: dict[str, str]) -> Row:
    word = said.get("rows", Row.PLACE)
    try:
        return Row(word)
    except ValueError:
        problems["rows"] = _("The map cannot be drawn by “%(word)s”. Choose one of these.", word=_shown(word))
        return Row.PLACE


def _preset(said: Mapping[str, str], problems: dict[str, str]) -> Preset:
    word = said.get("period", Preset.DATES if said.get("from") or said.get("to") else Preset.TERM)
    try:
        return Preset(word)
    except ValueError:
        problems["period"] = _("“%(word)s” is no period. Choose one of these.", word=_shown(word))
        return Preset.TERM


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
