"""`/school/floor-plans`: a picture for each floor that should have one, and where on it the places lie."""

from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from webapp.extensions import db
from webapp.schools import floor_plans
from webapp.schools.access import enter
from webapp.schools.drawings import MOST_BYTES, Refusal
from webapp.schools.floor_plan_forms import PictureForm, ZonesForm, refused
from webapp.schools.models import FloorPlan, School
from webapp.schools.permissions import May
from webapp.schools.words import floor_name
from webapp.schools.writing import take_turn
from webapp.web.problems import NotAMemberError, answer_http

pages = Blueprint("floor_plans", __name__)

PATH: Final = "/school/floor-plans"
FLOOR: Final = f"{PATH}/<int(signed=True):floor>"
FORM_AROUND_IT: Final = 64 * 1024
READ_AND_DROPPED: Final = 64 * 1024 * 1024
PIECE: Final = 64 * 1024
# No script, nothing from elsewhere, no window of its own: whatever the picture may be.
ON_ITS_OWN: Final = "default-src 'none'; sandbox"


@pages.url_value_preprocessor
def _take_a_file(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Only here a request may be as large as a plan; before anything has read it."""
    if endpoint == "schools.floor_plans.change_picture":
        request.max_content_length = MOST_BYTES + FORM_AROUND_IT


@pages.errorhandler(RequestEntityTooLarge)
def _say_too_large(error: RequestEntityTooLarge) -> Any:
    """Back to the form, which says so. What was sent is read and dropped: some browsers hear no answer before."""
    if request.endpoint != "schools.floor_plans.change_picture":
        return answer_http(error)
    left = min(request.content_length or 0, READ_AND_DROPPED)
    while left > 0 and (piece := request.environ["wsgi.input"].read(min(PIECE, left))):
        left -= len(piece)
    address: dict[str, Any] = {**(request.view_args or {}), "refused": Refusal.TOO_LARGE}
    if "school" in request.args:
        address["school"] = request.args["school"]
    return redirect(url_for(".change_picture", **address), 303)


@pages.get(PATH)
@enter(May.MANAGE)
def show(school: School) -> str:
    """The floors, with and without a plan."""
    plans = floor_plans.all_of(db.session, school)
    zones = floor_plans.zones(db.session, school)
    return render_template(
        "schools/floor_plans.html",
        floors=[
            (floor, plans.get(floor), floor_plans.places_on(db.session, school, floor))
            for floor in reversed(floor_plans.floors(db.session, school))
        ],
        zones=zones,
    )


@pages.route(f"{FLOOR}/picture", methods=["GET", "POST"])
@enter(May.MANAGE)
def change_picture(school: School, floor: int) -> AnyResponse | tuple[str, int]:
    """Choose the file with the plan of a floor, the first or another one."""
    known = _known(school, floor)
    form = PictureForm(page=1)
    if not form.validate_on_submit() or form.drawing is None:
        status = 422 if form.is_submitted() else 200
        if request.args.get("refused") == Refusal.TOO_LARGE and not form.is_submitted():
            status, form.picture.errors = 413, [refused(Refusal.TOO_LARGE)]
        return render_template("schools/floor_plan_picture.html", form=form, floor=floor, plan=known), status
    take_turn(db.session, school)
    floor_plans.put(db.session, school, floor, form.drawing)
    db.session.commit()
    flash(_("The plan was saved. Now show where the places are."), "success")
    if form.drawing.lost_styles:
        flash(
            _("This SVG keeps its colours in a style sheet, which is left out. If it looks wrong, save it as a PNG."),
            "warning",
        )
    return redirect(url_for(".change_zones", floor=floor), 303)


@pages.route(FLOOR, methods=["GET", "POST"])
@enter(May.MANAGE)
def change_zones(school: School, floor: int) -> AnyResponse | tuple[str, int]:
    """Where on the plan of a floor its places lie."""
    plan = _known(school, floor)
    if plan is None:
        return redirect(url_for(".change_picture", floor=floor), 303)
    if request.method == "POST":
        take_turn(db.session, school)
        plan = floor_plans.get(db.session, school, floor)
    offered = floor_plans.places_on(db.session, school, floor)
    said = request.form if request.method == "POST" else None
    form = ZonesForm.of(offered, floor_plans.zones(db.session, school), plan.revision, said)
    status, is_old = 200, False
    if form.is_submitted():
        is_old = form.revision.data != plan.revision
        if form.validate() and not is_old:
            floor_plans.draw_zones(db.session, plan, form.areas)
            db.session.commit()
            flash(_("%(floor)s: the zones were saved.", floor=floor_name(floor)), "success")
            return redirect(url_for(".show"), 303)
        db.session.rollback()
        status = 409 if is_old else 422
    return render_template(
        "schools/floor_plan.html", form=form, floor=floor, plan=plan, is_old=is_old, current=plan.revision
    ), status


@pages.route(f"{FLOOR}/removal", methods=["GET", "POST"])
@enter(May.MANAGE)
def remove(school: School, floor: int) -> AnyResponse | str:
    """Ask, then take the plan of a floor away."""
    plan = floor_plans.get(db.session, school, floor)
    if request.method == "GET":
        return render_template("schools/floor_plan_removal.html", floor=floor, plan=plan)
    take_turn(db.session, school)
    floor_plans.remove(db.session, floor_plans.get(db.session, school, floor))
    db.session.commit()
    flash(_("%(floor)s: the plan was taken away.", floor=floor_name(floor)), "success")
    return redirect(url_for(".show"), 303)


@pages.get("/schools/<uuid:school>/floor-plans/<int(signed=True):floor>")
@enter(May.SEE_HEATMAP)
def picture(school: School, floor: int) -> AnyResponse:
    """The plan itself."""
    plan = floor_plans.get(db.session, school, floor)
    answer = _kept(plan.digest, plan.media_type, lambda: plan.content)
    answer.headers["Content-Security-Policy"] = ON_ITS_OWN
    return answer


@pages.get("/schools/<uuid:school>/floor-plans/zones.css")
@enter(May.SEE_HEATMAP)
def place_zones(school: School) -> AnyResponse:
    """Where the zones lie, as a style sheet: within a page the policy allows no styles."""
    rules = "".join(
        f'[data-zone="{place}"]{{left:{area.x / 10}%;top:{area.y / 10}%;'
        f"width:{area.width / 10}%;height:{area.height / 10}%}}\n"
        for place, area in floor_plans.zones(db.session, school).items()
    )
    content = rules.encode()
    return _kept(sha256(content).hexdigest(), "text/css", lambda: content)


def _kept(digest: str, media_type: str, content: Callable[[], bytes]) -> Response:
    """It may be kept, and is asked for again each time: who may see it can change."""
    answer = Response(content_type=media_type)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(digest)
    answer.make_conditional(request)
    if answer.status_code == HTTPStatus.OK:
        answer.data = content()
    return answer


def _known(school: School, floor: int) -> FloorPlan | None:
    """The plan of a floor, if it has one yet; nothing is here where the school has no such floor."""
    if floor not in floor_plans.floors(db.session, school):
        raise NotAMemberError
    return floor_plans.all_of(db.session, school).get(floor)
