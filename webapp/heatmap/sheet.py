"""The heat map of a view as a table to take along: a line a cell, and a head that says what it is of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.culture.words import N_, TRAIT_WORDS
from webapp.heatmap.grid import Cell, Grid, Line
from webapp.schools.models import School
from webapp.web.sheets import Column, Row, Sheet

COLUMNS = ("key", "row", "trait", "heard", "n", "rate", "low", "high", "steadied")
COMPARED = ("heard_before", "n_before", "rate_before", "change")
WIDTHS = {"key": 14, "row": 32, "trait": 16, "heard_before": 14, "rate_before": 14}
NARROW = 9
PER_CENT = "0.0%"
SHARES = {"rate", "low", "high", "steadied", "rate_before"}
# Shares to a hundredth of a per cent: finer than any count of listen-ins can tell.
DIGITS = 4
HOW_TO_READ = (
    N_("The trait was heard in `heard` of `n` listen-ins; `rate` is the one divided by the other."),
    N_("Going by this many, the share in all conversations likely lies between `low` and `high` (95 %, Wilson)."),
    N_("`steadied` is the rate as the other rows make it likely: what little was heard is drawn towards them."),
    N_("From fewer than 5 listen-ins little can be said. Where `n` is 0 nobody has listened, and there is no rate."),
    N_("Who listened, when and where is not random: ask again before you conclude, and never rank people by it."),
)


@dataclass(frozen=True, slots=True)
class Told:
    """A map with what has to be said with it: what the rows are, and of what only it is, in words."""

    school: School
    rows: str
    narrowed: Sequence[tuple[str, str]]
    grid: Grid
    now: datetime

    def whole(self) -> Iterator[Row]:
        """Head and table below each other, for a file that is one table."""
        yield from self._head()
        yield ()
        yield self._columns()
        yield from self._lines()

    def sheets(self) -> tuple[Sheet, Sheet]:
        """Table and head on sheets of their own."""
        columns = [
            Column(name, WIDTHS.get(name, NARROW), PER_CENT if name in SHARES else None) for name in self._columns()
        ]
        about = (Column("", 16), Column("", 80))
        return Sheet(_("Map"), columns, self._lines()), Sheet(_("About"), about, self._head())

    def _columns(self) -> tuple[str, ...]:
        return COLUMNS if self.grid.before is None else COLUMNS + COMPARED

    def _head(self) -> Iterator[Row]:
        """Whose figures they are, of when, from how much, and how to read them."""
        grid, sample = self.grid, self.grid.sample
        yield _("School"), self.school.name
        yield _("Map by"), self.rows
        yield _("Period"), grid.dates
        if grid.before is not None:
            yield _("Compared with"), grid.before
        yield _("Only"), " · ".join(name for _part, name in self.narrowed) or _("Every listen-in of the period")
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
        yield _("As of"), self.now.astimezone(self.school.zone).isoformat(timespec="seconds")
        for number, said in enumerate(self._how_to_read()):
            yield (_("How to read it") if number == 0 else ""), said

    def _lines(self) -> Iterator[Row]:
        """A line for each trait of each row, in the order of the map; without a rate where nobody has listened."""
        for group in self.grid.groups:
            for line in group.lines:
                yield from (self._line(line, cell) for cell in line.cells)

    def _line(self, line: Line, cell: Cell) -> Row:
        tally, before = cell.tally, cell.before
        limits = cell.limits
        shares = (tally.rate, limits.low, limits.high, cell.steadied)
        told: Row = (
            *(line.key, line.label, str(_(TRAIT_WORDS[cell.trait].name)), tally.heard, tally.n),
            *(_share(share) if tally.n else None for share in shares),
        )
        if self.grid.before is None:
            return told
        compared: Row = (None, None, None)
        if before is not None:
            compared = (before.heard, before.n, _share(before.rate))
        return (*told, *compared, cell.change)

    def _how_to_read(self) -> Iterator[str]:
        for said in HOW_TO_READ:
            yield _(said)
        if self.grid.before is not None:
            yield _("`change` says up or down only where a change is more than chance.")


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, DIGITS)
