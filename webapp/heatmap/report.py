"""A view of the heat map on one sheet of paper: what fits, what is pointed out, and what to talk over."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from math import ceil
from typing import Final

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from webapp.culture.comparing import Difference
from webapp.culture.school_time import local_date
from webapp.culture.words import N_, TRAIT_WORDS
from webapp.heatmap import grid
from webapp.heatmap.grid import Cell, Grid, Group, Line
from webapp.heatmap.view import View
from webapp.observing import tallies
from webapp.observing.tallies import Row
from webapp.schools import places
from webapp.schools.models import School

DENSITIES: Final = (("wide", 43.0, 13.0), ("close", 53.0, 9.0), ("closer", 62.0, 9.0), ("closest", 69.0, 9.0))
"""How close a sheet is set: how many times the size of its type stands free for what varies, and how much of that the
questions and the lines to write on take at least. In larger type there is less room, in smaller nobody would read.
Made for a sheet as wide as A4 and as high as Letter, which fits both (static/src/css/components/report.css)."""
PICTURE_DENSITIES: Final = (("wide", 26.5, 0.0), ("close", 31.5, 0.0), ("closer", 37.5, 0.0), ("closest", 42.5, 0.0))
ROW: Final = 1.65
LINE: Final = 1.3
NAME_LETTERS: Final = 26
ENTRY_LETTERS: Final = 48
"""How many letters of a name, and of an entry below the table, go on a line."""
ENTRY: Final = 65
"""How many letters an entry has besides its row's name."""
MOST_CHANGES: Final = 3
MOST_ROWS: Final = 50
MOST_NAMES: Final = 5
COARSER: Final = {Row.PLACE: Row.FLOOR, Row.FLOOR: Row.KIND}
IN_GENERAL: Final = (
    N_("What here surprises you, and where would you listen again?"),
    N_("What would we have to hear before we change our minds?"),
)


@dataclass(frozen=True, slots=True)
class Changed:
    """A cell with an arrow, and by how much it went."""

    line: Line
    cell: Cell
    difference: Difference


@dataclass(frozen=True, slots=True)
class Report:
    """The map as it fits on a sheet: `fitted` says why it has other rows than asked for, or fewer.

    `wanted` is the view that was asked for. `silent` says where nobody has listened in the period, whatever else the
    view leaves out. `changed` are the first arrows in the order of the map, `more_changed` how many come after.
    """

    wanted: View
    grid: Grid
    density: str
    fitted: str | None
    silent: str
    changed: tuple[Changed, ...]
    more_changed: int
    questions: tuple[str, ...]

    @property
    def in_words(self) -> str:
        """What the map as a picture shows, for whoever does not see it: of when, how much, and what is pointed out."""
        n = ngettext("%(num)s listen-in", "%(num)s listen-ins", self.grid.sample.n)
        said = [
            _(
                "A table of rows by the seven traits, in per cent; %(dates)s, %(listen_ins)s.",
                dates=self.grid.dates,
                listen_ins=n,
            )
        ]
        for each in self.grid.pointed:
            trait = _(TRAIT_WORDS[each.cell.trait].name)
            rates = [round(100 * (tally.rate or 0)) for tally in (each.cell.tally, each.others)]
            said.append(
                _(
                    "%(trait)s, %(row)s: %(rate)s %%, elsewhere %(others)s %%.",
                    trait=trait,
                    row=each.line.label,
                    rate=rates[0],
                    others=rates[1],
                )
            )
        return " ".join(str(each) for each in said)


def report(session: Session, school: School, view: View, now: datetime, *, is_picture: bool = False) -> Report:
    """The sheet of this view, as of now; as a picture it holds the map alone."""
    asked = grid.draw(session, school, view, now)
    drawn, fitted = _that_fits(session, school, asked, now, is_picture)
    changed = tuple(_changed(drawn.groups))
    return Report(
        wanted=view,
        grid=drawn,
        density=_density(drawn, is_picture) or DENSITIES[-1][0],
        fitted=fitted,
        silent=_silent(session, school, view, now),
        changed=changed[:MOST_CHANGES],
        more_changed=len(changed[MOST_CHANGES:]),
        questions=_questions(drawn),
    )


