"""What the lines of a file say, once it is known what its columns and words mean; and what is wrong with them. Pure."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from webapp.culture.school_time import hour_of
from webapp.culture.vocabulary import ALL, TRAITS, GroupSize, Setting, Trait
from webapp.observing import import_times
from webapp.observing.import_columns import (
    HEARD,
    NONE,
    OUT,
    UNKNOWN,
    USUAL,
    Columns,
    Kind,
    Words,
    parts,
    separator_of,
    tidy,
)
from webapp.observing.import_times import NoTime
from webapp.web.csv_tables import Table

SETTINGS: Final[dict[str, Setting]] = {setting.value: setting for setting in Setting}
SIZES: Final[dict[str, GroupSize | None]] = {UNKNOWN: None} | {size.value: size for size in GroupSize}
BITS: Final = tuple(map(int, TRAITS))
SETS: Final = tuple(map(Trait, range(ALL + 1)))
"""Looked up line by line: to make one of an enumeration takes ten times as long."""


class Wrong(StrEnum):
    """What is wrong with a line, beside its time."""

    WORD = "a word that is not known"
    TOO_LONG = "more cells than headings"
    NO_ID = "no id"
    ID_TWICE = "an id that stands there twice"


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong in the line of this number: where (the column's heading) and what stands there."""

    number: int
    wrong: Wrong | NoTime
    heading: str = ""
    said: str = ""
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A listen-in as a line tells it; `source` is the id that it had in a file of our own."""

    number: int
    at: datetime
    place: UUID
    setting: Setting
    heard: Trait
    size: GroupSize | None
    source: UUID | None = None


@dataclass(slots=True)
class Reading:
    """What came of a file: what can be filed, what is wrong, and how many lines were left out on purpose."""

    lines: list[Line] = field(default_factory=list)
    faults: list[LineFault] = field(default_factory=list)
    left_out: int = 0

    @property
    def faulty(self) -> int:
        """How many lines have something wrong."""
        return len({fault.number for fault in self.faults})


def read(
    table: Table, columns: Columns, words: Words, *, usual: Mapping[UUID, Setting], zone: ZoneInfo, now: datetime
) -> Reading:
    """Every line of the table; `usual` is the setting that goes with each place where a line tells none."""
    reader = _Reader(table, columns, words, usual=usual, zone=zone, now=now)
    reading = Reading()
    for number, cells in table.rows:
        reader.read(number, cells, reading)
    return reading


def identified(school: UUID, lines: Iterable[Line], zone: ZoneInfo) -> dict[UUID, Line]:
    """Each line under the id that its listen-in always gets in this school, in their order.

    Who brings a file in twice brings in nothing twice; and no id tells more of a time than its hour (PRIVACY-0). Lines
    that say the same of the same hour are numbered.
    """
    alike: Counter[str] = Counter()
    found = {}
    for line in lines:
        said = str(line.source) if line.source else _said(line, zone)
        found[uuid.uuid5(school, f"{said}|{alike[said]}")] = line
        alike[said] += 1
    return found


def _said(line: Line, zone: ZoneInfo) -> str:
    hour = int(hour_of(line.at, zone).timestamp())
    return f"{hour}|{line.place}|{line.setting}|{int(line.heard)}|{line.size}"


class _Reader:
    """Reads line after line; what is wrong in one is noted down, all of it."""

    def __init__(
        self,
        table: Table,
        columns: Columns,
        words: Words,
        *,
        usual: Mapping[UUID, Setting],
        zone: ZoneInfo,
        now: datetime,
    ) -> None:
        self.headings, self.columns, self.words, self.usual = table.headings, columns, words, usual
        self.zone, self.now = zone, now
        self.places = {str(place): place for place in usual}
        self.between = "," if columns.heard is None else separator_of(table.column(columns.heard))
        self.sources: set[UUID] = set()
        # Most lines say what others said before.
        self.known: dict[str, Trait] = {}

    def read(self, number: int, cells: tuple[str, ...], into: Reading) -> None:
        self.number, self.cells = number, cells
        self.faults: list[LineFault] = []
        self.is_out = False
        line = self._line()
        if self.is_out:
            into.left_out += 1
        elif line is not None and not self.faults:
            into.lines.append(line)
        into.faults += [] if self.is_out else self.faults

    def _line(self) -> Line | None:
        at = self._time()
        place = self._place()
        setting = self._word(Kind.SETTING, self.columns.setting, USUAL)
        heard = self._heard()
        size = self._word(Kind.SIZE, self.columns.size, UNKNOWN)
        source = self._source()
        if len(self.cells) > len(self.headings):
            self._wrong(Wrong.TOO_LONG, None, self.cells[len(self.headings)])
        if at is None or place is None or setting is None or size is None:
            return None
        chosen = self.usual[place] if setting == USUAL else SETTINGS[setting]
        return Line(self.number, at, place, chosen, heard, SIZES[size], source)

    def _time(self) -> datetime | None:
        said = self.cells[self.columns.time]
        at = import_times.read(said, self.columns.order, self.zone, self.now)
        if isinstance(at, NoTime):
            self._wrong(at, self.columns.time, said)
            return None
        return at

    def _place(self) -> UUID | None:
        meant = self._word(Kind.PLACE, self.columns.place, None)
        return None if meant is None else self.places[meant]

    def _heard(self) -> Trait:
        if self.columns.heard is not None:
            return self._heard_in_one(self.cells[self.columns.heard], self.columns.heard)
        heard = 0
        for trait, at in zip(BITS, self.columns.answers, strict=True):
            if at is not None and self._meant(Kind.ANSWER, tidy(self.cells[at]), at) == HEARD:
                heard |= trait
        return SETS[heard]

    def _heard_in_one(self, cell: str, at: int) -> Trait:
        if cell in self.known:
            return self.known[cell]
        meant = [self._meant(Kind.TRAIT, word, at) for word in parts(cell, self.between)]
        heard = Trait.from_words(word for word in meant if word and word != NONE)
        if None not in meant:
            self.known[cell] = heard
        return heard

    def _word(self, kind: Kind, at: int | None, missing: str | None) -> str | None:
        """What the word in this column means; `missing` where there is no such column."""
        if at is None and missing is not None:
            return missing
        return self._meant(kind, "" if at is None else tidy(self.cells[at]), at)

    def _meant(self, kind: Kind, word: str, at: int | None) -> str | None:
        meant = self.words.get(kind, {}).get(word)
        if meant == OUT:
            self.is_out = True
            return None
        if meant is None:
            self._wrong(Wrong.WORD, at, word, kind)
        return meant

    def _source(self) -> UUID | None:
        if self.columns.source is None:
            return None
        said = self.cells[self.columns.source].strip()
        try:
            source = UUID(said)
        except ValueError:
            self._wrong(Wrong.NO_ID, self.columns.source, said)
            return None
        if source in self.sources:
            self._wrong(Wrong.ID_TWICE, self.columns.source, said)
        self.sources.add(source)
        return source

    def _wrong(self, wrong: Wrong | NoTime, at: int | None, said: str, kind: Kind | None = None) -> None:
        heading = "" if at is None else self.headings[at]
        self.faults.append(LineFault(self.number, wrong, heading, tidy(said)[:60], kind))
