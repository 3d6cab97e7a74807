"""The form of a school year: its days, its terms, its windows."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, Form, FormField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the library's types

from webapp.culture.school_time import SchoolYear, Term
from webapp.schools.fields import Day, needed, one_of

FEWEST_LINES = 4
MOST_TERMS = 6


class TermForm(Form):
    """A term; both days empty where there is none."""

    first = Day(_l("First day"))
    last = Day(_l("Last day"))

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in the line."""
        typed = any("".join(field.raw_data or []).strip() for field in (self.first, self.last))
        return not (typed or self.first.data or self.last.data)

    @property
    def days(self) -> tuple[date, date] | None:
        """Its days, where both can be read and stand in order."""
        return _days(self.first, self.last)


class YearForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """A school year with its terms."""

    first = Day(_l("First day"), validators=[needed(_l("Type the first day of the school year."))])
    last = Day(_l("Last day"), validators=[needed(_l("Type the last day of the school year."))])
    terms = FieldList(FormField(TermForm), max_entries=MOST_TERMS)
    window_weeks = RadioField(
        _l("Staff see new trends every"),
        choices=[SelectChoice("4", _l("Four weeks")), SelectChoice("2", _l("Two weeks"))],
        validators=[one_of(("4", "2"))],
        validate_choice=False,
    )

    @classmethod
    def of(cls, year: SchoolYear) -> "YearForm":
        """The form as a year is set."""
        terms = [{"first": term.first, "last": term.last} for term in year.terms]
        return cls(first=year.first, last=year.last, window_weeks=str(year.window_weeks), terms=terms)

    def lines(self) -> list[TermForm]:
        """The terms, and empty lines to type more into."""
        while len(self.terms) < max(FEWEST_LINES, min(MOST_TERMS, len(self._said()) + 1)):
            self.terms.append_entry()
        return [line.form for line in self.terms]

    def validate(self, extra_validators: Any = None) -> bool:
        """WTForms' own validation, then the order of days."""
        fine = bool(super().validate(extra_validators))
        year = _days(self.first, self.last)
        if year is None:
            _mind_order(self.first, self.last)
            return False
        said = self._said()
        for term in said:
            _mind_term(term, year)
        _mind_overlap(said)
        return fine and not any(term.errors for term in said)

    @property
    def year(self) -> SchoolYear:
        """The year, once the form is valid."""
        days = _days(self.first, self.last)
        assert days is not None, "asked of a form that is not valid"
        terms = sorted(Term(*term.days) for term in self._said() if term.days)
        return SchoolYear(*days, window_weeks=int(self.window_weeks.data), terms=tuple(terms))

    def _said(self) -> list[TermForm]:
        return [line.form for line in self.terms if not line.form.is_empty]


def _days(first: Day, last: Day) -> tuple[date, date] | None:
    return (first.data, last.data) if first.data and last.data and first.data < last.data else None


def _mind_order(first: Day, last: Day) -> None:
    if first.data and last.data:
        _say(last, _("The last day comes after the first."))


def _mind_term(term: TermForm, year: tuple[date, date]) -> None:
    for field in (term.first, term.last):
        if field.data is None and not field.errors:
            _say(field, _("Type both days, or leave both empty."))
        elif field.data is not None and not year[0] <= field.data <= year[1]:
            _say(field, _("This day is outside the school year."))
    if term.days is None:
        _mind_order(term.first, term.last)


def _mind_overlap(terms: Sequence[TermForm]) -> None:
    ordered = sorted((term.days, at) for at, term in enumerate(terms) if term.days)
    for (one, _at), (following, at) in pairwise(ordered):
        if following[0] <= one[1]:
            _say(terms[at].first, _("This term begins before the one before it ends."))


def _say(field: Field, message: str) -> None:
    field.errors = [*field.errors, message]
