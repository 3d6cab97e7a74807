"""`/trends`: what is published to staff. No parameter is read but `school`."""

from flask import Blueprint, render_template

from webapp.culture.disclosure import RULES, STAFF_FOR_TRENDS, STAFF_FOR_WINDOWS, Rhythm, rhythm
from webapp.extensions import db
from webapp.schools.access import enter
from webapp.schools.models import School
from webapp.schools.permissions import May
from webapp.trends import published, told

pages = Blueprint("trends", __name__)


@pages.get("/trends")
@enter(May.SEE_TRENDS)
def show(school: School) -> str:
    """What was published, in small multiples; the same for everyone who may see it."""
    windows = published.windows(db.session, school)
    # How many listen is known to nobody here; what the size of the staff asks for can be said beforehand.
    by = rhythm(school.staff_size, RULES.observers)
    cards = told.cards(windows)
    return render_template(
        "trends/show.html",
        cards=cards,
        gaps=any(step.band is None for card in cards for step in card.steps),
        newest=told.newest(windows) if windows else None,
        by_term=bool(windows) and windows[-1].rhythm is Rhythm.BY_TERM,
        expected=by.value,
        staff_known=school.staff_size is not None,
        staff_for_trends=STAFF_FOR_TRENDS,
        staff_for_windows=STAFF_FOR_WINDOWS,
    )
