"""CSV files of other programs: whatever letters and separators they were written with, the same table comes out."""

from io import BytesIO

import pytest
import xlsxwriter

from webapp.web.csv_tables import LARGEST_FILE, MOST_COLUMNS, MOST_ROWS, NoTableError, Why, read, restored
from webapp.web.sheets import defused

TEXT = "Wann,Où,Qué\r\n2026-11-03 9:15,Café,“Sí”\r\n2026-11-04 9:15,Niño,—\r\n"
TABLE = (("Wann", "Où", "Qué"), ((2, ("2026-11-03 9:15", "Café", "“Sí”")), (3, ("2026-11-04 9:15", "Niño", "—"))))


def a_spreadsheet() -> bytes:
    file = BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet().write_string(0, 0, "Timestamp")
    return file.getvalue()


def why(data: bytes) -> tuple[Why, int | None]:
    with pytest.raises(NoTableError) as refused:
        read(data)
    return refused.value.why, refused.value.line


@pytest.mark.parametrize("letters", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
def test_letters_separators_and_ends_of_lines_are_told_apart(letters: str, separator: str, ends: str) -> None:
    table = read(TEXT.replace(",", separator).replace("\r\n", ends).encode(letters))
    assert (table.headings, table.rows) == TABLE


def test_utf_16_with_its_larger_byte_first_has_its_mark() -> None:
    assert read(b"\xfe\xff" + TEXT.encode("utf-16-be")).headings == TABLE[0]


def test_what_excel_says_of_its_separator_is_no_heading() -> None:
    assert read(b"sep=;\r\na,x;b\r\n1;2\r\n").headings == ("a,x", "b")


def test_a_cell_may_hold_separators_quotes_and_line_breaks() -> None:
    table = read(b'when,heard\r\n1,"Evidence, Action"\r\n2,"a ""b""\nc"\r\n3,d\r\n')
    assert [cells for _number, cells in table.rows] == [("1", "Evidence, Action"), ("2", 'a "b"\nc'), ("3", "d")]
    assert [number for number, _cells in table.rows] == [2, 3, 4]


def test_empty_lines_are_left_out_and_short_ones_are_filled_up() -> None:
    table = read(b"a,b,c,\n\n1\n,,\n2,3,4,,\n5,6,7,8\n")
    assert table.headings == ("a", "b", "c")
    assert table.rows == ((3, ("1", "", "")), (5, ("2", "3", "4")), (6, ("5", "6", "7", "8")))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", Why.EMPTY),
        (b"\xef\xbb\xbf \r\n", Why.EMPTY),
        (a_spreadsheet(), Why.SPREADSHEET),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Why.SPREADSHEET),
        (b"%PDF-1.7\n\x81\x8d\x00\x01", Why.NO_TEXT),
        (b"a,b\n\x01,\x02\n", Why.NO_TEXT),
        (b"\xff\xfea", Why.NO_TEXT),
        (b"a\n1\n", Why.ONE_COLUMN),
        (b",".join([b"a"] * (MOST_COLUMNS + 1)) + b"\n1\n", Why.TOO_MANY_COLUMNS),
        (b"a,b\r\n", Why.NO_ROWS),
        (b"a,b\n" + b"1,2\n" * (MOST_ROWS + 1), Why.TOO_MANY_ROWS),
        (b"a,b\n" + b"1" * LARGEST_FILE, Why.TOO_LARGE),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(data: bytes, expected: Why) -> None:
    assert why(data)[0] is expected


def test_a_quotation_mark_without_partner_is_told_with_its_line() -> None:
    assert why(b'a,b\n1,2\n3,"4\n5,6\n') == (Why.OPEN_QUOTE, 3)
    assert why(b'a,b\n1,2\n3,"4"5\n') == (Why.OPEN_QUOTE, 3)


def test_as_many_lines_as_are_allowed_are_read() -> None:
    assert len(read(b"a,b\n" + b"1,2\n" * MOST_ROWS).rows) == MOST_ROWS


@pytest.mark.parametrize("word", ["=1+1", "+1", "-1", "@x", "plain", "'quoted'", "＝1"])
def test_words_that_were_defused_are_restored(word: str) -> None:
    assert restored(defused(word)) == word
