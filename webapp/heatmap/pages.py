"""`/heatmap`."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.culture.school_time import DAY, local_date
from webapp.extensions import db
from webapp.heatmap import change, change_words, coverage_words, grid, sheet
from webapp.heatmap.change import ChangeView
from webapp.heatmap.change_words import points
from webapp.heatmap.choosing import choices, comparisons, narrowed_to
from webapp.heatmap.coverage import WEEKDAYS, CoverageView, counted, cover, weekday, weekdays_from
from webapp.heatmap.report import Report, report
from webapp.heatmap.view import Preset, View
from webapp.observing.choices import traits
from webapp.observing.tallies import Row
from webapp.schools import years
from webapp.schools.access import enter
from webapp.schools.models import School
from webapp.schools.paper import usual_paper
from webapp.schools.permissions import May
from webapp.schools.words import plan_in_words
from webapp.web.addresses import public
from webapp.web.downloads import download
from webapp.web.pdf import Drawn, NoPdfError, missing, write_pdf, write_png
from webapp.web.sheets import Kind, csv_pieces

pages = Blueprint("heatmap", __name__)


@pages.get("/heatmap")
@enter(May.SEE_HEATMAP)
def show(school: School) -> str:
    """How often each trait was heard, by place or time, in a period."""
    now = datetime.now(UTC)
    drawn = grid.draw(db.session, school, _view(school, now), now)
    offered = choices(db.session, school)
    return render_template(
        "heatmap/show.html",
        door="heatmap.show",
        view=drawn.view,
        grid=drawn,
        choices=offered,
        comparisons=comparisons(),
        points=points,
        narrowed=narrowed_to(drawn.view, offered),
        traits=traits(),
        rows=_row_names(),
        presets=_preset_names(),
    )


# Not `kind`: that is the kind of place, in the address of a view.
@pages.get("/heatmap.csv", defaults={"written": Kind.CSV})
@pages.get("/heatmap.xlsx", defaults={"written": Kind.XLSX})
@enter(May.SEE_HEATMAP)
def take_along(school: School, written: Kind) -> Response:
    """The figures of the same view as a file; where it cannot be followed, the page says what is wrong."""
    now = datetime.now(UTC)
    drawn = grid.draw(db.session, school, _view(school, now), now)
    view = drawn.view
    if view.problems:
        return _to_the_map()
    told = sheet.Told(school, _row_names()[view.by], narrowed_to(view, choices(db.session, school)), drawn, now)
    content = told.sheets() if written is Kind.XLSX else csv_pieces(told.whole())
    return download(_named(school, view, now), written, content)


@pages.get("/heatmap/report")
@enter(May.SEE_HEATMAP)
def show_report(school: School) -> str | Response:
    """The same view on one sheet of paper, for those who lead the school."""
    now = datetime.now(UTC)
    made = report(db.session, school, _view(school, now), now)
    if not _can_be_told(made):
        return _to_the_map()
    return render_template("heatmap/report.html", **_on_paper(school, made, now))


@pages.get("/heatmap/report.pdf")
@enter(May.SEE_HEATMAP)
def report_as_pdf(school: School) -> Response:
    """The same sheet as PDF; where none can be made, the page that can be printed, which says so."""
    now = datetime.now(UTC)
    made = report(db.session, school, _view(school, now), now)
    if not _can_be_told(made):
        return _to_the_map()
    html = render_template("heatmap/report_on_paper.html", **_on_paper(school, made, now), paper=usual_paper(school))
    try:
        return download(_named(school, made.wanted, now), Drawn.PDF, [write_pdf(html)])
    except NoPdfError:
        return redirect(f"{url_for('heatmap.show_report')}?{urlencode(request.args)}", 303)


@pages.get("/heatmap.png")
@enter(May.SEE_HEATMAP)
def picture(school: School) -> Response:
    """The map alone as a picture for a slide."""
    now = datetime.now(UTC)
    made = report(db.session, school, _view(school, now), now, is_picture=True)
    if not _can_be_told(made):
        return _to_the_map()
    html = render_template("heatmap/picture.html", **_on_paper(school, made, now), paper="slide")
    try:
        return download(_named(school, made.wanted, now), Drawn.PNG, [write_png(html)])
    except NoPdfError:
        return redirect(f"{url_for('heatmap.show_report')}?{urlencode(request.args)}", 303)


@pages.get("/heatmap/coverage")
@enter(May.SEE_HEATMAP)
def show_coverage(school: School) -> str:
    """Where and when nobody has listened, against the school's plan."""
    view = CoverageView.read(request.args)
    coverage = cover(db.session, school, view.span, datetime.now(UTC))
    return render_template(
        "heatmap/coverage.html",
        view=view,
        coverage=coverage,
        columns=coverage.columns(view, school.week_start),
        counted=lambda places: counted(places, view),
        plan=plan_in_words(coverage.plan),
        rows=_row_names(),
        days=[weekday(day) for day in weekdays_from(school.week_start) if day in coverage.plan.weekdays],
        is_by_weekday=view.by == WEEKDAYS,
        says=coverage_words,
    )


