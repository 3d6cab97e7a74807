"""A view of the heat map on one sheet of paper: what fits, what is pointed out, and what to talk over."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
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

MOST_LINES: Final = 32
"""Rows and floors' names that fit a sheet of paper in letters that can still be read."""
MOST_LINES_OF_A_PICTURE: Final = 24
CLOSE: Final = 17
CLOSER: Final = 25
LONG_NAME: Final = 26
"""A name of more letters takes two lines."""
MOST_CHANGES: Final = 4
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
    fitted: str | None
    silent: str
    changed: tuple[Changed, ...]
    more_changed: int
    questions: tuple[str, ...]

    @property
    def density(self) -> str:
        """How close the lines stand."""
        lines = _lines(self.grid.groups)
        if lines <= CLOSE:
            return "wide"
        return "close" if lines <= CLOSER else "closer"

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


def report(session: Session, school: School, view: View, now: datetime, most: int = MOST_LINES) -> Report:
    """The sheet of this view, as of now, with no more than `most` lines in its table."""
    drawn, fitted = _that_fits(session, school, grid.draw(session, school, view, now), now, most)
    changed = tuple(_changed(drawn.groups))
    return Report(
        wanted=view,
        grid=drawn,
        fitted=fitted,
        silent=_silent(session, school, view, now),
        changed=changed[:MOST_CHANGES],
        more_changed=len(changed[MOST_CHANGES:]),
        questions=_questions(drawn),
    )


def _that_fits(session: Session, school: School, drawn: Grid, now: datetime, most: int) -> tuple[Grid, str | None]:
    """The map, or one of fewer rows that tells as much as a sheet can hold, and why."""
    all_rows = sum(len(group.lines) for group in drawn.groups)
    if _lines(drawn.groups) <= most:
        return drawn, None
    while drawn.view.by in COARSER and _lines(drawn.groups) > most:
        drawn = grid.draw(session, school, replace(drawn.view, by=COARSER[drawn.view.by]), now)
    if _lines(drawn.groups) > most:
        last = tuple(line for group in drawn.groups for line in group.lines)[-most:]
        said = _("Here are the last %(shown)s of %(all)s rows; the map has all of them.", shown=most, all=all_rows)
        return replace(drawn, groups=(Group(None, last),)), str(said)
    if drawn.view.by is Row.FLOOR:
        said = _("%(all)s places do not fit on one sheet, so they stand here by floor; the map has each.", all=all_rows)
    else:
        said = _("%(all)s rows do not fit on one sheet, so they stand here by kind of place.", all=all_rows)
    return drawn, str(said)


def _lines(groups: tuple[Group, ...]) -> int:
    """How many lines of paper its table takes."""
    rows = sum(1 + (len(line.label) > LONG_NAME) for group in groups for line in group.lines)
    return rows + sum(group.name is not None for group in groups)


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
