"""Tables as files that other programs open: CSV, XLSX and JSON, row by row, so that a long one needs no more memory."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import StringIO
from itertools import chain, islice
from typing import IO, Any, Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

Cell = str | int | float | datetime | None
Row = Sequence[Cell]

MARK: Final = "\N{BOM}"
"""By this Excel knows that a CSV file is in UTF-8."""
BEGINS_A_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")
PIECE: Final = 64 * 1024
ROWS_A_SHEET: Final = 1_048_575
"""As many as XLSX holds on one sheet, below the row of headings."""
A_DATE: Final = "yyyy-mm-dd hh:mm"


class Kind(StrEnum):
    """What sort of file, by its ending."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an XLSX sheet: its heading, how wide it is in characters, and how a number in it is written."""

    name: str
    width: int = 12
    form: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of an XLSX file; a table has headings, and a text (as `columns` without names) has none."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Row]

    @property
    def has_headings(self) -> bool:
        """Whether its columns have names."""
        return any(column.name for column in self.columns)


def defused(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula: `=1+1` becomes `'=1+1`."""
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text


def csv_pieces(rows: Iterable[Row]) -> Iterator[bytes]:
    """A CSV file as RFC 4180 has it, in UTF-8 with its mark; words that look like a formula are defused."""
    piece = StringIO(MARK)
    piece.seek(0, 2)
    writer = csv.writer(piece, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_for_csv(cell) for cell in row])
        if piece.tell() >= PIECE:
            yield piece.getvalue().encode()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue().encode()


def json_pieces(head: Mapping[str, str], name: str, columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """A JSON object: what `head` says, and under `name` a list with an object a row."""
    piece = [json.dumps({**head, name: []}, ensure_ascii=False)[:-2]]
    size, between = 0, "\n"
    for row in rows:
        said = json.dumps(dict(zip(columns, map(_plain, row), strict=True)), ensure_ascii=False)
        piece.append(between + said)
        size, between = size + len(said), ",\n"
        if size >= PIECE:
            yield "".join(piece).encode()
            piece, size = [], 0
    yield ("".join(piece) + "\n]}\n").encode()


def write_xlsx(file: IO[bytes], *sheets: Sheet) -> None:
    """An XLSX file; a table too long for one sheet goes on in the next. Words stay words, whatever they begin with."""
    with xlsxwriter.Workbook(file, {"constant_memory": True, "remove_timezone": True}) as book:
        for sheet in sheets:
            rows, number = iter(sheet.rows), 1
            some: Iterable[Row] = islice(rows, ROWS_A_SHEET)
            while some:
                _write_sheet(book, f"{sheet.name} {number}" if number > 1 else sheet.name, sheet, some)
                number += 1
                following = next(rows, None)
                some = () if following is None else chain((following,), islice(rows, ROWS_A_SHEET - 1))


def _write_sheet(book: xlsxwriter.Workbook, name: str, sheet: Sheet, rows: Iterable[Row]) -> None:
    page = book.add_worksheet(name)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    forms = [book.add_format({"num_format": column.form}) if column.form else None for column in sheet.columns]
    for at, (column, form) in enumerate(zip(sheet.columns, forms, strict=True)):
        page.set_column(at, at, column.width, form if sheet.has_headings else wrapped)
    first = 0
    if sheet.has_headings:
        page.freeze_panes(1, 0)
        bold = book.add_format({"bold": True, "bottom": 1})
        for at, column in enumerate(sheet.columns):
            page.write_string(0, at, column.name, bold)
        first = 1
    last = first
    for last, row in enumerate(rows, first):
        for at, cell in enumerate(row):
            _write_cell(page, (last, at), cell, forms[at] if sheet.has_headings else wrapped)
    if sheet.has_headings:
        page.autofilter(0, 0, last, len(sheet.columns) - 1)


def _write_cell(page: Worksheet, at: tuple[int, int], cell: Cell, form: Any) -> None:
    if isinstance(cell, str):
        page.write_string(*at, cell, form)
    elif isinstance(cell, datetime):
        page.write_datetime(*at, cell, form)
    elif cell is not None:
        page.write_number(*at, cell, form)


def _for_csv(cell: Cell) -> Cell:
    return defused(cell) if isinstance(cell, str) else _plain(cell)


def _plain(cell: Cell) -> str | int | float | None:
    return cell.isoformat(timespec="seconds") if isinstance(cell, datetime) else cell
