"""`/school/places`: add, change, order, archive; and the signs for the doors."""

from collections.abc import Callable
from itertools import groupby
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.extensions import db
from webapp.schools import places
from webapp.schools.access import enter
from webapp.schools.forms import PlaceForm
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
    found = _done(school, place, places.bring_back)
    flash(_("%(place)s is back in the list.", place=found.name), "success")
    return _back_to(place)


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


def _name_taken(error: places.NameTakenError) -> str:
    if error.archived:
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
