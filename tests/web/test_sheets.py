"""Tables as files: what other programs read from them is what was written, and no word of it runs as a formula."""

import csv
import json
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from webapp.web import sheets
from webapp.web.downloads import file_name
from webapp.web.sheets import A_DATE, Column, Row, Sheet, csv_pieces, defused, json_pieces, write_xlsx

# What a cell may hold: no half characters, which are in no UTF-8, and none that XML cannot carry.
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
cells = st.one_of(words, st.integers(-(2**40), 2**40), st.none())


def read_csv(pieces: Iterable[bytes]) -> list[list[str]]:
    text = b"".join(pieces).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), strict=True))


def read_xlsx(*written: Sheet) -> Any:
    file = BytesIO()
    write_xlsx(file, *written)
    return load_workbook(file)


@pytest.mark.parametrize("word", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", '=cmd|" /C calc"!A0'])
def test_a_word_that_looks_like_a_formula_is_defused_in_csv(word: str) -> None:
    assert defused(word) == f"'{word}"
    assert read_csv(csv_pieces([(word,)])) == [[f"'{word}"]]


@pytest.mark.parametrize("word", ["", "a=1", "North hallway", "2–3", "8+", "(-1)"])
def test_other_words_stay_as_they_are(word: str) -> None:
    assert defused(word) == word


def test_a_number_below_nothing_is_a_number() -> None:
    assert b"".join(csv_pieces([(-1, -0.5)])) == "\ufeff-1,-0.5\r\n".encode()


def test_csv_is_as_rfc_4180_has_it_in_utf_8_with_a_mark() -> None:
    written = b"".join(csv_pieces([("Lounge, “north”", 'a "b"', None), ("two\r\nlines", 1, 0.25)]))
    assert written.startswith(b"\xef\xbb\xbf")
    assert written.decode("utf-8-sig") == '"Lounge, “north”","a ""b""",\r\n"two\r\nlines",1,0.25\r\n'


@given(st.lists(st.tuples(cells, cells), max_size=20))
def test_any_cells_come_back_from_csv_and_none_begins_a_formula(rows: list[Row]) -> None:
    found = read_csv(csv_pieces(rows))
    told = [
        [defused(cell) if isinstance(cell, str) else str("" if cell is None else cell) for cell in row] for row in rows
    ]
    assert found == told
    strings = [
        cell
        for row, kept in zip(found, rows, strict=True)
        for cell, was in zip(row, kept, strict=True)
        if isinstance(was, str)
    ]
    assert not [cell for cell in strings if cell[:1] in set("=+-@\t\r")]


def test_a_long_csv_comes_in_pieces() -> None:
    pieces = list(csv_pieces((number, "x" * 90) for number in range(10_000)))
    assert len(pieces) > 10
    assert max(map(len, pieces)) < 2 * sheets.PIECE
    assert [row[0] for row in read_csv(pieces)] == [str(number) for number in range(10_000)]


@given(st.lists(st.tuples(cells, cells), max_size=20))
def test_any_cells_come_back_from_json(rows: list[Row]) -> None:
    read = json.loads(b"".join(json_pieces({"school": "Our “School”"}, "rows", ("a", "b"), rows)))
    assert read == {"school": "Our “School”", "rows": [{"a": a, "b": b} for a, b in rows]}


@pytest.mark.parametrize("word", ["=1+1", "+1", "-1", "@SUM(A1)", "http://x.example", "{=1}", "007", "TRUE"])
def test_in_xlsx_a_word_is_a_word_whatever_it_looks_like(word: str) -> None:
    cell = read_xlsx(Sheet("A", [Column("a")], [(word,)]))["A"]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (word, "s", None)


def test_xlsx_has_numbers_as_numbers_and_times_as_times_of_their_zones_clock() -> None:
    at = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"), fold=1)
    page = read_xlsx(Sheet("A", [Column("a"), Column("b", 17, A_DATE), Column("c", 8, "0.0%")], [(-3, at, 0.25)]))["A"]
    assert [[cell.value for cell in row] for row in page.iter_rows()] == [
        ["a", "b", "c"],
        [-3, datetime(2026, 11, 1, 1, 30), 0.25],  # noqa: DTZ001 - a spreadsheet's times have no zone
    ]
    assert page["C2"].number_format == "0.0%"


@pytest.mark.parametrize("count", [0, 1, 3, 4, 6, 7])
def test_what_is_too_long_for_one_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(sheets, "ROWS_A_SHEET", 3)
    book = read_xlsx(Sheet("A", [Column("a")], ((number,) for number in range(count))), Sheet("B", [Column("")], []))
    pages = [name for name in book.sheetnames if name.startswith("A")]
    assert pages == ["A", "A 2", "A 3"][: max(1, -(-count // 3))]
    assert [row[0] for name in pages for row in book[name].iter_rows(min_row=2, values_only=True)] == list(range(count))


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Our School place 2026-08-03", "our-school-place-2026-08-03"),
        ("Peña Blanca / Nº 3", "pena-blanca-no-3"),
        ("../../etc/passwd", "etc-passwd"),
        ("学校", "listen-in"),
    ],
)
def test_a_file_gets_a_name_that_every_system_takes(name: str, file: str) -> None:
    assert file_name(name) == file
