"""What is wrong with a file or with one of its lines, and what to do about it, in the reader's words."""

from collections.abc import Callable
from typing import Final

from flask_babel import gettext as _

from webapp.observing.import_columns import Kind
from webapp.observing.import_times import NoTime
from webapp.observing.importing import LineFault, Wrong
from webapp.web.csv_tables import MOST_COLUMNS, MOST_ROWS, NoTableError, Why


def of_file(error: NoTableError) -> str:
    """Why the file is no table that can be read."""
    return str(_FILES[error.why](error.line or 1))


def of_line(fault: LineFault) -> str:
    """What is wrong in a line, without its number."""
    if fault.wrong is Wrong.WORD and fault.kind is not None:
        return str(_unknown(fault))
    return str(_LINES[fault.wrong](fault))


def _unknown(fault: LineFault) -> str:
    if not fault.said:
        return str(_("“%(heading)s” is empty. Say what an empty cell means, or fill it.", heading=fault.heading))
    told = {
        Kind.PLACE: _("“%(said)s” is no place of the school. Say which it is, or add it to the places first."),
        Kind.SETTING: _("“%(said)s” is no setting that is known. Say which it is."),
        Kind.TRAIT: _("“%(said)s” is no trait. Say which it is, or that it is none of these."),
        Kind.ANSWER: _("“%(said)s” in “%(heading)s” says neither that it was heard nor that it was not."),
        Kind.SIZE: _("“%(said)s” is no number of people that is known. Say how many."),
    }[fault.kind or Kind.PLACE]
    return str(told) % {"said": fault.said, "heading": fault.heading}


_FILES: Final[dict[Why, Callable[[int], str]]] = {
    Why.EMPTY: lambda _line: _("This file is empty. Choose another."),
    Why.TOO_LARGE: lambda _line: _("This file is larger than 10 MB. Cut it into several, each with its headings."),
    Why.SPREADSHEET: lambda _line: _(
        "This is a spreadsheet, not a CSV file. Open it, save it as CSV (in Google Sheets: File, Download, "
        "Comma-separated values), then choose that file."
    ),
    Why.NO_TEXT: lambda _line: _("This is no CSV file. Save the table as CSV, then choose that file."),
    Why.ONE_COLUMN: lambda _line: _(
        "There is one column only. A CSV file has a line of headings, with commas, semicolons or tabs between them."
    ),
    Why.TOO_MANY_COLUMNS: lambda _line: _(
        "There are more than %(n)s columns. Leave out those that say nothing of a listen-in.", n=MOST_COLUMNS
    ),
    Why.NO_ROWS: lambda _line: _("There are headings, and no line below them. Choose a file with listen-ins."),
    Why.TOO_MANY_ROWS: lambda _line: _(
        "There are more than %(n)s lines. Cut it into several files, each with its headings.", n=MOST_ROWS
    ),
    Why.OPEN_QUOTE: lambda line: _(
        "A quotation mark in line %(line)s has no partner. Mend it in the file, then choose it once more.", line=line
    ),
}

_LINES: Final[dict[Wrong | NoTime, Callable[[LineFault], str]]] = {
    NoTime.MISSING: lambda _fault: _("It says no time. Fill it in, or leave the line out."),
    NoTime.UNREADABLE: lambda fault: _(
        "“%(said)s” cannot be read as a time. Write it as 2026-11-03 9:15.", said=fault.said
    ),
    NoTime.NO_TIME_OF_DAY: lambda fault: _(
        "“%(said)s” has no time of day. Write it as 2026-11-03 9:15.", said=fault.said
    ),
    NoTime.NO_SUCH_DAY: lambda fault: _(
        "“%(said)s” is in no calendar, or on no clock. Look whether day and month stand the other way round.",
        said=fault.said,
    ),
    NoTime.TOO_EARLY: lambda fault: _("“%(said)s” is before the year 2000. Mend it in the file.", said=fault.said),
    NoTime.AHEAD: lambda fault: _(
        "“%(said)s” is not past yet. Look whether day and month stand the other way round.", said=fault.said
    ),
    Wrong.TOO_LONG: lambda fault: _(
        "It has more cells than there are headings; “%(said)s” stands beyond the last. Put words that hold a comma "
        "between quotation marks.",
        said=fault.said,
    ),
    Wrong.NO_ID: lambda fault: _(
        "“%(said)s” is no id of a listen-in. Take the line as it was exported, or take away the column “id”.",
        said=fault.said,
    ),
    Wrong.ID_TWICE: lambda fault: _("The id %(said)s stands in an earlier line too. Take one away.", said=fault.said),
}
