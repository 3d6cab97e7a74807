"""The forms of an import: the file, which column holds what, what each word means."""

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the library's types
from wtforms.validators import StopValidation

from webapp.culture.vocabulary import TRAITS
from webapp.culture.words import TRAIT_WORDS
from webapp.observing import import_times
from webapp.observing.import_columns import Columns, Guess, Kind, Names, Words, guess_columns, words_of
from webapp.observing.import_times import Order
from webapp.web.csv_tables import Table

MOST_WORDS: Final = 200
"""A column with more different words is hardly one of places or settings, and nobody says what so many mean."""
LONGEST_LABEL: Final = 120
ONE, EACH = "one", "each"
Choices = Sequence[tuple[str, str]]


class FileForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The file itself."""

    file = FileField(_l("CSV file"), render_kw={"accept": ".csv,.tsv,.txt,text/csv"})

    def validate_file(self, field: Field) -> None:
        if not field.data or not field.data.filename:
            raise StopValidation(_("Choose a file."))


class ColumnsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """Which column holds what."""

    time = SelectField(_l("When it was heard"), validate_choice=False)
    order = RadioField(_l("How days are written"), validate_choice=False)
    place = SelectField(_l("Place"), validate_choice=False)
    setting = SelectField(_l("Setting"), validate_choice=False)
    traits_in = RadioField(_l("What was heard"), validate_choice=False)
    heard = SelectField(_l("The column with all of it"), validate_choice=False)
    size = SelectField(_l("How many were talking"), validate_choice=False)

    def __init__(self, table: Table, **given: Any) -> None:
        super().__init__(**given)
        self.table = table
        headings = [(str(at), name or _("Column %(n)s", n=at + 1)) for at, name in enumerate(table.headings)]
        self.numbers = {number for number, _name in headings}
        none = {
            self.time: _("Choose a column"),
            self.place: _("No column: all in one place"),
            self.setting: _("No column: as is usual for the place"),
            self.heard: _("Choose a column"),
            self.size: _("No column: nobody knows"),
        } | dict.fromkeys(self.answers, _("No column"))
        for field, name in none.items():
            field.choices = _offered([("", name), *headings])
        self.order.choices = _offered(
            [
                (Order.MONTH_FIRST, _("Month first: 11/3 is November 3")),
                (Order.DAY_FIRST, _("Day first: 3/11 is November 3")),
            ]
        )
        self.traits_in.choices = _offered([(ONE, _("All in one column")), (EACH, _("A column for each trait"))])

    @property
    def answers(self) -> list[SelectField]:
        """The field of each trait, in wire order."""
        return [self[f"trait_{trait.word}"] for trait in TRAITS]

    def validate_time(self, field: Field) -> None:
        if field.data not in self.numbers:
            raise StopValidation(_("Choose the column with day and time."))
        if not import_times.are_times(self._cells(field)):
            raise StopValidation(_("There are no times in this column, such as 2026-11-03 9:15. Choose another."))

    def validate_order(self, field: Field) -> None:
        if field.data in set(Order) or self.time.data not in self.numbers:
            return
        found = import_times.guess(self._cells(self.time))
        if found is None:
            raise StopValidation(_("These days can be read in two ways. Say which comes first."))
        field.data = found

    def validate_traits_in(self, field: Field) -> None:
        if field.data not in {ONE, EACH}:
            raise StopValidation(_("Say whether there is one column, or one for each trait."))
        if field.data == EACH and not any(answer.data in self.numbers for answer in self.answers):
            raise StopValidation(_("Choose a column for at least one trait."))

    def validate_heard(self, field: Field) -> None:
        if self.traits_in.data == ONE and field.data not in self.numbers:
            raise StopValidation(_("Choose the column with what was heard."))

    def validate(self, extra_validators: Any = None) -> bool:
        """WTForms' own validation, then what the columns must be among themselves."""
        if not super().validate(extra_validators):
            return False
        fields = [self.time, self.place, self.setting, self.size, *self._traits()]
        seen: dict[str, Field] = {}
        for field in fields:
            if field.data and field.data not in self.numbers:
                field.errors = [_("Choose one of these.")]
            elif field.data and field.data in seen:
                other = seen[field.data].label.text
                field.errors = [_("“%(other)s” is in this column already. Choose another.", other=other)]
            elif field.data:
                seen[field.data] = field
        if not any(field.errors for field in fields):
            self._mind_words()
        return not any(field.errors for field in fields)

    @property
    def columns(self) -> Columns:
        """What was said, once the form is valid."""
        one = self.traits_in.data == ONE
        return Columns(
            time=int(self.time.data),
            order=Order(self.order.data),
            place=_number(self.place),
            setting=_number(self.setting),
            heard=_number(self.heard) if one else None,
            answers=() if one else tuple(_number(field) for field in self.answers),
            size=_number(self.size),
        )

    @property
    def asks_order(self) -> bool:
        """Whether it has to be said what comes first in a day."""
        return self.time.data in self.numbers and import_times.needs_order(self._cells(self.time))

    def _traits(self) -> list[Field]:
        return [self.heard] if self.traits_in.data == ONE else [*self.answers]

    def _cells(self, field: Field) -> Sequence[str]:
        return list(self.table.column(int(field.data)))

    def _mind_words(self) -> None:
        fields = {Kind.PLACE: self.place, Kind.SETTING: self.setting, Kind.SIZE: self.size}
        fields |= {Kind.TRAIT: self.heard, Kind.ANSWER: self.answers[0]}
        for kind, found in words_of(self.table, self.columns).items():
            if len(found) > MOST_WORDS:
                said = _(
                    "%(n)s different words stand here, more than anybody wants to explain. Is it the right column?"
                )
                fields[kind].errors = [str(said) % {"n": len(found)}]


