"""Every view says for whom it is open; addresses are typed, kebab-case, and do not disappear."""

import re
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from werkzeug.routing import Rule, UnicodeConverter

from webapp.web.doors import DOOR, open_to_all

ADDRESSES = Path(__file__).with_name("addresses.txt")
# What stands in these addresses is no id: a file's path, and the secret of a one-time link.
UNTYPED = {"filename", "secret"}
TYPE = re.compile(r"<[^<>]*:")
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*")


def shut(app: Flask) -> list[str]:
    """Addresses whose view has no mark, and so answers 403 to everyone."""
    return [rule.rule for rule in _rules(app) if not hasattr(app.view_functions[rule.endpoint], DOOR)]


def untyped(app: Flask) -> list[str]:
    """Addresses with an id that is any text."""
    return [
        rule.rule
        for rule in _rules(app)
        for name, converter in rule._converters.items()
        if type(converter) is UnicodeConverter and name not in UNTYPED
    ]


def not_kebab(app: Flask) -> list[str]:
    """Addresses with a part that is not in lower case with hyphens."""
    return [rule.rule for rule in _rules(app) if not all(map(KEBAB.fullmatch, _fixed_parts(rule)))]


def addresses(app: Flask) -> list[str]:
    """Every address with its methods, as it stands in addresses.txt."""
    lines = {
        f"{method} {TYPE.sub('<', rule.rule)}"
        for rule in _rules(app)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    return sorted(lines, key=lambda line: line.split(" ")[::-1])


def _rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def _fixed_parts(rule: Rule) -> list[str]:
    return [part for part in rule.rule.split("/") if part and "<" not in part]


@pytest.fixture
def planted() -> Flask:
    app = Flask(__name__)
    pages = Blueprint("pages", __name__)
    pages.add_url_rule("/kept/<uuid:place>/tidy-one", "good", open_to_all(lambda place: place))
    pages.add_url_rule("/forgotten", "forgotten", lambda: "")
    pages.add_url_rule("/any/<place>", "untyped", open_to_all(lambda place: place))
    pages.add_url_rule("/Snake_Case", "snake", open_to_all(lambda: ""), methods=["POST"])
    app.register_blueprint(pages)
    return app


def test_a_view_that_nobody_opened_is_found(planted: Flask) -> None:
    assert shut(planted) == ["/forgotten"]


def test_an_untyped_id_is_found(planted: Flask) -> None:
    assert untyped(planted) == ["/any/<place>"]


def test_an_address_that_is_not_kebab_case_is_found(planted: Flask) -> None:
    assert not_kebab(planted) == ["/Snake_Case"]


def test_addresses_are_listed_with_their_methods(planted: Flask) -> None:
    assert addresses(planted) == [
        "POST /Snake_Case",
        "GET /any/<place>",
        "GET /forgotten",
        "GET /kept/<place>/tidy-one",
    ]


def test_every_view_says_for_whom_it_is_open(whole: Flask) -> None:
    assert shut(whole) == []


def test_every_id_in_an_address_is_typed(whole: Flask) -> None:
    assert untyped(whole) == []


def test_every_address_is_kebab_case(whole: Flask) -> None:
    assert not_kebab(whole) == []


def test_no_address_comes_or_goes_unnoticed(served: Flask) -> None:
    """An address that people may have kept needs a redirect before its line goes from addresses.txt."""
    kept = ADDRESSES.read_text(encoding="utf-8").splitlines()
    assert addresses(served) == kept
