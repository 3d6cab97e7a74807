"""Tables out of CSV files that other programs wrote: in whose letters, with which separator, row by row. Pure."""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from itertools import islice
from typing import Final

from webapp.web.sheets import BEGINS_A_FORMULA

LARGEST_FILE: Final = 10 * 1024 * 1024
MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 200
SEPARATORS: Final = ",;\t"
LOOKED_AT: Final = 50
"""From so many rows the separator is guessed."""

MARKED: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SPREADSHEETS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How XLSX and ODS begin (as ZIP does), and the older XLS."""
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0e-\x1f]")
_SAYS_SEPARATOR: Final = re.compile(r"sep=([,;\t])\r?\n", re.I)
"""What Excel writes, and hides, above the headings."""


class Why(StrEnum):
    """Why a file is no table."""

    EMPTY = "empty"
    TOO_LARGE = "too large"
    SPREADSHEET = "a spreadsheet"
    NO_TEXT = "no text"
    ONE_COLUMN = "one column"
    TOO_MANY_COLUMNS = "too many columns"
    NO_ROWS = "no rows"
    TOO_MANY_ROWS = "too many rows"
    OPEN_QUOTE = "a quotation mark that is not closed"


class NoTableError(Exception):
    """The file is no table that can be read; `line` is where, if that can be said."""

    def __init__(self, why: Why, line: int | None = None) -> None:
        super().__init__(why.value)
        self.why = why
        self.line = line


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, and the rows below them with their numbers as a spreadsheet counts them: the headings are number 1.

    A row has at least as many cells as there are headings.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def column(self, at: int) -> Iterator[str]:
        """The cells of one column."""
        return (cells[at] for _number, cells in self.rows)


def read(data: bytes) -> Table:
    """The table in a file.

    Raises:
        NoTableError: there is none that can be read, or more of it than is allowed.
    """
    if len(data) > LARGEST_FILE:
        raise NoTableError(Why.TOO_LARGE)
    text = decoded(data)
    if not text.strip():
        raise NoTableError(Why.EMPTY)
    separator, text = _separator(text)
    rows = [(number, cells) for number, cells in enumerate(_records(text, separator), 1) if any(map(str.strip, cells))]
    if len(rows) > MOST_ROWS + 1:
        raise NoTableError(Why.TOO_MANY_ROWS)
    headings = _headings(rows[0][1])
    if len(rows) == 1:
        raise NoTableError(Why.NO_ROWS)
    width = len(headings)
    return Table(headings, tuple((number, _as_wide(cells, width)) for number, cells in rows[1:]))


def decoded(data: bytes) -> str:
    """The text: in UTF-8 or UTF-16, or else as Windows wrote it in the Americas and western Europe.

    Raises:
        NoTableError: it is no text.
    """
    if data.startswith(SPREADSHEETS):
        raise NoTableError(Why.SPREADSHEET)
    for name in _letters(data):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if not _NO_TEXT.search(text):
            return text
    raise NoTableError(Why.NO_TEXT)


def restored(text: str) -> str:
    """The words as they were before `sheets.defused` kept them from being a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(BEGINS_A_FORMULA) else text


def _letters(data: bytes) -> tuple[str, ...]:
    for mark, name in MARKED:
        if data.startswith(mark):
            return (name,)
    begins = data[:1000]
    if b"\0" in begins:
        # Of two bytes a letter, one is nothing in most: the second where the smaller comes first.
        return ("utf-16-le",) if begins[1::2].count(0) > begins[::2].count(0) else ("utf-16-be",)
    return "utf-8", "cp1252"


def _separator(text: str) -> tuple[str, str]:
    """The separator with which the first rows are alike, and as wide as can be; and the text without saying so."""
    said = _SAYS_SEPARATOR.match(text)
    if said:
        return said[1], text[said.end() :]

    def fits(separator: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in islice(_records(text, separator), LOOKED_AT) if row]
        except NoTableError:
            return 0, 0
        return (sum(width == widths[0] for width in widths), widths[0]) if widths and widths[0] > 1 else (0, 0)

    return max(SEPARATORS, key=fits), text


def _records(text: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    before = 0
    try:
        for row in reader:
            yield row
            before = reader.line_num
    except csv.Error:
        raise NoTableError(Why.OPEN_QUOTE, before + 1) from None


def _headings(cells: list[str]) -> tuple[str, ...]:
    found = tuple(" ".join(restored(cell).split()) for cell in cells)
    while found and not found[-1]:
        found = found[:-1]
    if len(found) < 2:  # noqa: PLR2004 - a time and a place are in two columns, at the least
        raise NoTableError(Why.ONE_COLUMN)
    if len(found) > MOST_COLUMNS:
        raise NoTableError(Why.TOO_MANY_COLUMNS)
    return found


def _as_wide(cells: list[str], width: int) -> tuple[str, ...]:
    """Spreadsheets write empty cells beyond the last heading; what stands in one is an error of its line."""
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return (*cells, *[""] * (width - len(cells))) if len(cells) < width else tuple(cells)
