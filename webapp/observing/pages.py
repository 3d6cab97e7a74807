"""`/record`, `/record/<id>` and `/outbox`: listen-ins as pages that need no script."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from webapp.culture.vocabulary import Setting, usual_setting
from webapp.extensions import csrf, db, new_id
from webapp.observing import carrying, choices, own
from webapp.observing.carrying import Carried
from webapp.observing.changes import Change, Deletion, FieldProblem, Put, Recorded
from webapp.observing.forms import ListenForm, filled, read_uuid
from webapp.observing.models import Observation
from webapp.observing.recording import record as store
from webapp.people.models import Person
from webapp.people.session import who
from webapp.schools.access import belongings, enter, here
from webapp.schools.models import Place, School
from webapp.schools.permissions import May
from webapp.schools.places import all_of, survivors
from webapp.web.doors import open_to_all
from webapp.web.problems import NotAMemberError, NotRecordingError, ProblemError

pages = Blueprint("observing", __name__)

MOST_SHOWN = 20
JUST_SAVED = "just_saved"
NO_SKEW = timedelta(0)
"""A plain form is sent when it is saved: its time is told by the server's own clock."""

FIELD_OF = {"observed_at": "at", "place": "place", "setting": "setting", "heard": "heard", "note": "note"}
Answer = str | Response | tuple[str, int]


