"""Forms of next steps: what is tried for which trait from when on, and what came of it."""

from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the library's types
from wtforms.validators import StopValidation

from webapp.culture.vocabulary import TRAITS, Trait
from webapp.culture.words import TRAIT_WORDS
from webapp.schools.fields import Day, at_most, needed, one_of
from webapp.schools.models import LONGEST_OUTCOME, LONGEST_STEP, NextStep
from webapp.schools.next_steps import Said
from webapp.web.plain_text import plain_line, tidied

WORDS = {trait.word: trait for trait in TRAITS}


class StepForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A next step, new or to be changed; `ends` is the last day of one that is over."""

    what = StringField(
        _l("What you try"),
        filters=[tidied],
        validators=[needed(_l("Say in a few words what you try.")), plain_line, at_most(LONGEST_STEP)],
        render_kw={"autocomplete": "off"},
    )
    trait = RadioField(_l("What you want to hear more often"), validators=[one_of(WORDS)], validate_choice=False)
    begins = Day(_l("From which day on"), validators=[needed(_l("Say from which day on."))])

    def __init__(self, ends: date | None = None, **given: Any) -> None:
        super().__init__(**given)
        self._ends = ends
        self.trait.choices = [SelectChoice(word, _(TRAIT_WORDS[trait].name)) for word, trait in WORDS.items()]

    @classmethod
    def of(cls, step: NextStep) -> "StepForm":
        """The form as a step is set."""
        return cls(ends=step.ends, what=step.what, trait=step.trait.word, begins=step.begins)

    def validate_begins(self, field: Field) -> None:
        """WTForms calls this for the field `begins`."""
        if field.data is not None and self._ends is not None and field.data > self._ends:
            raise StopValidation(_("It ended on %(day)s. Choose that day or an earlier one.", day=_day(self._ends)))

    @property
    def said(self) -> Said:
        """The step as typed, once the form is valid."""
        return Said(trait=self.chosen, what=str(self.what.data), begins=self.begins.data or date.max)

    @property
    def chosen(self) -> Trait:
        """The trait, once the form is valid."""
        return WORDS[self.trait.data]


class OutcomeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What changed, and the last day of a step that is over; each may be left open."""

    outcome = TextAreaField(
        _l("What changed?"),
        # A line is broken where the form is narrow, not where somebody means it.
        filters=[lambda said: tidied(" ".join((said or "").split()))],
        validators=[plain_line, at_most(LONGEST_OUTCOME)],
        render_kw={"rows": "3"},
    )
    ends = Day(_l("Last day"))

    def __init__(self, step: NextStep) -> None:
        super().__init__(outcome=step.outcome or "", ends=step.ends)
        self._begins = step.begins

    def validate_ends(self, field: Field) -> None:
        """WTForms calls this for the field `ends`."""
        if field.data is not None and field.data < self._begins:
            raise StopValidation(_("It began on %(day)s. Choose that day or a later one.", day=_day(self._begins)))


def _day(day: date) -> str:
    return str(format_date(day, "long"))
