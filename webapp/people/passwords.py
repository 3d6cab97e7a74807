"""Passwords: how they are kept, checked and chosen."""

import re
import unicodedata
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from webapp.people.models import Person

SHORTEST: Final = 10
LONGEST: Final = 200
# Of the lists of leaked passwords, those that are long enough to get past the length.
COMMON: Final = frozenset(
    {
        "0123456789", "0987654321", "1020304050", "1029384756", "1111111111", "1122334455", "1234567890", "12345678910",
        "123456789a", "1q2w3e4r5t", "1qaz2wsx3edc", "abcdefghij", "abcd123456", "administrator", "alohomora123",
        "changeme123", "contraseña", "contrasena", "contraseña1", "contraseña123", "football123", "iloveyou123",
        "letmein123", "listen-in", "listeninlistenin", "opensesame", "password12", "password123", "password1234",
        "passwordpassword", "princess123", "q1w2e3r4t5", "qwerty12345", "qwerty123456", "qwertyuiop", "sunshine123",
        "teacher123", "welcome123", "welcome1234", "zxcvbnm123",
    }
)  # fmt: skip

_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """The Argon2id hash of a password."""
    return _hasher.hash(_composed(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; takes as long for a person who has none."""
    try:
        _hasher.verify(password_hash or _nobodys(), _composed(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_dated(password_hash: str) -> bool:
    """Whether the hash was made with less work than is asked for today."""
    return _hasher.check_needs_rehash(password_hash)


def fault(password: str, person: Person) -> str | None:
    """Why this person cannot choose this password, in a sentence; None when they can."""
    if len(password) < SHORTEST:
        return str(
            _("Use at least %(count)s characters. A few words in a row are easy to keep in mind.", count=SHORTEST)
        )
    if len(password) > LONGEST:
        return str(_("Use at most %(count)s characters.", count=LONGEST))
    if any(unicodedata.category(character)[0] == "C" for character in password):
        return str(_("This has a character that cannot be typed again. Type the password by hand."))
    plain = _composed(password).casefold().strip()
    if plain in COMMON or len(set(plain)) < 4:  # noqa: PLR2004 - “ababababab” is guessed as soon as “aaaaaaaaaa”
        return str(_("Many people use this password, so it is guessed first. Choose another."))
    if _bare(plain) in {_bare(each) for each in (person.email, person.email.partition("@")[0], person.name)}:
        return str(_("This is your name or your e-mail address, so it is guessed first. Choose another."))
    return None


@cache
def _nobodys() -> str:
    """Somebody unknown costs as much time as somebody known, so that timing does not tell who has an account."""
    return _hasher.hash("nobody has this password")


def _bare(text: str) -> str:
    """Without spaces, signs and the digits that people add at the end."""
    return re.sub(r"[\W_]|\d+$", "", unicodedata.normalize("NFC", text).casefold())


def _composed(password: str) -> str:
    """One phone types é as one character, another as two: it is the same password."""
    return unicodedata.normalize("NFC", password)
