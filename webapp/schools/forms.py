"""Forms of places, people, the school and its years."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, Field, Form, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the library's types
from wtforms.validators import StopValidation

from webapp.culture.disclosure import ADULTS_A_PLACE
from webapp.culture.vocabulary import PlaceKind, Role
from webapp.schools.fields import WholeNumber, at_most, needed, one_of, within
from webapp.schools.models import Place, School
from webapp.schools.people import ROLES
from webapp.schools.places import Said
from webapp.schools.words import kind_name, role_name
from webapp.web.plain_text import mail_address, plain_line, tidied

WEEK_STARTS = ((1, _l("Monday")), (7, _l("Sunday")), (6, _l("Saturday")))
USUAL_NOTES_DAYS = 30
MOST_NOTES_DAYS = 180
MOST_ADULTS = 2000
# Names of the IANA database that stand for no region.
_NO_REGION = ("Etc/", "SystemV/", "posix/", "right/")

TIMEZONES = sorted(
    name for name in available_timezones() if name == "UTC" or ("/" in name and not name.startswith(_NO_REGION))
)


def _too_few(_form: Form, field: Field) -> None:
    if field.data is not None and field.data < ADULTS_A_PLACE:
        raise StopValidation(
            _(
                "What is heard in a place of fewer than five adults could be traced to one of them. "
                "Take it together with places nearby, as in “Second-floor classrooms”."
            )
        )


class PlaceForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A place, new or to be changed."""

    name = StringField(
        _l("Name"),
        filters=[tidied],
        validators=[needed(_l("Give the place a name.")), plain_line, at_most(60)],
        render_kw={"autocomplete": "off"},
    )
    kind = SelectField(_l("Kind of place"), validators=[one_of(PlaceKind)], validate_choice=False)
    floor = WholeNumber(
        _l("Floor"),
        validators=[within(-5, 60, _l("Floors go from −5 to 60."))],
        # No keypad: on some phones it has no minus.
        render_kw={"autocomplete": "off", "class": "short"},
    )
    adults = WholeNumber(
        _l("How many adults use it"),
        validators=[
            needed(_l("Say how many adults use this place; roughly will do.")),
            _too_few,
            within(ADULTS_A_PLACE, MOST_ADULTS, _l("Type a number up to 2000.")),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "short"},
    )

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.kind.choices = [SelectChoice(kind.value, kind_name(kind)) for kind in PlaceKind]

    @property
    def said(self) -> Said:
        """The place as typed, once the form is valid."""
        return {
            "name": str(self.name.data),
            "kind": PlaceKind(self.kind.data),
            "floor": self.floor.data,
            "adults": self.adults.data or 0,
        }


class MergerForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Of which other place a place becomes a part; asks nothing else, so that it can be read from an address too."""

    into = SelectField(_l("Merge it into"), validate_choice=False)

    def __init__(self, others: Sequence[Place], **given: Any) -> None:
        super().__init__(**given)
        self._others = {str(place.id): place for place in others}
        self.into.choices = [
            SelectChoice("", ""),
            *(SelectChoice(id_, place.name) for id_, place in self._others.items()),
        ]

    @property
    def chosen(self) -> Place | None:
        """The other place; None when none is chosen, or none that is offered."""
        return self._others.get(self.into.data or "")


class RoleForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What somebody is in the school."""

    role = RadioField(_l("Role"), validators=[one_of(ROLES)], validate_choice=False)

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.role.choices = [SelectChoice(role.value, role_name(role)) for role in ROLES]

    @property
    def chosen(self) -> Role:
        """The role, once the form is valid."""
        return Role(self.role.data)


class PersonForm(RoleForm):
    """Somebody new in the school."""

    name = StringField(
        _l("Name"),
        filters=[tidied],
        validators=[needed(_l("Type the person’s name.")), plain_line, at_most(80)],
        render_kw={"autocomplete": "off"},
    )
    email = EmailField(
        _l("E-mail"),
        filters=[lambda said: tidied(said).lower()],
        validators=[
            needed(_l("Type the person’s e-mail address.")),
            plain_line,
            at_most(254),
            mail_address,
        ],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class SchoolForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The school's settings."""

    name = StringField(
        _l("Name of the school"),
        filters=[tidied],
        validators=[needed(_l("Give the school a name.")), plain_line, at_most(120)],
    )
    timezone = StringField(
        _l("Time zone"),
        filters=[tidied],
        validators=[needed(_l("Choose the school’s time zone."))],
        render_kw={"list": "timezones", "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    week_start = RadioField(
        _l("The week begins on"),
        choices=[SelectChoice(day, name) for day, name in WEEK_STARTS],
        validate_choice=False,
    )
    staff_size = WholeNumber(
        _l("How many adults work here"),
        validators=[within(1, MOST_ADULTS, _l("Type a number from 1 to 2000, or leave it empty."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "short"},
    )
    notes = BooleanField(_l("Observers may keep a private note with a listen-in"))
    notes_days = WholeNumber(
        _l("Notes are erased after how many days"),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "short"},
    )

    @classmethod
    def of(cls, school: School) -> "SchoolForm":
        """The form as the school is set."""
        return cls(
            name=school.name,
            timezone=school.timezone,
            week_start=str(school.week_start),
            staff_size=school.staff_size,
            notes=school.notes_days is not None,
            notes_days=school.notes_days or USUAL_NOTES_DAYS,
        )

    def validate_timezone(self, field: Field) -> None:
        """WTForms calls this for the field `timezone`."""
        if field.data not in TIMEZONES:
            raise StopValidation(_("Choose a time zone from the list, such as America/New_York."))

    def validate_week_start(self, field: Field) -> None:
        """WTForms calls this for the field `week_start`."""
        if field.data not in {str(day) for day, _name in WEEK_STARTS}:
            raise StopValidation(_("Choose one of these."))

    def validate_notes_days(self, field: Field) -> None:
        """WTForms calls this for the field `notes_days`; without notes nothing is asked of it."""
        if not self.notes.data:
            field.errors = ()
            raise StopValidation
        if not field.errors and (field.data is None or not 1 <= field.data <= MOST_NOTES_DAYS):
            raise StopValidation(_("Notes are kept for 1 to 180 days."))

    @property
    def days_kept(self) -> int | None:
        """For how many days notes are kept; None when there are none."""
        return self.notes_days.data if self.notes.data else None
