"""`/school/listen-ins`: every listen-in of the school, to take along as a file."""

from datetime import UTC, datetime

from flask import Blueprint, Response, render_template

from webapp.culture.school_time import local_date
from webapp.extensions import db
from webapp.observing import exporting, tallies
from webapp.schools.access import enter
from webapp.schools.models import School
from webapp.schools.permissions import May
from webapp.web.downloads import download
from webapp.web.sheets import Kind

pages = Blueprint("exports", __name__, url_prefix="/school")


@pages.get("/listen-ins")
@enter(May.EXPORT)
def show(school: School) -> str:
    """What there is to take along, and what is in it."""
    return render_template(
        "observing/listen_ins.html",
        n=exporting.count(db.session, school),
        ever=tallies.listened(db.session, school),
    )


@pages.get("/listen-ins.csv", defaults={"kind": Kind.CSV})
@pages.get("/listen-ins.xlsx", defaults={"kind": Kind.XLSX})
@pages.get("/listen-ins.json", defaults={"kind": Kind.JSON})
@enter(May.EXPORT)
def take_along(school: School, kind: Kind) -> Response:
    """All of them, as a file."""
    now = datetime.now(UTC)
    name = f"{school.name} listen-ins {local_date(now, school.zone)}"
    return download(name, kind, exporting.content(db.session, school, kind, now))
