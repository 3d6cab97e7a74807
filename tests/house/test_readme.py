"""Every setting and every command is in the README."""

import re

from flask import Flask

from tests.house.sources import ROOT
from webapp.settings import Settings, names

# Flask's own, and its migrations'.
NOT_OURS = {"run", "shell", "routes", "db"}


def missing(words: list[str], text: str) -> list[str]:
    """Words that do not stand in the text as code: between backticks, or on a line of their own set in."""
    code = "\n".join([*re.findall(r"`([^`\n]+)`", text), *re.findall(r"^(?: {4}|listenin |make ).*$", text, re.M)])
    return [word for word in words if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", code)]


def _readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_what_is_missing_is_found() -> None:
    text = "`PORT` is a setting; DATABASE is only a word.\n\n    listenin demo --weeks 3\n"
    assert missing(["PORT", "DATABASE", "demo", "publish"], text) == ["DATABASE", "publish"]


def test_every_setting_is_in_the_readme() -> None:
    assert missing(names(), _readme()) == []


def test_every_default_is_in_the_readme() -> None:
    defaults = {name.upper(): field.default for name, field in Settings.model_fields.items()}
    plain = {name: str(value) for name, value in defaults.items() if isinstance(value, int)}
    rows = [line for line in _readme().splitlines() if line.startswith("|")]
    told = {
        name for name, value in plain.items() for row in rows if f"`{name}`" in row and value.lower() in row.lower()
    }
    assert set(plain) - told == set()


def test_every_command_is_in_the_readme(served: Flask) -> None:
    commands = [name for name in served.cli.commands if name not in NOT_OURS]
    assert missing(commands, _readme()) == []
