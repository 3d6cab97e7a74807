"""`/school/places`: add, change, order, archive, merge; and the signs for the doors."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.extensions import db
from webapp.schools import merging, places
from webapp.schools.access import enter
from webapp.schools.forms import MergerForm, PlaceForm
from webapp.schools.models import Place, School
from webapp.schools.permissions import May
from webapp.schools.qr_codes import drawn
from webapp.schools.writing import take_turn
from webapp.web.addresses import public

pages = Blueprint("places", __name__, url_prefix="/school/places")


@pages.get("")
@enter(May.MANAGE)
def show(school: School) -> str:
    """Places, floor by floor."""
    everything = places.all_of(db.session, school)
    offered = [place for place in everything if not place.archived]
    return render_template(
        "schools/places.html",
        floors=[(floor, list(found)) for floor, found in groupby(offered, lambda place: place.floor)],
        archived=[place for place in everything if place.archived],
        names={place.id: place.name for place in everything},
        survivors=places.survivors(db.session, [school.id]),
    )


@pages.route("/new", methods=["GET", "POST"])
@enter(May.MANAGE)
def add(school: School) -> Response | tuple[str, int]:
    """Add a place."""
    form = PlaceForm()
    if not (form.validate_on_submit() and _is_saved(school, form, None)):
        return _form_page(form, None)
    flash(_("%(place)s was added.", place=form.name.data), "success")
    on = "schools.places.add" if "another" in request.form else "schools.places.show"
    return redirect(url_for(on), 303)


@pages.route("/<uuid:place>", methods=["GET", "POST"])
@enter(May.MANAGE)
def change(school: School, place: UUID) -> Response | tuple[str, int]:
    """Change a place’s name, kind, floor, or how many adults use it."""
    found = places.get(db.session, school, place)
    into = merging.survivor(db.session, school, found)
    if into is not None:
        return redirect(url_for("schools.places.change", place=into.id))
    form = PlaceForm(name=found.name, kind=found.kind.value, floor=found.floor, adults=found.adults)
    if not (form.validate_on_submit() and _is_saved(school, form, found)):
        return _form_page(form, found)
    flash(_("%(place)s was changed.", place=form.name.data), "success")
    return _back_to(place)


@pages.post("/<uuid:place>/archive")
@enter(May.MANAGE)
def archive(school: School, place: UUID) -> Response:
    """Take a place out of the lists; what was heard there stays."""
    found = _done(school, place, places.archive)
    flash(_("%(place)s is archived. What was heard there stays.", place=found.name), "success")
    return _back_to(place)


@pages.post("/<uuid:place>/return")
@enter(May.MANAGE)
def bring_back(school: School, place: UUID) -> Response:
    """Offer an archived place again."""
    try:
        found = _done(school, place, places.bring_back)
    except places.PartOfAnotherError:
        db.session.rollback()
        flash(_("This place is part of another one, and stays so."), "warning")
    else:
        flash(_("%(place)s is back in the list.", place=found.name), "success")
    return _back_to(place)


@pages.route("/<uuid:place>/merger", methods=["GET", "POST"])
@enter(May.MANAGE)
def merge(school: School, place: UUID) -> Response | tuple[str, int]:
    """Make a place part of another one, for good: choose which, be asked, then do it."""
    if request.method == "POST":
        take_turn(db.session, school)
    found = places.get(db.session, school, place)
    others = [each for each in places.all_of(db.session, school) if not each.archived and each.id != place]
    form = MergerForm(others, formdata=request.values)
    into = form.chosen
    if request.method == "POST" and into is not None:
        return _merged(school, found, into)
    status = 200
    if into is None and (request.method == "POST" or "into" in request.args):
        status, form.into.errors = 422, [_("Choose a place from the list.")]
    return render_template(
        "schools/merger.html",
        place=found,
        form=form,
        others=others,
        into=into,
        part_of=merging.survivor(db.session, school, found),
        n=merging.count(db.session, school, found),
    ), status


@pages.post("/<uuid:place>/up")
@enter(May.MANAGE)
def move_up(school: School, place: UUID) -> Response:
    """One step up on its floor."""
    _done(school, place, places.move_up)
    return _back_to(place)


@pages.post("/<uuid:place>/down")
@enter(May.MANAGE)
def move_down(school: School, place: UUID) -> Response:
    """One step down on its floor."""
    _done(school, place, places.move_down)
    return _back_to(place)


@pages.get("/door-signs")
@enter(May.MANAGE)
def show_door_signs(school: School) -> str:
    """A sign with a QR code for each place, to be printed."""
    signs = [
        (place, drawn(public(url_for("observing.record", place=place.id))))
        for place in places.all_of(db.session, school)
        if not place.archived
    ]
    return render_template("schools/door_signs.html", signs=signs)


def _form_page(form: PlaceForm, place: Place | None) -> tuple[str, int]:
    return render_template("schools/place.html", form=form, place=place), 422 if form.is_submitted() else 200


def _is_saved(school: School, form: PlaceForm, place: Place | None) -> bool:
    """Whether the place could be stored as typed; if not, the form says why."""
    take_turn(db.session, school)
    try:
        if place is None:
            places.add(db.session, school, **form.said)
        else:
            places.change(db.session, school, place, **form.said)
    except places.NameTakenError as error:
        db.session.rollback()
        form.name.errors = [_name_taken(error)]
        return False
    db.session.commit()
    return True


def _merged(school: School, place: Place, into: Place) -> Response:
    try:
        moved = merging.merge(db.session, school, place, into, now=datetime.now(UTC))
    except merging.MergedBeforeError as before:
        # Sent twice is done once.
        if before.into.id != into.id:
            flash(_("%(place)s is part of %(into)s already.", place=place.name, into=before.into.name), "warning")
        return _back_to(before.into.id)
    names = {"place": place.name, "into": into.name}
    db.session.commit()
    told = ngettext(
        "%(place)s is part of %(into)s now, and %(num)s listen-in went along.",
        "%(place)s is part of %(into)s now, and %(num)s listen-ins went along.",
        moved,
        **names,
    )
    flash(told if moved else _("%(place)s is part of %(into)s now.", **names), "success")
    return _back_to(into.id)


def _name_taken(error: places.NameTakenError) -> str:
    if error.place.id in places.survivors(db.session, [error.place.school_id]):
        return str(_("This was the name of a place that is part of another one now. Choose another."))
    if error.place.archived:
        return str(_("An archived place has this name. Bring that one back, or choose another name."))
    return str(_("Another place has this name already. Choose one that tells them apart."))


def _done(school: School, place: UUID, verb: Callable[[Session, School, Place], None]) -> Place:
    take_turn(db.session, school)
    found = places.get(db.session, school, place)
    verb(db.session, school, found)
    db.session.commit()
    return found


def _back_to(place: UUID) -> Response:
    # The row has the focus again, so that a keyboard goes on from there.
    return redirect(url_for("schools.places.show", _anchor=f"place-{place}"), 303)
