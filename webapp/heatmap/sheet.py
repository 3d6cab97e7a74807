"""The heat map of a view as a table to take along: a line a cell, and a head that says what it is of."""

from collections.abc import Iterator
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.culture.words import TRAIT_WORDS
from webapp.heatmap.grid import Cell, Grid, Line
from webapp.heatmap.view import View
from webapp.schools.models import School
from webapp.web.sheets import Column, Row, Sheet

COLUMNS = ("key", "row", "trait", "heard", "n", "rate", "low", "high")
WIDTHS = (14, 32, 16, 8, 8, 8, 8, 8)
PER_CENT = "0.0%"
# Shares to a hundredth of a per cent: finer than any count of listen-ins can tell.
DIGITS = 4


def whole(school: School, view: View, rows: str, grid: Grid, now: datetime) -> Iterator[Row]:
    """Head and table below each other, for a file that is one table; `rows` is what the rows are, in words."""
    yield from head(school, view, rows, grid, now)
    yield ()
    yield COLUMNS
    yield from lines(grid)


def sheets(school: School, view: View, rows: str, grid: Grid, now: datetime) -> tuple[Sheet, Sheet]:
    """Table and head on sheets of their own."""
    forms = {"rate": PER_CENT, "low": PER_CENT, "high": PER_CENT}
    columns = [Column(name, width, forms.get(name)) for name, width in zip(COLUMNS, WIDTHS, strict=True)]
    about = (Column("", 16), Column("", 80))
    return Sheet(_("Map"), columns, lines(grid)), Sheet(_("About"), about, head(school, view, rows, grid, now))


def head(school: School, _view: View, rows: str, grid: Grid, now: datetime) -> Iterator[Row]:
    """Whose figures they are, of when, from how much, and how to read them."""
    sample = grid.sample
    yield _("School"), school.name
    yield _("Map by"), rows
    yield _("Period"), grid.dates
    yield _("Filters"), _("None: every listen-in of the period")
    yield (
        _("Listen-ins"),
        _(
            "%(listen_ins)s by %(people)s on %(days)s",
            listen_ins=ngettext("%(num)s listen-in", "%(num)s listen-ins", sample.n),
            people=ngettext("%(num)s person", "%(num)s people", sample.observers),
            days=ngettext("%(num)s day", "%(num)s days", sample.days),
        ),
    )
    if grid.lopsided:
        yield _("Mind"), grid.lopsided
    yield _("As of"), now.astimezone(school.zone).isoformat(timespec="seconds")
    for number, said in enumerate(_how_to_read()):
        yield (_("How to read it") if number == 0 else ""), said


def lines(grid: Grid) -> Iterator[Row]:
    """A line for each trait of each row, in the order of the map; without a rate where nobody has listened."""
    for group in grid.groups:
        for line in group.lines:
            yield from (_line(line, cell) for cell in line.cells)


def _line(line: Line, cell: Cell) -> Row:
    tally = cell.tally
    about = (line.key, line.label, str(_(TRAIT_WORDS[cell.trait].name)), tally.heard, tally.n)
    if tally.rate is None:
        return (*about, None, None, None)
    limits = cell.limits
    return (*about, *(round(share, DIGITS) for share in (tally.rate, limits.low, limits.high)))


def _how_to_read() -> tuple[str, ...]:
    return (
        _("The trait was heard in `heard` of `n` listen-ins; `rate` is the one divided by the other."),
        _("Going by this many, the share in all conversations likely lies between `low` and `high` (95 %, Wilson)."),
        _("From fewer than 5 listen-ins little can be said. Where `n` is 0 nobody has listened, and there is no rate."),
        _("Who listened, when and where is not random: ask again before you conclude, and never rank people by it."),
    )
