"""`/about`: what is recorded and what is not, readable by all; its numbers are those that the code decides by."""

from fractions import Fraction
from typing import Any

from flask import Blueprint, render_template
from flask_babel import gettext as _

from webapp.culture.bands import APART, BANDS
from webapp.culture.disclosure import (
    ADULTS_A_PLACE,
    CLOSES_AFTER,
    EXACT_TIME_FOR,
    RULES,
    STAFF_FOR_TRENDS,
    STAFF_FOR_WINDOWS,
)
from webapp.culture.school_time import WINDOW_WEEKS
from webapp.observing.verdicts import LONGEST_NOTE
from webapp.schools.forms import MOST_NOTES_DAYS, USUAL_NOTES_DAYS
from webapp.web.doors import open_to_all

pages = Blueprint("about", __name__)


@pages.get("/about")
@open_to_all
def show() -> str:
    """What is recorded, what is not, who sees what."""
    return render_template("about.html", **_numbers())


def _numbers() -> dict[str, Any]:
    return {
        "rules": RULES,
        "adults_a_place": ADULTS_A_PLACE,
        "exact_days": EXACT_TIME_FOR.days,
        "closes_days": CLOSES_AFTER.days,
        "weeks": WINDOW_WEEKS,
        "bands": {of: least for least, of in BANDS},
        "apart": {of: share(Fraction(parts, of)) for of, parts in APART.items()},
        "staff_for_trends": STAFF_FOR_TRENDS,
        "staff_for_windows": STAFF_FOR_WINDOWS,
        "longest_note": LONGEST_NOTE,
        "note_days": USUAL_NOTES_DAYS,
        "most_note_days": MOST_NOTES_DAYS,
        "share": share,
    }


def share(of_all: Fraction) -> str:
    """A share in words.

    Raises:
        KeyError: a rule has a share that has no words yet.
    """
    return {
        Fraction(1, 3): str(_("a third")),
        Fraction(1, 2): str(_("half")),
        Fraction(2, 3): str(_("two thirds")),
        Fraction(2, 5): str(_("two fifths")),
        Fraction(3, 10): str(_("three tenths")),
    }[of_all]
