"""Which passwords can be chosen, and how they are kept."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from flask import Flask

from webapp.people import passwords
from webapp.people.models import Person

COACH = Person(email="coach@ours.example", name="Álma Reyes-Ñandú")
pytestmark = pytest.mark.one_database


@pytest.fixture
def words(app: Flask) -> Iterator[None]:
    """Messages need a language."""
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    "chosen", ["rain on a tin roof", "an öld dóor", "дождь по крыше", "🌧️ on a tin roof", "<b>bold</b>", "x7" * 5 + "!q"]
)
def test_long_ones_of_any_kind_are_taken(words: None, chosen: str) -> None:
    assert passwords.fault(chosen, COACH) is None


@pytest.mark.parametrize("length", [passwords.SHORTEST, passwords.LONGEST])
def test_the_limits_belong_to_what_is_taken(words: None, length: int) -> None:
    assert passwords.fault(("rain on a tin roof " * 20)[:length], COACH) is None


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ("", "at least 10"),
        ("nine char", "at least 10"),
        ("r" + "ain on a tin roof " * 12, "at most 200"),
        ("rain on\na tin roof", "cannot be typed again"),
        ("rain on\x00a tin roof", "cannot be typed again"),
        ("rain on\u202ea tin roof", "cannot be typed again"),
        ("password123", "Many people"),
        ("PassWord123", "Many people"),
        ("qwertyuiop", "Many people"),
        ("aaaaaaaaaaaa", "Many people"),
        ("ababababababab", "Many people"),
        ("coach@ours.example", "your name or your e-mail"),
        ("COACH@OURS.EXAMPLE", "your name or your e-mail"),
        ("álma reyes-ñandú", "your name or your e-mail"),
        ("ÁlmaReyesÑandú2026", "your name or your e-mail"),
        ("coach12345", "your name or your e-mail"),
    ],
)
def test_what_is_guessed_first_is_refused_with_the_reason(words: None, chosen: str, said: str) -> None:
    assert said in str(passwords.fault(chosen, COACH))


def test_every_common_one_is_long_enough_to_be_chosen() -> None:
    tried = [each for each in passwords.COMMON if len(each) >= passwords.SHORTEST]
    assert len(tried) > 30
    assert all(each == each.casefold() for each in passwords.COMMON)


def test_only_the_password_itself_matches() -> None:
    kept = passwords.hashed("rain on a tin roof")
    assert passwords.matches(kept, "rain on a tin roof")
    for other in ("Rain on a tin roof", "rain on a tin roof ", "", kept):
        assert not passwords.matches(kept, other)


def test_a_letter_with_an_accent_is_the_same_from_every_phone() -> None:
    assert passwords.matches(passwords.hashed("cafe\u0301 on a corner"), "café on a corner")


def test_whoever_has_none_is_matched_by_nothing() -> None:
    for said in ("", "nobody has this password"):
        assert not passwords.matches(None, said)
    assert not passwords.matches("no hash", "rain on a tin roof")


def test_a_hash_made_with_less_work_is_dated() -> None:
    assert not passwords.is_dated(passwords.hashed("rain on a tin roof"))
    other_work = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    assert passwords.is_dated(other_work.hash("rain on a tin roof"))
