"""Form fields whose messages say what to do; a wrong value stays in its field as it was typed."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from wtforms import DateField, Field, Form, IntegerField
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from webapp.culture.coverage import MINUTES_A_DAY

WHOLE: Final = re.compile(r"-?[0-9]{1,99}")
TIME: Final = re.compile(r"([0-9]{1,2}):([0-5][0-9])(?::00)?")
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


class _TimeOfDay(TextInput):
    """A field for a time of day; a plain one where there is something to mend, which hides nothing that was typed."""

    def __call__(self, field: Field, **given: Any) -> Any:
        given.setdefault("type", "text" if field.errors else "time")
        return super().__call__(field, **given)


class Minute(Field):
    """A time of day, as minutes since midnight (24:00 is 1440), or None where nothing was typed."""

    widget = _TimeOfDay()

    def process_formdata(self, valuelist: list[str]) -> None:
        said = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not said:
            return
        found = TIME.fullmatch(said)
        minute = int(found[1]) * 60 + int(found[2]) if found else MINUTES_A_DAY + 1
        if minute > MINUTES_A_DAY:
            raise ValueError(_("Type a time of day, such as 8:30 or 15:00."))
        self.data = minute

    def _value(self) -> str:
        if self.data is None:
            return self.raw_data[0] if self.raw_data else ""
        return f"{self.data // 60 % 24:02}:{self.data % 60:02}"


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
