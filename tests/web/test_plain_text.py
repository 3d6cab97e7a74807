"""What people may type into a line or a note."""

import pytest
from flask import Flask

from webapp.web.plain_text import fault, tidied


@pytest.mark.one_database
@pytest.mark.parametrize(
    "text",
    ["a\x00b", "a\x1bb", "tab\there", "two\nlines", "\u202eleft", "half \ud800", "<b>bold</b>", "</p>", "<!--", "<?x"],
)
def test_control_characters_and_markup_are_told(app: Flask, text: str) -> None:
    with app.test_request_context():
        assert fault(text)


@pytest.mark.one_database
@pytest.mark.parametrize("text", ["", "Café “Niño”", "3 < 5 & 5 > 3", "I <3 it", "👩🏽‍🏫 met", "O’Brien’s – corner"])
def test_words_in_any_language_pass(app: Flask, text: str) -> None:
    with app.test_request_context():
        assert fault(text) is None


@pytest.mark.one_database
def test_a_note_may_have_lines(app: Flask) -> None:
    with app.test_request_context():
        assert fault("one\r\ntwo\n\tthree", lines=True) is None
        assert fault("one\x07", lines=True)


@pytest.mark.parametrize(
    ("typed", "kept"), [("  North   hall ", "North hall"), ("Cafe\u0301", "Café"), (None, ""), ("a\tb", "a\tb")]
)
def test_lines_are_tidied(typed: str | None, kept: str) -> None:
    assert tidied(typed) == kept
