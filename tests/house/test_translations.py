"""Every text is in the Spanish catalogue, translated, with the same values to be filled in."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.house.sources import ROOT

KEYWORDS = ("-k", "N_", "-k", "_l", "-k", "lazy_gettext", "-k", "_n:1,2")
VALUES = re.compile(r"%\(\w+\)[sd]|{\w+}|%%")
SPANISH = ROOT / "webapp" / "translations" / "es" / "LC_MESSAGES" / "messages.po"


def forms(text: object) -> list[str]:
    """A text's singular and plural, or the one text."""
    return [str(each) for each in text] if isinstance(text, list | tuple) else [str(text)]


def wrong_values(message: Message) -> bool:
    """Whether a translation fills in other values than the text does."""
    wanted = [set(VALUES.findall(form)) for form in forms(message.id)]
    return any(set(VALUES.findall(form)) not in wanted for form in forms(message.string))


@cache
def spanish() -> Catalog:
    with SPANISH.open("rb") as file:
        return read_po(file, locale="es")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """All texts that stand in the sources now."""
    found = Path(tmp_path_factory.mktemp("words")) / "messages.pot"
    command = [
        str(ROOT / ".venv/bin/pybabel"),
        "--quiet",
        "extract",
        "-F",
        "pyproject.toml",
        *KEYWORDS,
        "-o",
        str(found),
        ".",
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with found.open("rb") as file:
        return read_po(file)


def test_texts_that_lack_or_confuse_a_value_are_found() -> None:
    assert wrong_values(Message("%(n)s heard", "oído"))
    assert wrong_values(Message(("%(n)s heard", "%(n)s heard"), ("%(n)s oído", "%(m)s oídos")))
    assert not wrong_values(Message("until {time}", "hasta las {time}"))


def test_every_text_is_in_the_catalogue(sources: Catalog) -> None:
    missing = [message.id for message in sources if message.id and spanish().get(message.id) is None]
    assert missing == [], "run scripts/translations, then translate what is new"


def test_the_catalogue_holds_nothing_else(sources: Catalog) -> None:
    assert [message.id for message in spanish() if message.id and sources.get(message.id) is None] == []


def test_every_text_is_translated() -> None:
    assert [message.id for message in spanish() if message.id and not all(forms(message.string))] == []
    assert [message.id for message in spanish() if message.id and message.fuzzy] == []


def test_every_translation_fills_in_the_same_values() -> None:
    assert [message.id for message in spanish() if message.id and wrong_values(message)] == []
