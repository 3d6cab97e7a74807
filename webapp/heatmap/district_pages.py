"""`/district`: the schools of a district side by side, for whoever runs it."""

from datetime import UTC, datetime

from flask import Blueprint, render_template, request
from flask_babel import format_date

from webapp.extensions import db
from webapp.heatmap import district as side_by_side
from webapp.heatmap.district import ENOUGH, SPANS, DistrictView
from webapp.heatmap.grid import day_and_month
from webapp.observing.choices import traits
from webapp.schools.access import enter_district
from webapp.schools.models import District

pages = Blueprint("district", __name__)


@pages.get("/district")
@enter_district
def show(district: District) -> str:
    """How often each trait was heard in each school, or one of them week by week."""
    view = DistrictView.read(request.args)
    return render_template(
        "heatmap/district.html",
        district=district,
        view=view,
        grid=side_by_side.draw(db.session, district, view, datetime.now(UTC).date()),
        problem=side_by_side.problem(view),
        traits=traits(),
        spans=SPANS,
        enough=ENOUGH,
        day=lambda monday: format_date(monday, "medium"),
        short_day=day_and_month,
    )
