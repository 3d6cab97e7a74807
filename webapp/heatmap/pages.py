"""`/heatmap`."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.culture.school_time import local_date
from webapp.extensions import db
from webapp.heatmap import grid, sheet
from webapp.heatmap.view import Preset, View
from webapp.observing.choices import traits
from webapp.observing.tallies import Row
from webapp.schools import years
from webapp.schools.access import enter
from webapp.schools.models import School
from webapp.schools.permissions import May
from webapp.web.downloads import download
from webapp.web.sheets import Kind, csv_pieces

pages = Blueprint("heatmap", __name__)


@pages.get("/heatmap")
@enter(May.SEE_HEATMAP)
def show(school: School) -> str:
    """How often each trait was heard, by place or time, in a period."""
    now = datetime.now(UTC)
    view = _view(school, now)
    return render_template(
        "heatmap/show.html",
        view=view,
        grid=grid.draw(db.session, school, view, now),
        traits=traits(),
        rows=_row_names(),
        presets=_preset_names(),
    )


@pages.get("/heatmap.csv", defaults={"kind": Kind.CSV})
@pages.get("/heatmap.xlsx", defaults={"kind": Kind.XLSX})
@enter(May.SEE_HEATMAP)
def take_along(school: School, kind: Kind) -> Response:
    """The figures of the same view as a file; where it cannot be followed, the page says what is wrong."""
    now = datetime.now(UTC)
    view = _view(school, now)
    if view.problems:
        return redirect(f"{url_for('heatmap.show')}?{urlencode(request.args)}", 303)
    told = (school, view, _row_names()[view.by], grid.draw(db.session, school, view, now), now)
    content = sheet.sheets(*told) if kind is Kind.XLSX else csv_pieces(sheet.whole(*told))
    days = view.so_far(local_date(now, school.zone))
    return download(f"{school.name} {view.by} {days.first} {days.last}", kind, content)


def _view(school: School, now: datetime) -> View:
    today = local_date(now, school.zone)
    return View.read(
        request.args,
        today=today,
        year=years.year_at(db.session, school, today),
        week_start=school.week_start,
    )


def _row_names() -> dict[Row, str]:
    return {
        Row.PLACE: _("Places"),
        Row.SETTING: _("Kinds of talk"),
        Row.KIND: _("Kinds of place"),
        Row.WEEK: _("Weeks"),
        Row.WEEKDAY: _("Weekdays"),
        Row.HOUR: _("Hours"),
    }


def _preset_names() -> dict[Preset, str]:
    return {
        Preset.TERM: _("This term"),
        Preset.DAYS: _("Last 30 days"),
        Preset.WEEK: _("This week"),
        Preset.DATES: _("Dates"),
    }
