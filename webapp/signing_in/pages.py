"""Home, sign-in, sign-out, one-time links and `/account`."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext, refresh
from werkzeug.wrappers import Response

from webapp.culture.vocabulary import Role
from webapp.culture.words import ROLE_NAMES
from webapp.extensions import begin_writing, csrf, db
from webapp.observing import carrying
from webapp.observing.pages import show_again
from webapp.people import links, passwords, proving, session
from webapp.people.models import Person
from webapp.schools.access import belongings, signed_in
from webapp.schools.permissions import May
from webapp.signing_in.forms import AS_THE_BROWSER, LanguageForm, PasswordForm, SignInForm
from webapp.signing_in.onward import onward
from webapp.web.doors import open_to_all
from webapp.web.problems import TooManyTriesError

pages = Blueprint("signing_in", __name__)


@dataclass(frozen=True, slots=True)
class Device:
    """Where a person is signed in: a sign-in as `/account` shows it."""

    id: UUID
    browser: str
    system: str
    seen: date
    this: bool


@pages.get("/")
@open_to_all
def home() -> Response | str:
    """The first page of whoever is signed in."""
    person = session.who()
    if person is None:
        return redirect(url_for("signing_in.sign_in"))
    mine = belongings(db.session, person)
    if any(each.may(May.RECORD) for each in mine):
        return redirect(url_for("observing.record"))
    if len(mine) == 1 and mine[0].role is not Role.DISTRICT_ADMIN:
        return redirect(url_for("trends.show", school=mine[0].school.id))
    return render_template("signing_in/home.html", mine=mine)


@pages.get("/sign-in")
@open_to_all
def sign_in() -> Response | tuple[str, int, dict[str, str]]:
    """Ask for e-mail and password."""
    asked_for = onward(request.args.get("next"))
    if session.who():
        return redirect(asked_for or url_for("signing_in.home"))
    return _sign_in_page(SignInForm(next=asked_for or ""))


@pages.post("/sign-in")
@open_to_all
def begin() -> Response | tuple[str, int, dict[str, str]] | tuple[str, int] | str:
    """Sign in with e-mail and password."""
    if "email" not in request.form and "next" in request.args:
        return _carry_on()
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form, 422)
    now = datetime.now(UTC)
    try:
        person = _proven(form.email.data or "", form.password.data or "", now)
    except TooManyTriesError as error:
        return _sign_in_page(form, 429, seconds=error.seconds)
    if person is None:
        form.password.errors = [_("E-mail and password do not belong together. Check both, and try again.")]
        return _sign_in_page(form, 422)
    session.begin(person, now)
    carried = form.carried.data or ""
    typed = carrying.unpacked(_signing_key(), carried)
    if typed is not None and typed.account == person.id:
        return show_again(typed, carried)
    return redirect(onward(form.next.data) or url_for("signing_in.home"), 303)


@pages.post("/sign-out")
@open_to_all
def sign_out() -> Response:
    """Sign out on this device; harmless when nobody is signed in."""
    session.end()
    answer = redirect(url_for("signing_in.sign_in"), 303)
    answer.headers.update(session.FORGET_PAGES)
    return answer


@pages.get("/sign-in/<secret>")
@open_to_all
def link(secret: str) -> Response | str:
    """Say for whom the link is. It stays good: mail and chat open links to show what is behind them."""
    return _link_page(secret, links.owner(db.session, secret, datetime.now(UTC)))


@pages.post("/sign-in/<secret>")
@open_to_all
def use_link(secret: str) -> Response | str:
    """Use the link up, sign its person in, and ask for a password."""
    now = datetime.now(UTC)
    person = links.use(db.session, secret, now)
    if person is None:
        return _link_page(secret, None)
    session.begin(person, now, by_link=True)
    flash(_("You are signed in, %(name)s.", name=person.name), "success")
    return redirect(url_for("signing_in.password"), 303)


@pages.get("/account")
@signed_in
def account(person: Person) -> str:
    """Who you are, where you belong, and where you are signed in."""
    return _account_page(person, LanguageForm(language=person.language or AS_THE_BROWSER))


@pages.post("/account/language")
@signed_in
def choose_language(person: Person) -> Response | tuple[str, int]:
    """Choose the language of all pages."""
    form = LanguageForm()
    if not form.validate_on_submit():
        return _account_page(person, form), 422
    begin_writing(db.session)
    person.language = form.language.data or None
    db.session.commit()
    refresh()
    flash(_("This is the language from now on."), "success")
    return redirect(url_for("signing_in.account"), 303)


@pages.route("/account/password", methods=["GET", "POST"])
@signed_in
def password(person: Person) -> Response | tuple[str, int] | tuple[str, int, dict[str, str]] | str:
    """Choose a password; the sign-ins on other devices end."""
    now = datetime.now(UTC)
    form = PasswordForm(person, must_prove=session.must_prove(person, now))
    first = person.password_hash is None
    if request.method == "GET":
        return render_template("signing_in/password.html", form=form)
    try:
        changed = form.validate_on_submit() and _change_password(person, form, now)
    except TooManyTriesError as error:
        form.form_errors = [_wait(error.seconds)]
        return render_template("signing_in/password.html", form=form), 429, error.headers
    if not changed:
        return render_template("signing_in/password.html", form=form), 422
    if first:
        return redirect(url_for("signing_in.home"), 303)
    flash(_("Your new password holds. Other devices are signed out."), "success")
    return redirect(url_for("signing_in.account"), 303)


@pages.post("/account/sign-ins/<uuid:sign_in>/end")
@signed_in
def end_sign_in(person: Person, sign_in: UUID) -> Response:
    """Sign out on another device."""
    begin_writing(db.session)
    # Ended twice, or by its age meanwhile: it is what was wanted.
    if session.end_one(person.id, sign_in):
        flash(_("That device is signed out."), "success")
    db.session.commit()
    return redirect(url_for("signing_in.account"), 303)


# No session may be there to hold the form's secret: the sign-in form checks for it itself, and keeps what was typed;
# the other two do no harm. Other sites are refused before, by web/doors.py.
for _view in (begin, sign_out, use_link):
    csrf.exempt(_view)


def _link_page(secret: str, person: Person | None) -> Response | str:
    page = make_response(render_template("signing_in/link.html", person=person, secret=secret))
    page.status_code = 200 if person else 410
    # The address is a key, and must not end in a search engine.
    page.headers["X-Robots-Tag"] = "noindex"
    return page


def _change_password(person: Person, form: PasswordForm, now: datetime) -> bool:
    if form.present is not None and _proven(person.email, form.present.data or "", now) is None:
        form.present.errors = [_("This is not the password that you have now.")]
        return False
    password_hash = passwords.hashed(form.chosen.data or "")
    begin_writing(db.session)
    person.password_hash = password_hash
    links.end(db.session, person)
    session.end_others(person.id)
    db.session.commit()
    return True


def _carry_on() -> tuple[str, int, dict[str, str]]:
    """Another form was sent on to here, because its sign-in had ended: it waits in this page."""
    kept = request.form.get("carried") or carrying.packed(_signing_key(), request.form.items(multi=True))
    return _sign_in_page(SignInForm(formdata=None, next=onward(request.args["next"]) or "", carried=kept), 401)


def _signing_key() -> str:
    return str(current_app.config["SETTINGS"].signing_key)


def _proven(email: str, password: str, now: datetime) -> Person | None:
    return proving.by_password(
        db.session,
        email,
        password,
        signing_key=_signing_key(),
        address=request.remote_addr or "",
        now=now,
    )


def _account_page(person: Person, form: LanguageForm) -> str:
    now = datetime.now(UTC)
    mine = belongings(db.session, person)
    zone = mine[0].school.zone if mine else UTC
    here = session.this()
    devices = [
        Device(each.id, each.browser, each.system, each.seen_at.astimezone(zone).date(), this=each == here)
        for each in session.of(person, now)
    ]
    return render_template(
        "signing_in/account.html", person=person, form=form, mine=mine, devices=devices, role_names=ROLE_NAMES
    )


def _sign_in_page(form: SignInForm, status: int = 200, *, seconds: int = 0) -> tuple[str, int, dict[str, str]]:
    """The page; with `seconds`, it says how long to wait."""
    page = render_template(
        "signing_in/sign_in.html", form=form, wait=_wait(seconds) if seconds else None, closed=session.is_closed()
    )
    return page, status, {"Retry-After": str(seconds)} if seconds else {}


def _wait(seconds: int) -> str:
    return str(
        ngettext(
            "There were too many tries. Wait a minute, then try again.",
            "There were too many tries. Wait %(num)s minutes, then try again.",
            -(-seconds // 60),
        )
    )
