"""`/next-steps`: what the team decided to try, from when on, and what changed."""

from datetime import UTC, date, datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.acting.forms import WORDS, OutcomeForm, StepForm
from webapp.culture.school_time import local_date
from webapp.extensions import db
from webapp.observing.choices import traits
from webapp.schools import next_steps
from webapp.schools.access import enter
from webapp.schools.models import NextStep, School
from webapp.schools.permissions import May
from webapp.schools.writing import take_turn

pages = Blueprint("acting", __name__, url_prefix="/next-steps")


@pages.get("")
@enter(May.SEE_NEXT_STEPS)
def show(school: School) -> str:
    """What is tried, what is to come and what is over, the latest first."""
    today = _today(school)
    return render_template(
        "acting/show.html",
        steps=list(reversed(next_steps.all_of(db.session, school))),
        today=today,
        is_asked=lambda step: next_steps.is_asked(step, today),
        traits={trait.word: trait for trait in traits()},
    )


@pages.route("/new", methods=["GET", "POST"])
@enter(May.MANAGE)
def add(school: School) -> Response | tuple[str, int]:
    """Add a next step; the address may name its trait."""
    trait = request.args.get("trait")
    form = StepForm(begins=_today(school), trait=trait if trait in WORDS else None)
    if not form.validate_on_submit():
        return _form_page(form, None)
    take_turn(db.session, school)
    step = next_steps.add(db.session, school, form.said).id
    db.session.commit()
    flash(_("The next step was added. It stands as a mark on the charts."), "success")
    return _back_to(school, step)


@pages.route("/<uuid:step>", methods=["GET", "POST"])
@enter(May.MANAGE)
def change(school: School, step: UUID) -> Response | tuple[str, int]:
    """Change a next step’s words, trait or first day."""
    found = next_steps.get(db.session, school, step)
    form = StepForm.of(found)
    if not (form.validate_on_submit() and _is_saved(school, form, step)):
        return _form_page(form, found)
    flash(_("The next step was changed."), "success")
    return _back_to(school, step)


@pages.route("/<uuid:step>/outcome", methods=["GET", "POST"])
@enter(May.MANAGE)
def change_outcome(school: School, step: UUID) -> Response | tuple[str, int]:
    """Say what changed, and whether it is over."""
    form = OutcomeForm(next_steps.get(db.session, school, step))
    if not form.validate_on_submit():
        found = next_steps.get(db.session, school, step)
        page = render_template("acting/outcome.html", form=form, step=found)
        return page, 422 if form.is_submitted() else 200
    take_turn(db.session, school)
    found = next_steps.get(db.session, school, step)
    found.outcome, found.ends = form.outcome.data or None, form.ends.data
    db.session.commit()
    flash(_("What changed was saved."), "success")
    return _back_to(school, step)


@pages.route("/<uuid:step>/deletion", methods=["GET", "POST"])
@enter(May.MANAGE)
def delete(school: School, step: UUID) -> Response | str:
    """Ask once more, then delete a next step."""
    if request.method == "GET":
        return render_template("acting/deletion.html", step=next_steps.get(db.session, school, step))
    take_turn(db.session, school)
    db.session.delete(next_steps.get(db.session, school, step))
    db.session.commit()
    flash(_("The next step was deleted. What was heard stays."), "success")
    return redirect(url_for("acting.show", school=school.id), 303)


def _form_page(form: StepForm, step: NextStep | None) -> tuple[str, int]:
    return render_template("acting/step.html", form=form, step=step), 422 if form.is_submitted() else 200


def _is_saved(school: School, form: StepForm, step: UUID) -> bool:
    """Whether the step could be stored as typed; if not, the form says why."""
    take_turn(db.session, school)
    try:
        next_steps.change(db.session, school, next_steps.get(db.session, school, step), form.said)
    except next_steps.SaidBeforeError:
        db.session.rollback()
        form.what.errors = [_("There is the same next step already, of this trait and this day.")]
        return False
    db.session.commit()
    return True


def _back_to(school: School, step: UUID) -> Response:
    # The row has the focus again, so that a keyboard goes on from there.
    return redirect(url_for("acting.show", school=school.id, _anchor=f"step-{step}"), 303)


def _today(school: School) -> date:
    return local_date(datetime.now(UTC), school.zone)