def carried(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """A form that is sent when its sign-in has ended, or somebody else is signed in, goes to sign-in with its words.

    Where its person records no more, they come back with the reason, to be sent once that has changed.
    """

    @wraps(view)
    def entered(**address: Any) -> Answer:
        if request.method != "POST":
            return view(**address)
        person = who()
        if person is None or not _is_typed_by(person):
            # The same call again, and so all that was typed.
            return redirect(url_for("signing_in.sign_in", next=request.path), 307)
        text = request.form.get("carried", "")
        typed = carrying.unpacked(_signing_key(), text)
        if typed is not None and typed.account == person.id:
            return show_again(typed, text)
        try:
            return view(**address)
        except (NotAMemberError, NotRecordingError) as refusal:
            said = [*request.form.items(multi=True), ("account", str(person.id))]
            return _given_back(refusal, carrying.packed(_signing_key(), said))

    return entered


@pages.route("/record", methods=["GET", "POST"])
@carried
@enter(May.RECORD)
def record(school: School) -> Answer:
    """A new listen-in."""
    now = datetime.now(UTC)
    places = _offered(school)
    if request.method == "GET":
        at_door = _as_filed(school, request.args.get("place"))
        form = _form(school, places, now=now, data=_fresh(school, places, at_door))
        gone = at_door and form.place.data != at_door
        problem = _("That place is not listed here. Choose another.") if gone else ""
        return _page(school, form, places, problem=problem, just_saved=_just_saved(school))
    form = _form(school, places, now=now)
    if not form.validate():
        return _page(school, form, places), 422
    saved = _store(_put(school, form, places), now=now)
    if saved.problem is not None:
        return _page(school, _marked(form, saved.problem), places), 422
    if saved.status == "conflict" and not _says_the_same(school, form, places):
        # Back to a page that was saved, filled in anew: nothing is lost, and nothing is replaced unasked.
        return _page(
            school,
            _as_new(form),
            places,
            warning=_("This page was saved before. Save once more to keep this as another listen-in."),
        ), 409
    session[JUST_SAVED] = str(form.observation_id)
    return redirect(_address(school))


def show_again(typed: Carried, text: str) -> Answer:
    """The form as it was sent, carried as `text`; to be called once whoever typed it is signed in again."""
    let_in: Callable[..., str] = enter(May.RECORD)(_show_again)
    try:
        return let_in(school=dict(typed.said).get("school"), typed=typed)
    except (NotAMemberError, NotRecordingError) as refusal:
        return _given_back(refusal, text)


def _given_back(refusal: ProblemError, text: str) -> Answer:
    """What was typed, to who typed it: their own words only, for they may know nothing of that school any more."""
    typed = carrying.unpacked(_signing_key(), text)
    if typed is None:
        raise refusal
    said = MultiDict(typed.said)
    return render_template("observing/given_back.html", said=said, carried=text, **choices.words()), int(refusal.status)


def _show_again(school: School, typed: Carried) -> str:
    g.shown = "observing.record"
    now = datetime.now(UTC)
    said = MultiDict(typed.said)
    known = read_uuid(said.get("id")) if said.get("base") else None
    observation = own.one(db.session, school, here().person, observation_id=known) if known else None
    places = _offered(school, observation)
    form = _form(school, places, now=now, mended=observation, formdata=said)
    form.tell_time_of(typed.sent_at)
    if form.base.data and observation is None:
        form = _as_new(form)
    warning = _("You are signed in again, and what you typed is still here. Look it over, then save.")
    return _page(school, form, places, observation=observation, warning=warning)


@pages.route("/record/<uuid:id>", methods=["GET", "POST"])
@carried
@enter(May.RECORD)
def mend(school: School, id: UUID) -> Answer:
    """One of one's own listen-ins, to be mended."""
    now = datetime.now(UTC)
    observation = own.one(db.session, school, here().person, observation_id=id)
    if observation is None and not (request.method == "POST" and _was_mine(school, id)):
        raise NotFound
    places = _offered(school, observation)
    if request.method == "GET" and observation is not None:
        form = _form(school, places, now=now, mended=observation, data=filled(observation, school.zone))
        return _page(school, form, places, observation=observation)
    form = _form(school, places, now=now, mended=observation)
    form.id.data = str(id)
    if not form.validate():
        return _page(school, form, places, observation=observation), 422
    saved = _store(_put(school, form, places), now=now)
    if saved.problem is not None:
        return _page(school, _marked(form, saved.problem), places, observation=observation), 422
    if saved.status == "conflict":
        return _conflict(school, form, id), 409
    flash(_("Changes saved"), "success")
    return redirect(_address(school))


@pages.post("/record/<uuid:id>/deletion")
@enter(May.RECORD)
def delete(school: School, id: UUID) -> Answer:
    """Deletes one of one's own listen-ins; a second time changes nothing."""
    observation = own.one(db.session, school, here().person, observation_id=id)
    if observation is None:
        if not _was_mine(school, id):
            raise NotFound
    else:
        deletion = Deletion(id=id, school=school.id, base=observation.revision)
        if _store(deletion, now=datetime.now(UTC)).status == "conflict":
            flash(_("It was changed elsewhere just now, so it was not deleted. Look at it, then decide."), "warning")
            return redirect(url_for("observing.mend", id=id, school=school.id))
    flash(_("Deleted"), "success")
    return redirect(_address(school))


@pages.get("/outbox")
@open_to_all
def outbox() -> str:
    """What is still on this phone; the page's script knows."""
    return render_template("observing/outbox.html", **choices.words())


# These two check for the form's secret themselves, and keep what was typed when it is an old one.
for _view in (record, mend):
    csrf.exempt(_view)


def _signing_key() -> str:
    return str(current_app.config["SETTINGS"].signing_key)


def _is_typed_by(person: Person) -> bool:
    """Whether the form was drawn for who is signed in now; it says for whom (SYNC-5)."""
    return request.form.get("account", str(person.id)) == str(person.id)


def _form(school: School, places: list[Place], *, now: datetime, **more: Any) -> ListenForm:
    offered = {place.id for place in places}
    form = ListenForm(zone=school.zone, now=now, offered=offered, notes=school.notes_days is not None, **more)
    # The page may have lain open while its place became part of another.
    form.place.data = _as_filed(school, form.place.data)
    return form


def _as_filed(school: School, said: str | None) -> str | None:
    """The place said, or the one that it is part of by now."""
    parts = survivors(db.session, [school.id])
    return next((str(into) for place, into in parts.items() if str(place) == said), said)


def _fresh(school: School, places: list[Place], at_door: str | None) -> dict[str, Any]:
    """What a new form shows: the place at whose door one stands, else the last used; a setting only if asked for."""
    offered = [str(place.id) for place in places]
    wanted = [at_door, *map(str, own.lately_used(db.session, school, here().person))]
    if len(offered) == 1:
        wanted += offered
    setting = request.args.get("setting")
    return {
        "id": str(new_id()),
        "place": next((each for each in wanted if each in offered), None),
        "setting": setting if setting in set(Setting) else None,
    }


def _offered(school: School, observation: Observation | None = None) -> list[Place]:
    """The places that may be chosen; an archived one only for what was heard there."""
    kept = None if observation is None else observation.place_id
    return [place for place in all_of(db.session, school) if not place.archived or place.id == kept]


def _put(school: School, form: ListenForm, places: list[Place]) -> Put:
    kind = next(place.kind for place in places if place.id == form.place_id)
    observed_at, said_at = form.heard_at()
    return Put(
        id=form.observation_id,
        school=school.id,
        base=form.revision,
        place=form.place_id,
        setting=form.chosen_setting or usual_setting(kind),
        heard=form.heard_set,
        observed_at=observed_at,
        said_at=said_at,
        group_size=form.size,
        note=form.note.data or None,
        walkthrough=form.mended.walkthrough if form.mended else None,
    )


def _store(change: Change, *, now: datetime) -> Recorded:
    return store(db.session, here().person, [change], skew=NO_SKEW, now=now)[0]


def _says_the_same(school: School, form: ListenForm, places: list[Place]) -> bool:
    """Whether this is the tap on Save once more: the same words, though “Just now” is a little later now."""
    stored = own.one(db.session, school, here().person, observation_id=form.observation_id)
    if stored is None or form.when.data == "at":
        return False
    said = _put(school, form, places)
    size = None if said.group_size is None else said.group_size.code
    words = (said.place, said.setting.code, int(said.heard), size, said.note)
    return words == (stored.place_id, stored.setting_code, stored.heard, stored.group_size_code, stored.note)


def _marked(form: ListenForm, problem: FieldProblem) -> ListenForm:
    """The form with what the verb found wrong, at its field."""
    field = form[FIELD_OF.get(problem.field or "", "id")]
    field.errors = [*field.errors, problem.detail]
    return form


def _as_new(form: ListenForm) -> ListenForm:
    form.id.data, form.base.data = str(new_id()), ""
    return form


def _conflict(school: School, form: ListenForm, id: UUID) -> str:
    """Somebody, on another device, was first; the person sees what is there now, and chooses."""
    db.session.expire_all()
    stored = own.one(db.session, school, here().person, observation_id=id)
    places = _offered(school, stored)
    if stored is None:
        warning = _("It was deleted meanwhile. What you changed is still here: save it to keep it as a new listen-in.")
        return _page(school, _as_new(form), places, warning=warning)
    form.base.data = str(stored.revision)
    now = _listed(school, [stored])[0]
    heard = " · ".join(now.heard) or _("None of these")
    warning = _(
        "It was changed on another device meanwhile: %(place)s, %(when)s, %(heard)s. Save to replace that with what "
        "stands here.",
        place=now.place,
        when=now.when,
        heard=heard,
    )
    return _page(school, form, places, observation=stored, warning=warning)


def _page(school: School, form: ListenForm, places: list[Place], **more: Any) -> str:
    person = here().person
    first_problem = next((texts[0] for texts in form.errors.values()), "")
    if "csrf_token" in form.errors:
        first_problem = _("This page lay open for a long time. Nothing is lost: look it over, then save once more.")
    known: Mapping[str, Any] = {
        "form": form,
        "places": choices.places(places, own.lately_used(db.session, school, person)),
        "notes": school.notes_days is not None or bool(form.note.data),
        "recent": _listed(school, own.last(db.session, school, person, most=MOST_SHOWN)),
        "other_schools": [each for each in _schools() if each.id != school.id],
        "problem": first_problem,
    }
    return render_template("observing/record.html", **choices.words(), **{**known, **more})


def _listed(school: School, observations: list[Observation]) -> list[own.Listed]:
    names = {place.id: place.name for place in all_of(db.session, school)}
    now = datetime.now(UTC)
    return [own.listed(each, names, school=school, now=now) for each in observations]


def _just_saved(school: School) -> UUID | None:
    """What this browser saved just now, told once."""
    said = session.pop(JUST_SAVED, None)
    if said is None or own.one(db.session, school, here().person, observation_id=UUID(said)) is None:
        return None
    return UUID(said)


def _was_mine(school: School, id: UUID) -> bool:
    return own.was_deleted(db.session, school, here().person, observation_id=id)


def _schools() -> list[School]:
    return [each.school for each in belongings(db.session, here().person) if each.may(May.RECORD)]


def _address(school: School) -> str:
    """The page to go on from; the school is named where there is more than one."""
    return url_for("observing.record", school=school.id if len(_schools()) > 1 else None)
