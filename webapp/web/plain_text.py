"""What may stand in a line or a note that people type: words, no control characters, no markup."""

import re
import unicodedata

from flask_babel import gettext as _
from wtforms import Field, Form
from wtforms.validators import StopValidation

# Cc: control characters; Cs, Co, Cn: halves of characters and what has no meaning; bidirectional overrides hide text.
_NEVER = {"Cc", "Cs", "Co", "Cn"}
_OVERRIDES = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_MARKUP = re.compile(r"<[A-Za-z/!?]")


def tidied(text: str | None) -> str:
    """The text in Unicode's composed form, without space around it or runs of space in it; for one line."""
    return re.sub(" +", " ", unicodedata.normalize("NFC", text or "")).strip(" ")


def fault(text: str, *, lines: bool = False) -> str | None:
    """What is wrong with the text, in a sentence for whoever typed it; None when nothing is.

    With `lines` it may have line breaks.
    """
    allowed = "\n\r\t" if lines else ""
    if any(_is_never(character) for character in text if character not in allowed):
        return str(_("This has a character that cannot be shown. Type it anew."))
    if _MARKUP.search(text):
        return str(_("This looks like HTML. Use plain words, without < before a letter."))
    return None


def plain_line(_form: Form, field: Field) -> None:
    """WTForms validator for one line of words."""
    _check(field, lines=False)


def plain_lines(_form: Form, field: Field) -> None:
    """WTForms validator for words in several lines."""
    _check(field, lines=True)


def mail_address(_form: Form, field: Field) -> None:
    """WTForms validator for an e-mail address: refuses what is certainly none; the mail server knows the rest."""
    if not _ADDRESS.fullmatch(field.data or ""):
        raise StopValidation(_("Type the whole address, as in name@school.org."))


def _check(field: Field, *, lines: bool) -> None:
    found = fault(field.data or "", lines=lines)
    if found is not None:
        # The rest of what was typed stays in the field; such a character in a page is no HTML.
        field.data = "".join(each for each in field.data if each in "\n\r\t" or not _is_never(each))
        raise StopValidation(found)


def _is_never(character: str) -> bool:
    return character in _OVERRIDES or unicodedata.category(character) in _NEVER
