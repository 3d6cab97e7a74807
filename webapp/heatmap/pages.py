"""`/heatmap`."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.culture.school_time import DAY, local_date
from webapp.extensions import db
from webapp.heatmap import coverage_words, grid, sheet
from webapp.heatmap.building import Building, BuildingView, build
from webapp.heatmap.choosing import choices, comparisons, narrowed_to
from webapp.heatmap.coverage import WEEKDAYS, CoverageView, counted, cover, weekday, weekdays_from
from webapp.heatmap.view import Preset, View
from webapp.observing.choices import traits
from webapp.observing.tallies import Row
from webapp.schools import floor_plans, years
from webapp.schools.access import enter
from webapp.schools.models import School
from webapp.schools.permissions import May
from webapp.schools.words import plan_in_words
from webapp.web.downloads import download
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


@pages.get("/heatmap.csv", defaults={"file": Kind.CSV})
@pages.get("/heatmap.xlsx", defaults={"file": Kind.XLSX})
@enter(May.SEE_HEATMAP)
def take_along(school: School, file: Kind) -> Response:
    """The figures of the same view as a file; where it cannot be followed, the page says what is wrong."""
    now = datetime.now(UTC)
    drawn = grid.draw(db.session, school, _view(school, now), now)
    view = drawn.view
    if view.problems:
        return redirect(f"{url_for('heatmap.show')}?{urlencode(request.args)}", 303)
    told = sheet.Told(school, _row_names()[view.by], narrowed_to(view, choices(db.session, school)), drawn, now)
    content = told.sheets() if file is Kind.XLSX else csv_pieces(told.whole())
    days = view.so_far(local_date(now, school.zone))
    return download(f"{school.name} {view.by} {days.first} {days.last}", file, content)


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


@pages.get("/heatmap/building")
@enter(May.SEE_HEATMAP)
def show_building(school: School) -> str:
    """The building floor by floor, coloured by a trait or by how little anybody has listened, week by week."""
    now = datetime.now(UTC)
    building = build(db.session, school, BuildingView.of_map(_view(school, now), request.args), now)
    offered = choices(db.session, school)
    return render_template(
        "heatmap/building.html",
        door="heatmap.show_building",
        view=building.view,
        building=building,
        told=_told(school, building),
        plans=floor_plans.all_of(db.session, school),
        zones=floor_plans.zones(db.session, school),
        choices=offered,
        narrowed=narrowed_to(building.view, offered),
        traits=traits(),
        rows=_row_names(),
        presets=_preset_names(),
    )


def _told(school: School, building: Building) -> dict[str, Any]:
    """Every moment of the building, for the slider; in its addresses PLACE stands for the id of a place."""
    view = building.view
    moments = []
    for number, moment in enumerate(building.moments):
        dates = {"period": "dates", "from": str(moment.period.first), "to": str(moment.period.last)} if number else {}
        cell = f"PLACE,{view.word}" if view.trait else None
        parts: dict[str, Any] = view.address(rows="place", trait=None, cell=cell, **dates)
        moments.append(
            {
                "name": moment.name,
                "sample": moment.sample,
                "cell": f"{url_for('heatmap.show', school=school.id, **parts)}#figures" if cell else None,
                "rooms": {str(place.id): each for place, each in zip(building.places, moment.figures, strict=True)},
            }
        )
    return {"listen": url_for("observing.record", school=school.id, place="PLACE"), "moments": moments}


def _view(school: School, now: datetime) -> View:
    today = local_date(now, school.zone)
    year = years.year_at(db.session, school, today)
    return View.read(
        request.args,
        today=today,
        year=year,
        last_year=lambda: years.year_at(db.session, school, year.first - DAY),
        week_start=school.week_start,
    )


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
        Preset.DAYS: _("Last 30 days"),
        Preset.WEEK: _("This week"),
        Preset.DATES: _("Dates"),
    }


def points(share: float) -> str:
    """A difference of rates as people say it: in points, with its sign."""
    return f"{round(100 * share):+d}".replace("-", "−")
