"""Which column of a file holds what, and what its words mean: said by a person, guessed as far as can be. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

from webapp.culture.vocabulary import TRAITS, GroupSize
from webapp.observing import import_times
from webapp.observing.import_times import Order
from webapp.web.csv_tables import Table, restored

LOOKED_AT: Final = 500
KNOWN_SHARE: Final = 0.5
"""A column of which so large a part of the words is known is the one that holds them."""

OUT: Final = "out"
"""Lines with this word are left out."""
NONE: Final = "none"
"""The word names no trait."""
USUAL: Final = "usual"
"""The setting is the one that is usual for the place."""
UNKNOWN: Final = "unknown"
"""Nobody knows how many were talking."""
HEARD, NOT_HEARD = "heard", "not-heard"


class Kind(StrEnum):
    """What the words of a column are about."""

    PLACE = "place"
    SETTING = "setting"
    TRAIT = "trait"
    ANSWER = "answer"
    SIZE = "size"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where what stands in a file, by the numbers of columns; None where there is none.

    The traits are words in one column (`heard`), or each has a column of its own (`answers`, in wire order). `source`
    is the id of the listen-in, in a file of our own.
    """

    time: int
    order: Order = Order.MONTH_FIRST
    place: int | None = None
    setting: int | None = None
    heard: int | None = None
    answers: tuple[int | None, ...] = ()
    size: int | None = None
    source: int | None = None

    def of(self, kind: Kind) -> list[int]:
        """The columns that hold words of this kind."""
        one = {Kind.PLACE: self.place, Kind.SETTING: self.setting, Kind.TRAIT: self.heard, Kind.SIZE: self.size}
        found = self.answers if kind is Kind.ANSWER else (one[kind],)
        return [column for column in found if column is not None]

    def agrees_with(self, other: "Columns") -> bool:
        """Whether the two are the same but for the id, of which nobody is asked."""
        return replace(self, source=None, order=other.order) == replace(other, source=None)


@dataclass(frozen=True, slots=True)
class Guess:
    """What can be told of the columns from the file alone; None where nothing could be."""

    time: int | None
    place: int | None
    setting: int | None
    heard: int | None
    answers: tuple[int | None, ...]
    size: int | None


Names = Mapping[Kind, Mapping[str, str]]
"""What is called how, each name as `normal` has it: kind of word → name → what it means."""
Words = Mapping[Kind, Mapping[str, str]]
"""What each word of a file means: kind → word as `tidy` has it → a place's id, a word of the wire, or one of above."""

HEADINGS: Final = {
    Kind.PLACE: ("place", "where", "location", "room", "area", "lugar", "donde", "sitio"),
    Kind.SETTING: ("setting", "conversation", "occasion", "situacion", "conversacion", "tipo de"),
    Kind.TRAIT: ("heard", "hear", "trait", "listen for", "rasgo", "escuch", "oid", "oyo"),
    Kind.SIZE: ("group size", "how many", "people", "adults", "cuant", "personas"),
}
_YES: Final = frozenset(("yes", "y", "true", "t", "1", "x", "heard", "si", "s", "verdadero", "v", "✓", "✔", "☑"))
_NO: Final = frozenset(("", "no", "n", "false", "f", "0", "not", "not heard", "falso", "✗", "✘", "☐"))
_BEGINS: Final = re.compile(r"\s*[:(–—]|\s-\s")
_BAND: Final = re.compile(r"([0-9]{1,4})\+?(?:(?: | to | a | o | or )([0-9]{1,4}|more|mas))?")


