"""`/school/people`: who belongs to the school, as what, and how they come in."""

from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.culture.vocabulary import Role
from webapp.extensions import db
from webapp.people.models import Person
from webapp.schools import people
from webapp.schools.access import enter, here
from webapp.schools.forms import PersonForm, RoleForm
from webapp.schools.models import School
from webapp.schools.permissions import May
from webapp.schools.qr_codes import drawn
from webapp.schools.writing import take_turn
from webapp.web.addresses import public

pages = Blueprint("people", __name__, url_prefix="/school/people")

ONE_TIME_LINK = "one_time_link"


@pages.get("")
@enter(May.MANAGE)
def show(school: School) -> str:
    """People, by role."""
    return render_template("schools/people.html", members=people.members(db.session, school))


@pages.route("/new", methods=["GET", "POST"])
@enter(May.MANAGE)
def add(school: School) -> Response | tuple[str, int]:
    """Let somebody belong to the school."""
    form = PersonForm(role=Role.OBSERVER.value)
    person = _added(school, form) if form.validate_on_submit() else None
    if person is None:
        return render_template("schools/add_person.html", form=form), 422 if form.is_submitted() else 200
    return redirect(url_for("schools.people.show_one", person=person.id), 303)


@pages.get("/<uuid:person>")
@enter(May.MANAGE)
def show_one(school: School, person: UUID) -> str:
    """A person’s role and way in."""
    return _page_of(people.member(db.session, school, person), None)


@pages.post("/<uuid:person>/role")
@enter(May.MANAGE)
def change_role(school: School, person: UUID) -> Response | tuple[str, int]:
    """Give a person another role."""
    take_turn(db.session, school)
    member = people.member(db.session, school, person)
    form = RoleForm()
    if not (form.validate_on_submit() and _is_changed(school, member.person, form)):
        return _page_of(people.member(db.session, school, person), form), 422
    if member.person.id == here().person.id and form.chosen is not Role.ADMIN:
        return redirect(url_for("signing_in.home"), 303)
    flash(_("The role of %(name)s was changed.", name=member.person.name), "success")
    return redirect(url_for("schools.people.show"), 303)


@pages.post("/<uuid:person>/sign-in-link")
@enter(May.MANAGE)
def make_link(school: School, person: UUID) -> Response | tuple[str, int]:
    """Make a one-time sign-in link for a person; the one before ends."""
    take_turn(db.session, school)
    member = people.member(db.session, school, person)
    if member.elsewhere:
        return _page_of(member, None), 422
    _make_link(school, member.person, datetime.now(UTC))
    db.session.commit()
    return redirect(url_for("schools.people.show_one", person=person), 303)


@pages.route("/<uuid:person>/removal", methods=["GET", "POST"])
@enter(May.MANAGE)
def remove(school: School, person: UUID) -> Response | tuple[str, int]:
    """Ask once more, then let a person leave the school."""
    if request.method == "POST":
        take_turn(db.session, school)
    member = people.member(db.session, school, person)
    name, is_me = member.person.name, member.person.id == here().person.id
    is_last = people.is_last_administrator(db.session, school, member.person)
    if request.method == "GET" or is_last:
        page = render_template("schools/removal.html", member=member, is_me=is_me, is_last=is_last)
        return page, 200 if request.method == "GET" else 422
    people.remove(db.session, school, member.person)
    db.session.commit()
    if is_me:
        return redirect(url_for("signing_in.home"), 303)
    flash(_("%(name)s no longer belongs to this school.", name=name), "success")
    return redirect(url_for("schools.people.show"), 303)


def _added(school: School, form: PersonForm) -> Person | None:
    """The person, who belongs here now; None, and the form says it, where they did before."""
    now = datetime.now(UTC)
    take_turn(db.session, school)
    try:
        person = people.add(
            db.session, school, name=str(form.name.data), email=str(form.email.data), role=form.chosen, now=now
        )
    except people.AlreadyHereError as error:
        db.session.rollback()
        form.email.errors = [_("%(name)s is here already, with this address.", name=error.person.name)]
        return None
    if people.member(db.session, school, person.id).elsewhere:
        flash(_("%(name)s has an account already, and will find this school there.", name=person.name), "success")
    else:
        _make_link(school, person, now)
        flash(_("%(name)s was added. Hand over the link below.", name=person.name), "success")
    db.session.commit()
    return person


def _is_changed(school: School, person: Person, form: RoleForm) -> bool:
    try:
        people.change_role(db.session, school, person, form.chosen)
    except people.LastAdministratorError:
        db.session.rollback()
        form.role.errors = [_("Somebody has to manage the school. Make another person an administrator first.")]
        return False
    db.session.commit()
    return True


def _make_link(school: School, person: Person, now: datetime) -> None:
    """The secret is kept in the administrator's own cookie until the next page has shown it."""
    session[ONE_TIME_LINK] = [str(person.id), people.make_link(db.session, school, person, now)]


def _page_of(member: people.Member, form: RoleForm | None) -> str:
    whose, secret = session.get(ONE_TIME_LINK, (None, None))
    link = None
    if whose == str(member.person.id):
        session.pop(ONE_TIME_LINK)
        link = public(url_for("signing_in.link", secret=secret))
    return render_template(
        "schools/person.html",
        member=member,
        form=form or RoleForm(role=member.role.value),
        link=link,
        code=drawn(link) if link else None,
    )
