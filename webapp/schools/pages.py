"""`/school`: what there is to manage, the school's settings and its years."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.culture import school_time
from webapp.extensions import db
from webapp.schools import (
    floor_plan_pages,
    floor_plans,
    listening_plans,
    people,
    people_pages,
    place_pages,
    places,
    settings,
    years,
)
from webapp.schools.access import belongings, enter, here
from webapp.schools.forms import TIMEZONES, SchoolForm
from webapp.schools.models import School, SchoolYear
from webapp.schools.permissions import May
from webapp.schools.plan_form import PlanForm
from webapp.schools.words import floor_name, kind_name, plan_in_words, role_name
from webapp.schools.writing import take_turn
from webapp.schools.year_form import YearForm

pages = Blueprint("schools", __name__)
pages.register_blueprint(place_pages.pages)
pages.register_blueprint(people_pages.pages)
pages.register_blueprint(floor_plan_pages.pages)


@pages.url_defaults
def _stay_in_this_school(_endpoint: str, values: dict[str, Any]) -> None:
    """Whoever manages several schools stays in the one at hand."""
    if "belonging" in g and len(_managed()) > 1:
        values.setdefault("school", here().school.id)


@pages.context_processor
def _words() -> dict[str, Any]:
    return {"floor_name": floor_name, "kind_name": kind_name, "role_name": role_name}


@pages.get("/school")
@enter(May.MANAGE)
def show(school: School) -> str:
    """What there is to manage."""
    return render_template(
        "schools/show.html",
        schools=_managed(),
        places=places.all_of(db.session, school),
        members=people.members(db.session, school),
        year=years.year_at(db.session, school, _today(school)),
        drawn=len(floor_plans.all_of(db.session, school)),
        plan=plan_in_words(listening_plans.plan_of(db.session, school)),
    )


@pages.route("/school/settings", methods=["GET", "POST"])
@enter(May.MANAGE)
def change_settings(school: School) -> Response | tuple[str, int]:
    """The school’s name, clock, week, size and notes; from here on to its years."""
    form = SchoolForm.of(school)
    if not form.validate_on_submit():
        return _settings_page(school, form)
    take_turn(db.session, school)
    settings.change(
        db.session,
        school,
        name=str(form.name.data),
        timezone=str(form.timezone.data),
        week_start=int(form.week_start.data),
        staff_size=form.staff_size.data,
        notes_days=form.days_kept,
    )
    db.session.commit()
    flash(_("The settings were saved."), "success")
    return redirect(url_for("schools.change_settings"), 303)


@pages.route("/school/listening-plan", methods=["GET", "POST"])
@enter(May.MANAGE)
def change_listening_plan(school: School) -> Response | tuple[str, int]:
    """How often to listen in each place, on which days, and the periods of the day; on to what follows from it."""
    form = PlanForm.of(listening_plans.plan_of(db.session, school), week_start=school.week_start)
    if not form.validate_on_submit():
        page = render_template("schools/listening_plan.html", form=form)
        return page, 422 if form.is_submitted() else 200
    take_turn(db.session, school)
    listening_plans.change(db.session, school, form.plan)
    db.session.commit()
    flash(_("The listening plan was saved."), "success")
    return redirect(url_for("heatmap.show_coverage", school=school.id), 303)


@pages.route("/school/years/new", methods=["GET", "POST"])
@enter(May.MANAGE)
def add_year(school: School) -> Response | tuple[str, int]:
    """Set another school year."""
    form = YearForm.of(years.next_of(db.session, school, _today(school)))
    return _saved_year(school, form, None) or _year_page(form, None)


@pages.route("/school/years/<uuid:year>", methods=["GET", "POST"])
@enter(May.MANAGE)
def change_year(school: School, year: UUID) -> Response | tuple[str, int]:
    """Change a school year, its terms and its windows."""
    row = years.get(db.session, school, year)
    form = YearForm.of(years.as_known(db.session, row))
    return _saved_year(school, form, row) or _year_page(form, row)


def _settings_page(school: School, form: SchoolForm) -> tuple[str, int]:
    page = render_template(
        "schools/settings.html", form=form, timezones=TIMEZONES, years=years.all_of(db.session, school)
    )
    return page, 422 if form.is_submitted() else 200


def _year_page(form: YearForm, row: SchoolYear | None) -> tuple[str, int]:
    return render_template("schools/year.html", form=form, year=row), 422 if form.is_submitted() else 200


def _saved_year(school: School, form: YearForm, row: SchoolYear | None) -> Response | None:
    """The way on, or None where there is something to mend."""
    if not form.validate_on_submit():
        return None
    take_turn(db.session, school)
    try:
        if row is None:
            years.add(db.session, school, form.year)
        else:
            years.change(db.session, school, row, form.year)
    except years.YearsOverlapError as error:
        db.session.rollback()
        form.first.errors = [_overlap(error)]
        return None
    db.session.commit()
    flash(_("The school year was saved."), "success")
    return redirect(url_for("schools.change_settings"), 303)


def _overlap(error: years.YearsOverlapError) -> str:
    return str(
        _(
            "The school year from %(first)s to %(last)s has some of these days already.",
            first=format_date(error.first),
            last=format_date(error.last),
        )
    )


def _managed() -> list[School]:
    """The schools that the person may manage; asked of the database once a request."""
    if "managed" not in g:
        g.managed = [each.school for each in belongings(db.session, here().person) if each.may(May.MANAGE)]
    managed: list[School] = g.managed
    return managed


def _today(school: School) -> date:
    return school_time.local_date(datetime.now(UTC), school.zone)