@pages.get("/heatmap/change")
@enter(May.SEE_CHANGE)
def show_change(school: School) -> str:
    """How often each trait was heard week by week, and what followed the next steps."""
    now = datetime.now(UTC)
    view = ChangeView.read(request.args, **_calendar(school, now))
    offered = tuple(choice for choice in choices(db.session, school) if choice.name != "observers")
    return render_template(
        "heatmap/change.html",
        door="heatmap.show_change",
        view=view,
        changes=change.draw(db.session, school, view, now),
        choices=offered,
        comparisons=None,
        narrowed=narrowed_to(view.seen, offered),
        traits={trait.word: trait for trait in traits()},
        rows=_row_names(),
        presets=_preset_names(),
        says=change_words,
        today=local_date(now, school.zone),
    )


def _view(school: School, now: datetime) -> View:
    return View.read(request.args, **_calendar(school, now))


def _calendar(school: School, now: datetime) -> dict[str, Any]:
    """What a view has to know of the school's days."""
    today = local_date(now, school.zone)
    year = years.year_at(db.session, school, today)
    return {
        "today": today,
        "year": year,
        "last_year": lambda: years.year_at(db.session, school, year.first - DAY),
        "week_start": school.week_start,
    }


def _named(school: School, view: View, now: datetime) -> str:
    days = view.so_far(local_date(now, school.zone))
    return f"{school.name} {view.by} {days.first} {days.last}"


def _can_be_told(made: Report) -> bool:
    return not made.grid.view.problems and made.grid.sample.n > 0


def _to_the_map() -> Response:
    """Where the view is the page itself, which says what is wrong with it, or that there is nothing to see."""
    return redirect(f"{url_for('heatmap.show')}?{urlencode(request.args)}", 303)


def _on_paper(school: School, made: Report, now: datetime) -> dict[str, Any]:
    return {
        "report": made,
        "narrowed": narrowed_to(made.wanted, choices(db.session, school)),
        "points": points,
        "traits": traits(),
        "rows": _row_names()[made.grid.view.by],
        "today": local_date(now, school.zone),
        "address": public(url_for("heatmap.show")),
        "no_pdf": missing(),
    }


def _row_names() -> dict[Row, str]:
    return {
        Row.PLACE: _("Places"),
        Row.FLOOR: _("Floors"),
        Row.SETTING: _("Kinds of talk"),
        Row.KIND: _("Kinds of place"),
        Row.WEEK: _("Weeks"),
        Row.WEEKDAY: _("Weekdays"),
        Row.HOUR: _("Hours"),
    }


def _preset_names() -> dict[Preset, str]:
    return {
        Preset.TERM: _("This term"),
        Preset.YEAR: _("School year"),
        Preset.DAYS: _("Last 30 days"),
        Preset.WEEK: _("This week"),
        Preset.DATES: _("Dates"),
    }
