"""Forms of signing in and of `/account`."""

import itertools

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, HiddenField, PasswordField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the library's types
from wtforms.validators import AnyOf, InputRequired, Length, ValidationError

from webapp.people import passwords
from webapp.people.models import LANGUAGES, Person
from webapp.people.proving import address_of
from webapp.web.languages import LANGUAGES as NAMES
from webapp.web.plain_text import mail_address, plain_line

AS_THE_BROWSER = ""


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """E-mail and password; `next` is the page that was asked for, `carried` a form that is to be shown again there."""

    email = EmailField(
        _l("E-mail"),
        filters=[lambda said: address_of(said or "")],
        validators=[
            InputRequired(_l("Type your e-mail address.")),
            plain_line,
            Length(max=254, message=_l("An e-mail address has at most 254 characters.")),
            mail_address,
        ],
        render_kw={
            "autocomplete": "username",
            "inputmode": "email",
            "autocapitalize": "none",
            "autocorrect": "off",
            "spellcheck": "false",
        },
    )
    password = PasswordField(
        _l("Password"),
        validators=[
            InputRequired(_l("Type your password.")),
            Length(max=passwords.LONGEST, message=_l("A password has at most 200 characters.")),
        ],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()
    carried = HiddenField()


class PasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Choose a password; whoever has one proves it first."""

    present: PasswordField | None = PasswordField(
        _l("Present password"),
        validators=[InputRequired(_l("Type the password that you have now."))],
        render_kw={"autocomplete": "current-password", "maxlength": passwords.LONGEST},
    )
    chosen = PasswordField(
        _l("New password"),
        validators=[InputRequired(_l("Type the password that you want."))],
        render_kw={
            "autocomplete": "new-password",
            "minlength": passwords.SHORTEST,
            "maxlength": passwords.LONGEST,
        },
    )

    def __init__(self, person: Person, *, must_prove: bool) -> None:
        super().__init__()
        self._person = person
        if not must_prove:
            del self.present

    def validate_chosen(self, field: Field) -> None:
        """WTForms calls this for the field `chosen`."""
        found = passwords.fault(field.data, self._person)
        if found is not None:
            raise ValidationError(found)


class LanguageForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The language of all pages."""

    language = RadioField(
        _l("Language"),
        choices=[SelectChoice(AS_THE_BROWSER, _l("As the browser")), *itertools.starmap(SelectChoice, NAMES.items())],
        validators=[AnyOf([AS_THE_BROWSER, *LANGUAGES], message=_l("Choose one of these."))],
        validate_choice=False,
    )
