"""No module above 400 lines, no function above 40: where it grows larger, it has to be cut."""

import ast

from tests.house.sources import ROOT, files, name_of, python

LONGEST_FILE = 400
LONGEST_FUNCTION = 40


def long_functions(tree: ast.Module) -> list[str]:
    """Functions above the limit, with their length; the docstring does not count."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    lengths = {function.name: _length(function) for function in functions}
    return [f"{name}: {length}" for name, length in lengths.items() if length > LONGEST_FUNCTION]


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function, clean=False) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def test_long_functions_are_found() -> None:
    body = "    x = 1\n" * 40
    tree = ast.parse(f"def long():\n{body}\n\ndef told():\n    '''One\n    two.'''\n{body[10:]}")
    assert long_functions(tree) == ["long: 41"]


def test_no_function_is_too_long() -> None:
    found = {name_of(path): long_functions(ast.parse(path.read_text(encoding="utf-8"))) for path in python()}
    assert {name: long for name, long in found.items() if long} == {}


def test_no_file_is_too_long() -> None:
    sources = [
        *python(),
        *files("static/src", "*.ts"),
        *files("static/src", "*.css"),
        *files("tests/frontend", "*.ts"),
        *files("templates", "*.html"),
        *(ROOT / name for name in ("esbuild.mjs", "Makefile", "README.md")),
    ]
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}
