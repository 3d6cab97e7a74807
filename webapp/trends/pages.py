"""`/trends`: what is published to staff, and the same on paper. No parameter is read but `school`."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from webapp.culture.disclosure import RULES, STAFF_FOR_TRENDS, STAFF_FOR_WINDOWS, Rhythm, rhythm
from webapp.culture.school_time import local_date
from webapp.extensions import db
from webapp.schools.access import enter
from webapp.schools.models import School
from webapp.schools.paper import usual_paper
from webapp.schools.permissions import May
from webapp.trends import published, told
from webapp.web.addresses import public
from webapp.web.downloads import download
from webapp.web.pdf import Drawn, NoPdfError, missing, write_pdf

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


@pages.get("/trends/report")
@enter(May.SEE_TRENDS)
def show_report(school: School) -> str:
    """What was published on one sheet of paper, for a staff meeting."""
    return render_template("trends/report.html", **_on_paper(school))


@pages.get("/trends/report.pdf")
@enter(May.SEE_TRENDS)
def report_as_pdf(school: School) -> Response:
    """The same sheet as PDF; where there is none to be had, the page that says so."""
    sheet = _on_paper(school)
    html = render_template("trends/report_on_paper.html", **sheet, paper=usual_paper(school))
    try:
        if sheet["cards"]:
            return download(f"{school.name} trends {sheet['today']}", Drawn.PDF, [write_pdf(html)])
    except NoPdfError:
        pass
    return redirect(url_for("trends.show_report", school=school.id), 303)


def _on_paper(school: School) -> dict[str, Any]:
    windows = published.windows(db.session, school)
    cards = told.cards(windows)
    return {
        "cards": cards,
        "gaps": any(step.band is None for card in cards for step in card.steps),
        "newest": told.newest(windows) if windows else None,
        "by_term": bool(windows) and windows[-1].rhythm is Rhythm.BY_TERM,
        "today": local_date(datetime.now(UTC), school.zone),
        "address": public(url_for("trends.show")),
        "no_pdf": missing(),
    }
