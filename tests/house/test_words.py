"""No forbidden word in a name: docs/words.md says which word is the project's for each thing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import ROOT, files, name_of, trees

# Those of the column "never" that are wrong wherever they stand in a name. (“record” is a verb here, “status” and
# “type” are words of the wire and of HTTP, “session” and “context” are Flask's.)
NEVER = {
    "sighting", "indicator", "criterion", "location", "tenant", "organisation", "organization", "user", "invite",
    "token", "author", "reporter", "tour", "comment", "queue", "smoothed", "bucket", "compliance", "login", "logout",
    "signin", "auth", "submit", "visit", "utils", "helpers", "misc",
}  # fmt: skip
DECLARED = re.compile(r"\b(?:const|let|var|function|class|interface|type|enum)\s+([A-Za-z_$][\w$]*)")
PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def forbidden(name: str) -> set[str]:
    """Forbidden words among the parts of a name, singular or plural."""
    parts = {part.lower() for part in PARTS.findall(name)}
    return {part for part in parts if part in NEVER or part.removesuffix("s") in NEVER}


def names_in(tree: ast.Module) -> Iterator[str]:
    """Names that the source gives: to modules' functions, classes, arguments and variables; not those it uses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def names_in_script(text: str) -> Iterator[str]:
    yield from DECLARED.findall(text)


def _sources() -> Iterator[tuple[Path, list[str]]]:
    for path, tree in trees("webapp"):
        yield path, list(names_in(tree))
    for path in files("static/src", "*.ts"):
        yield path, list(names_in_script(path.read_text(encoding="utf-8")))
    yield from ((path, []) for path in files("templates", "*.html"))


def test_forbidden_words_are_found_in_names_of_every_form() -> None:
    assert forbidden("current_user") == {"user"}
    assert forbidden("UserTokens") == {"user", "tokens"}
    assert forbidden("authority_of_places") == set()


def test_given_names_are_found_and_used_ones_are_not() -> None:
    tree = ast.parse("class A:\n    def b(self, c):\n        d = current_user")
    assert {"A", "b", "c", "d"} <= set(names_in(tree))
    assert "current_user" not in set(names_in(tree))
    assert list(names_in_script("const queue = 1; function add(x) {} interface Row {}")) == ["queue", "add", "Row"]


def test_no_name_has_a_forbidden_word() -> None:
    found = {
        f"{name_of(path)}: {name}" for path, names in _sources() for name in [*names, path.stem] if forbidden(name)
    }
    assert found == set()


def test_every_forbidden_word_is_told_in_the_glossary() -> None:
    glossary = (ROOT / "docs" / "words.md").read_text(encoding="utf-8").lower()
    assert {word for word in NEVER if not re.search(rf"\b{word}\b", glossary)} == set()
