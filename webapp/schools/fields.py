"""Form fields whose messages say what to do; a wrong value stays in its field as it was typed."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from wtforms import DateField, Field, Form, IntegerField
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

WHOLE: Final = re.compile(r"-?[0-9]{1,99}")
FIRST: Final = date(2000, 1, 1)
LAST: Final = date(2100, 12, 31)
"""Days that a school can mean; at the edges of the calendar there is no next year."""


class WholeNumber(IntegerField):
    """A whole number, or None where nothing was typed."""

    # Browsers empty a number field that holds anything else, and what was typed would be gone.
    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        said = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not said:
            return
        # The minus that our own words have is one, too. int() would take “1_0”, and fails at four thousand digits.
        plain = said.replace("−", "-")
        if not WHOLE.fullmatch(plain):
            raise ValueError(_("Type a whole number, in digits."))
        self.data = int(plain)


class Day(DateField):
    """A day of the calendar, or None where nothing was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        said = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not said:
            return
        try:
            self.data = date.fromisoformat(said)
        except ValueError:
            raise ValueError(_("Type a day as year, month and day, such as 2026-08-31.")) from None
        if not FIRST <= self.data <= LAST:
            self.data = None
            raise ValueError(_("Type a day between the years 2000 and 2100."))


def needed(message: Any) -> Callable[[Form, Field], None]:
    """Refuses a field that was left empty; what could not be read has its own message already."""

    def check(_form: Form, field: Field) -> None:
        if field.errors:
            raise StopValidation
        if field.data is None or field.data == "":
            raise StopValidation(str(message))

    return check


def within(least: int, most: int, message: Any) -> Callable[[Form, Field], None]:
    """Refuses a number out of range; says nothing of one that is not there."""

    def check(_form: Form, field: Field) -> None:
        if field.data is not None and not least <= field.data <= most:
            raise StopValidation(str(message))

    return check


def at_most(characters: int) -> Callable[[Form, Field], None]:
    """Refuses a text that is too long for its place."""

    def check(_form: Form, field: Field) -> None:
        if len(field.data or "") > characters:
            raise StopValidation(_("This is too long. Use at most %(n)s characters.", n=characters))

    return check


def one_of(words: Iterable[str]) -> Callable[[Form, Field], None]:
    """Refuses what is not among the choices, or is none of them."""
    known = frozenset(words)

    def check(_form: Form, field: Field) -> None:
        if field.data not in known:
            raise StopValidation(_("Choose one of these."))

    return check