@lru_cache(maxsize=4096)
def tidy(cell: str) -> str:
    """A word as it is asked for: without space around it or runs of it."""
    return " ".join(cell.split())


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """A name without what people leave out: capitals, accents, hyphens, quotation marks."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
    return " ".join(re.sub(r"[^\w+✓✔☑✗✘☐]+|_+", " ", plain).split())


def guess_columns(table: Table, names: Names) -> Guess:
    """Which column holds what, from the words in it and above it."""
    free = list(range(len(table.headings)))

    def take(found: int | None) -> int | None:
        if found in free:
            free.remove(found)
        return found

    time = take(next((at for at in free if import_times.are_times(table.column(at))), None))
    answers = _guess_answers(table, names, free)
    for column in answers:
        take(column)
    place = take(_guess_column(table, names, Kind.PLACE, free))
    heard = None if any(at is not None for at in answers) else take(_guess_column(table, names, Kind.TRAIT, free))
    setting = take(_guess_column(table, names, Kind.SETTING, free))
    return Guess(time, place, setting, heard, answers, take(_guess_column(table, names, Kind.SIZE, free)))


def words_of(table: Table, columns: Columns) -> dict[Kind, Counter[str]]:
    """Every word that stands in the columns, and in how many lines or cells; a word for what has no column: “”."""
    found: dict[Kind, Counter[str]] = {}
    for kind in Kind:
        at = columns.of(kind)
        cells = Counter(tidy(cell) for column in at for cell in table.column(column))
        if kind is Kind.TRAIT and at:
            cells = _parts(table, at[0], cells)
        if kind is Kind.PLACE and not at:
            cells = Counter({"": len(table.rows)})
        if cells:
            found[kind] = cells
    return found


def parts(cell: str, separator: str) -> list[str]:
    """The words of a cell that holds several; an empty one holds the word “”."""
    found = [tidy(each) for each in cell.split(separator)]
    return [each for each in found if each] or [""]


def separator_of(cells: Iterable[str]) -> str:
    """What stands between the words of a cell, as Google Forms does it: in a file of its own `;`, in a sheet `,`."""
    return ";" if any(";" in cell for cell in cells) else ","


def guess_word(kind: Kind, word: str, names: Names) -> str | None:
    """What a word means; None where somebody has to say it."""
    known = names.get(kind, {})
    for said in (word, restored(word), _BEGINS.split(restored(word))[0]):
        if said and normal(said) in known:
            return known[normal(said)]
    return _FALLBACKS[kind](normal(word)) if kind in _FALLBACKS else None


def _guess_empty_setting(word: str) -> str | None:
    return None if word else USUAL


def _guess_empty_trait(word: str) -> str | None:
    return None if word else NONE


def _guess_answer(word: str) -> str | None:
    return HEARD if word in _YES else NOT_HEARD if word in _NO else None


def _guess_size(word: str) -> str | None:
    """A number, or from what to what."""
    if not word:
        return UNKNOWN
    found = _BAND.fullmatch(word)
    if found is None:
        return None
    least = int(found[1])
    most = int(found[2]) if found[2] and found[2].isdecimal() else least
    for size, begins, ends in ((GroupSize.FEW, 2, 3), (GroupSize.SOME, 4, 7), (GroupSize.MANY, 8, 9999)):
        if begins <= least <= most <= ends:
            return size
    return None


_FALLBACKS: Final = {
    Kind.SETTING: _guess_empty_setting,
    Kind.TRAIT: _guess_empty_trait,
    Kind.ANSWER: _guess_answer,
    Kind.SIZE: _guess_size,
}


def _guess_answers(table: Table, names: Names, free: Sequence[int]) -> tuple[int | None, ...]:
    """The column of each trait, by its heading; of a form with a grid: `What did you hear? [Evidence]`."""
    found: dict[str, int] = {}
    for at in free:
        inner = re.search(r"\[([^\]]+)\]\s*$", table.headings[at])
        word = guess_word(Kind.TRAIT, inner[1] if inner else table.headings[at], names)
        if word is not None and word != NONE:
            found.setdefault(word, at)
    return tuple(found.get(trait.word) for trait in TRAITS)


def _guess_column(table: Table, names: Names, kind: Kind, free: Sequence[int]) -> int | None:
    shares = {at: _known_share(table, at, kind, names) for at in free}
    best = max(free, key=lambda at: shares[at], default=None)
    if best is not None and shares[best] >= KNOWN_SHARE:
        return best
    headed = (at for at in free if any(word in normal(table.headings[at]) for word in HEADINGS[kind]))
    return next(headed, None)


def _known_share(table: Table, at: int, kind: Kind, names: Names) -> float:
    cells = [cell for cell in map(tidy, list(table.column(at))[:LOOKED_AT]) if cell]
    between = separator_of(cells)
    said = [word for cell in cells for word in parts(cell, between)] if kind is Kind.TRAIT else cells
    return sum(guess_word(kind, word, names) is not None for word in said) / len(said) if said else 0.0


def _parts(table: Table, at: int, cells: Counter[str]) -> Counter[str]:
    between = separator_of(table.column(at))
    found: Counter[str] = Counter()
    for cell, times in cells.items():
        for word in set(parts(cell, between)):
            found[word] += times
    return found