for _trait in TRAITS:
    setattr(ColumnsForm, f"trait_{_trait.word}", SelectField(TRAIT_WORDS[_trait].name, validate_choice=False))


def columns_form(table: Table, names: Names, said: Columns | None) -> ColumnsForm:
    """The form as it was filled in before, else as far as the file itself tells."""
    given = _filled(table, guess_columns(table, names)) if said is None else _said(said)
    form = ColumnsForm(table, data=given)
    for trait, field in zip(TRAITS, form.answers, strict=True):
        field.label.text = _(TRAIT_WORDS[trait].name)
    return form


def words_form(
    asked: Mapping[Kind, Counter[str]], meant: Mapping[Kind, Mapping[str, str | None]], choices: Mapping[Kind, Choices]
) -> FlaskForm:
    """A field for each word; `fields_of` tells which are of a kind, those that nobody could guess first."""

    class WordsForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
        """What each word means."""

        words: Mapping[Kind, Mapping[str, str]] = {
            kind: {word: field_name(kind, word) for word in _open_first(found, meant[kind])}
            for kind, found in asked.items()
        }

        def fields_of(self, kind: Kind) -> list[Field]:
            return [self[name] for name in self.words.get(kind, {}).values()]

        @property
        def said(self) -> Words:
            return {kind: {word: self[name].data for word, name in told.items()} for kind, told in self.words.items()}

    for kind, names in WordsForm.words.items():
        known = {value for value, _name in choices[kind]}
        for word, name in names.items():
            label = word[:LONGEST_LABEL] or _("(empty)")
            lines = ngettext("%(num)s line", "%(num)s lines", asked[kind][word])
            field = SelectField(
                label,
                description=lines,
                choices=_offered([("", _("Choose")), *choices[kind]]),
                default=meant[kind].get(word) or "",
                validate_choice=False,
                validators=[_chosen(known)],
            )
            setattr(WordsForm, name, field)
    return WordsForm()


def field_name(kind: Kind, word: str) -> str:
    """The name of the field that asks what a word means."""
    return f"{kind}_{blake2b(word.encode(), digest_size=6).hexdigest()}"


class ImportForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The last question."""

    leave_out = BooleanField(_l("Leave out the lines with something wrong"))


def _chosen(known: set[str]) -> Any:
    def check(_form: Any, field: Field) -> None:
        if field.data not in known:
            raise StopValidation(_("Say what this means."))

    return check


def _open_first(found: Counter[str], meant: Mapping[str, str | None]) -> list[str]:
    """Those that nobody could guess first; what stands in most lines before the others."""
    return sorted(found, key=lambda word: (meant.get(word) is not None, word == "", -found[word], word))


def _offered(choices: Choices) -> list[Any]:
    return [SelectChoice(value, name) for value, name in choices]


def _number(field: Field) -> int | None:
    return int(field.data) if field.data else None


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _filled(table: Table, found: Guess) -> dict[str, str]:
    order = None if found.time is None else import_times.guess(table.column(found.time))
    each = any(at is not None for at in found.answers)
    return {
        "time": _text(found.time),
        "order": order or "",
        "place": _text(found.place),
        "setting": _text(found.setting),
        "traits_in": EACH if each else ONE,
        "heard": _text(found.heard),
        "size": _text(found.size),
    } | {f"trait_{trait.word}": _text(at) for trait, at in zip(TRAITS, found.answers, strict=True)}


def _said(said: Columns) -> dict[str, str]:
    answers = said.answers or (None,) * len(TRAITS)
    return {
        "time": _text(said.time),
        "order": said.order,
        "place": _text(said.place),
        "setting": _text(said.setting),
        "traits_in": ONE if said.heard is not None else EACH,
        "heard": _text(said.heard),
        "size": _text(said.size),
    } | {f"trait_{trait.word}": _text(at) for trait, at in zip(TRAITS, answers, strict=True)}