def _that_fits(
    session: Session, school: School, drawn: Grid, now: datetime, is_picture: bool
) -> tuple[Grid, str | None]:
    """The map, or one of fewer rows that tells as much as a sheet can hold, and why."""
    all_rows = _rows(drawn)
    if _density(drawn, is_picture):
        return drawn, None
    # In the same order, without the names of the floors.
    together = _together(drawn, all_rows)
    if _density(together, is_picture):
        return together, None
    while drawn.view.by in COARSER and not _density(drawn, is_picture):
        drawn = grid.draw(session, school, replace(drawn.view, by=COARSER[drawn.view.by]), now)
    if _density(drawn, is_picture):
        if drawn.view.by is Row.FLOOR:
            said = _(
                "%(all)s places do not fit on one sheet, so they stand here by floor; the map has each.", all=all_rows
            )
        else:
            said = _("%(all)s rows do not fit on one sheet, so they stand here by kind of place.", all=all_rows)
        return drawn, str(said)
    for number in range(min(MOST_ROWS, all_rows), 0, -1):
        drawn = _together(drawn, number)
        if _density(drawn, is_picture):
            break
    said = _("Here are the last %(shown)s of %(all)s rows; the map has all of them.", shown=_rows(drawn), all=all_rows)
    return drawn, str(said)


def _together(drawn: Grid, number: int) -> Grid:
    """The map with its last rows only, as many as said, in one group."""
    lines = tuple(line for group in drawn.groups for line in group.lines)
    return replace(drawn, groups=(Group(None, lines[-number:]),))


def _rows(drawn: Grid) -> int:
    return sum(len(group.lines) for group in drawn.groups)


def _density(drawn: Grid, is_picture: bool) -> str | None:
    """How close its lines have to stand; None where no sheet holds it."""
    names = [line.label for group in drawn.groups for line in group.lines]
    table = ROW * (
        sum(ceil(len(name) / NAME_LETTERS) for name in names) + sum(bool(each.name) for each in drawn.groups)
    )
    below = 0.0
    if not is_picture:
        changed = [each.line for each in islice(_changed(drawn.groups), MOST_CHANGES)]
        entries = [each.line for each in drawn.pointed] + changed
        below = sum(0.2 + LINE * ceil((ENTRY + len(line.label)) / ENTRY_LETTERS) for line in entries)
    above = LINE * (1 if is_picture else 2) if drawn.lopsided else 0.0
    fitting = (
        name
        for name, room, least in (PICTURE_DENSITIES if is_picture else DENSITIES)
        if above + table + max(below, least) <= room
    )
    return next(fitting, None)


def _changed(groups: tuple[Group, ...]) -> Iterator[Changed]:
    for group in groups:
        for line in group.lines:
            for cell in line.cells:
                if cell.change is not None and cell.difference is not None:
                    yield Changed(line, cell, cell.difference)


def _silent(session: Session, school: School, view: View, now: datetime) -> str:
    """Where nobody has listened, in a line."""
    period = view.so_far(local_date(now, school.zone))
    listened = tallies.count(session, school, by=Row.PLACE, period=period)
    offered = [place for place in places.all_of(session, school) if not place.archived]
    names = [place.name for place in offered if str(place.id) not in listened]
    if not names:
        return str(_("Somebody has listened in every place."))
    said = ", ".join(names[:MOST_NAMES])
    if len(names) > MOST_NAMES:
        said = _("%(some)s and %(num)s more", some=said, num=len(names) - MOST_NAMES)
    return str(
        ngettext(
            "Nobody has listened in %(num)s of %(all)s places: %(names)s.",
            "Nobody has listened in %(num)s of %(all)s places: %(names)s.",
            len(names),
            all=len(offered),
            names=said,
        )
    )


def _questions(drawn: Grid) -> tuple[str, ...]:
    """One for each trait that is pointed out; where none is, such as fit every map."""
    traits = dict.fromkeys(each.cell.trait for each in drawn.pointed)
    return tuple(_(TRAIT_WORDS[trait].question) for trait in traits) or tuple(_(said) for said in IN_GENERAL)
