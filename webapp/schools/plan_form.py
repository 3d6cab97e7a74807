"""The form of a listening plan: how often, in how many weeks, on which days; and the periods of the day."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, Form, FormField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the library's types
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput

from webapp.culture.coverage import MINUTES_A_DAY, MOST_PERIODS, MOST_TIMES, MOST_WEEKS, DayPeriod, Plan
from webapp.schools.fields import Minute, WholeNumber, at_most, needed, within
from webapp.web.plain_text import plain_line, tidied

FEWEST_LINES = 6
LONGEST_NAME = 30
WEEKDAYS = frozenset("1234567")


class PeriodForm(Form):
    """A period of the day; all three empty where there is none."""

    name = StringField(
        _l("Name"), filters=[tidied], validators=[plain_line, at_most(LONGEST_NAME)], render_kw={"autocomplete": "off"}
    )
    begins = Minute(_l("From"))
    ends = Minute(_l("To"))

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in the line."""
        typed = any("".join(field.raw_data or []).strip() for field in (self.name, self.begins, self.ends))
        return not (typed or self.name.data or self.begins.data is not None or self.ends.data is not None)

    @property
    def period(self) -> DayPeriod | None:
        """The period, where both times can be read and stand in order; midnight at its end is that of the day."""
        begins, ends = self.begins.data, self.ends.data or (MINUTES_A_DAY if self.ends.data == 0 else None)
        if begins is None or ends is None or begins >= ends:
            return None
        return DayPeriod(begins, ends, str(self.name.data or ""))


def _some_days(_form: Form, field: Field) -> None:
    if not field.data:
        raise StopValidation(_("Choose at least one day."))
    if not WEEKDAYS.issuperset(field.data):
        raise StopValidation(_("Choose from these."))


class PlanForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A listening plan."""

    times = WholeNumber(
        _l("How many times"),
        validators=[
            needed(_l("Say how many times, such as 1.")),
            within(1, MOST_TIMES, _l("Type a number from 1 to 20.")),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "short"},
    )
    weeks = WholeNumber(
        _l("In how many weeks"),
        validators=[
            needed(_l("Say in how many weeks, such as 4.")),
            within(1, MOST_WEEKS, _l("Type a number from 1 to 12.")),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "short"},
    )
    weekdays = SelectMultipleField(
        _l("On these days"), validators=[_some_days], validate_choice=False, option_widget=CheckboxInput()
    )
    periods = FieldList(FormField(PeriodForm), max_entries=MOST_PERIODS)

    @classmethod
    def of(cls, plan: Plan, *, week_start: int) -> "PlanForm":
        """The form as the plan is set, its days from the first of the school's week."""
        lines = [{"name": each.name, "begins": each.begins, "ends": each.ends} for each in plan.periods]
        days = [str(day) for day in sorted(plan.weekdays)]
        form = cls(times=plan.times, weeks=plan.weeks, weekdays=days, periods=lines)
        numbers = [(week_start - 1 + day) % 7 + 1 for day in range(7)]
        # The first of January 2024 was a Monday.
        form.weekdays.choices = [
            SelectChoice(str(day), format_date(date(2024, 1, day), "EEEE").capitalize()) for day in numbers
        ]
        return form

    def lines(self) -> list[PeriodForm]:
        """The periods, and an empty line to type one more into."""
        while len(self.periods) < max(FEWEST_LINES, min(MOST_PERIODS, len(self._said()) + 1)):
            self.periods.append_entry()
        return [line.form for line in self.periods]

    def validate(self, extra_validators: Any = None) -> bool:
        """WTForms' own validation, then what the periods of a day must be among themselves."""
        fine = bool(super().validate(extra_validators))
        said = self._said()
        if not said:
            _say(self.lines()[0].name, _("A day has at least one period. Give it a name, and say from when to when."))
            return False
        for line in said:
            _mind_line(line)
        _mind_overlap(said)
        _mind_names(said)
        return fine and not any(line.errors for line in said)

    @property
    def plan(self) -> Plan:
        """The plan, once the form is valid."""
        assert self.times.data is not None, "asked of a form that is not valid"
        assert self.weeks.data is not None, "asked of a form that is not valid"
        return Plan(
            times=self.times.data,
            weeks=self.weeks.data,
            weekdays=frozenset(int(day) for day in self.weekdays.data or ()),
            periods=tuple(sorted(line.period for line in self._said() if line.period)),
        )

    def _said(self) -> list[PeriodForm]:
        return [line.form for line in self.periods if not line.form.is_empty]


def _mind_line(line: PeriodForm) -> None:
    if not line.name.data:
        _say(line.name, _("Give it a name, or leave the whole line empty."))
    for field in (line.begins, line.ends):
        if field.data is None:
            _say(field, _("Say from when to when, or leave the whole line empty."))
    if line.begins.data is not None and line.ends.data is not None and line.period is None:
        _say(line.ends, _("It ends after it begins. Choose a later time."))


def _mind_overlap(lines: Sequence[PeriodForm]) -> None:
    ordered = sorted((line.period, at) for at, line in enumerate(lines) if line.period)
    for (one, _at), (following, at) in pairwise(ordered):
        if following.begins < one.ends:
            _say(lines[at].begins, _("This begins before “%(name)s” ends.", name=one.name or "…"))


def _mind_names(lines: Sequence[PeriodForm]) -> None:
    seen: set[str] = set()
    for line in lines:
        name = str(line.name.data or "").casefold()
        if name and name in seen:
            _say(line.name, _("Another period has this name already."))
        seen.add(name)


def _say(field: Field, message: str) -> None:
    # What could not be read has its own message already.
    field.errors = field.errors or [message]
