"""Every promise of docs/ has a test, every number cited exists, and no test is left out."""

import ast
import re
from collections.abc import Iterable

from tests.house.sources import files, name_of, python, trees

NUMBER = re.compile(r"\b(?:SYNC|PRIVACY|STATISTICS)-\d+\b")
# A promise is made where its number begins a heading, a point of a list or a row of a table.
MADE = re.compile(r"^(?:#+\s+|[-*]\s+|\d+\.\s+|\|\s*)?\**((?:SYNC|PRIVACY|STATISTICS)-\d+)\b", re.M)
LEFT_OUT = {"skip", "skipif", "xfail", "importorskip"}
LEFT_OUT_IN_SCRIPTS = re.compile(r"\b(?:test|it|describe)\.(?:skip|todo|only)\b|\b(?:skip|todo|only):")
NAMED = re.compile(r"\btest\(\s*[\"'`](.*?)[\"'`],", re.S)


def made(text: str) -> set[str]:
    return set(MADE.findall(text))


def kept_in(tree: ast.Module) -> set[str]:
    """Numbers in @promise("…") and pytest.mark.promise("…")."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) == "promise")
    return {str(each.value) for call in calls for each in call.args if isinstance(each, ast.Constant)}


def kept_in_script(text: str) -> set[str]:
    """Numbers in the names of tests."""
    return {number for name in NAMED.findall(text) for number in NUMBER.findall(name)}


def left_out(tree: ast.Module) -> list[int]:
    """Lines that skip a test or expect it to fail."""
    return sorted(
        node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name) and _name(node) in LEFT_OUT
    )


def _called(node: ast.Call) -> str:
    return _name(node.func)


def _name(node: ast.AST) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))


def _texts(folder: str, *patterns: str) -> Iterable[str]:
    for pattern in patterns:
        yield from (path.read_text(encoding="utf-8") for path in files(folder, pattern))


def _all_made() -> set[str]:
    return set().union(*map(made, _texts("docs", "*.md")))


def _all_kept() -> set[str]:
    in_python = (kept_in(tree) for path, tree in trees("tests") if "house" not in path.parts)
    return set().union(*in_python, *map(kept_in_script, _texts("tests", "*.ts")))


def test_promises_are_found_where_they_are_made() -> None:
    text = "## SYNC-1 Saved\nas SYNC-9 says\n- **PRIVACY-2** Freeze\n| SYNC-3 | x |\n1. STATISTICS-4: y"
    assert made(text) == {"SYNC-1", "PRIVACY-2", "SYNC-3", "STATISTICS-4"}


def test_kept_promises_are_found() -> None:
    tree = ast.parse('@promise("SYNC-4", "SYNC-5")\ndef test(): ...\n@pytest.mark.promise("PRIVACY-1")\ndef t(): ...')
    assert kept_in(tree) == {"SYNC-4", "SYNC-5", "PRIVACY-1"}
    assert kept_in_script('// SYNC-7\ntest("SYNC-4 SYNC-6: once", async () => {});') == {"SYNC-4", "SYNC-6"}


def test_tests_left_out_are_found() -> None:
    assert left_out(ast.parse("@pytest.mark.skip\ndef a(): ...\n\n@xfail\ndef b():\n    pytest.skip()")) == [1, 4, 6]
    assert LEFT_OUT_IN_SCRIPTS.search('test.skip("x")')
    assert LEFT_OUT_IN_SCRIPTS.search('test("x", { todo: true }, () => {})')


def test_every_promise_has_a_test() -> None:
    assert _all_made() - _all_kept() == set()


def test_every_number_cited_exists() -> None:
    cited = {
        f"{name_of(path)}: {number}"
        for path in [*python(), *files("static/src", "*.ts"), *files("tests", "*.ts"), *files("templates", "*.html")]
        if "house" not in path.parts
        for number in NUMBER.findall(path.read_text(encoding="utf-8"))
        if number not in _all_made()
    }
    assert cited == set()


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    in_python = [f"{name_of(path)}:{line}" for path, tree in trees("tests") for line in left_out(tree)]
    scripts = files("tests", "*.test.ts")
    in_scripts = [name_of(path) for path in scripts if LEFT_OUT_IN_SCRIPTS.search(path.read_text(encoding="utf-8"))]
    assert in_python + in_scripts == []
