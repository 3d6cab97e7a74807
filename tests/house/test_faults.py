"""The table of faults in docs/sync.md and the tests that try them tell the same."""

import ast
import re
from collections.abc import Iterable

from tests.house.sources import ROOT, name_of, trees

TABLE = re.compile(r"^## Faults$(.*?)(?=^## |\Z)", re.M | re.S)
CITED = re.compile(r"`(tests/[\w/]+\.py::\w+)`")
COLUMNS = 4


def rows(text: str) -> list[list[str]]:
    """The cells of each row below the heads of the tables under “Faults”."""
    found = TABLE.search(text)
    lines = [line for line in (found.group(1) if found else "").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] != "fault" and set(row[0]) != {"-"}]


def cited(cell: str) -> list[str]:
    return CITED.findall(cell)


def named_in(file: str, tree: ast.Module) -> set[str]:
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    return {f"{file}::{each.name}" for each in functions if each.name.startswith("test_")}


def _all_tests(folder: str) -> set[str]:
    return set().union(*(named_in(name_of(path), tree) for path, tree in trees(folder)))


def _all_cited(table: Iterable[list[str]]) -> list[str]:
    return [test for row in table for test in cited(row[-1])]


def _table() -> list[list[str]]:
    return rows((ROOT / "docs/sync.md").read_text(encoding="utf-8"))


def test_rows_are_found() -> None:
    text = "## Faults\n| fault | how |\n|---|---|\n| a | b |\nmore\n\n| c | `tests/x.py::y` |\n## Next\n| d | e |"
    assert rows(text) == [["a", "b"], ["c", "`tests/x.py::y`"]]
    assert cited("`tests/x.py::test_y`, `tests/a/z.py::test_z`") == ["tests/x.py::test_y", "tests/a/z.py::test_z"]


def test_tests_are_found() -> None:
    tree = ast.parse("def test_one(): ...\ndef other(): ...\nclass C:\n    def test_two(self): ...")
    assert named_in("tests/x.py", tree) == {"tests/x.py::test_one"}


def test_every_row_says_fault_injection_promise_and_test() -> None:
    assert [row for row in _table() if len(row) != COLUMNS or not all(row) or not cited(row[-1])] == []


def test_every_test_that_is_named_exists() -> None:
    assert set(_all_cited(_table())) - _all_tests("tests") == set()


def test_every_test_of_a_fault_stands_in_the_table() -> None:
    assert _all_tests("tests/faults") - set(_all_cited(_table())) == set()
