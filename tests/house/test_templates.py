"""Every template is rendered by one view, no macro lies about unused, and nothing is written inline."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable

from tests.house.sources import ROOT, files, trees

# The frame of all pages is rendered by none.
FRAMES = {"base.html"}
# Renders pages that know no one, once more, at build time.
ONCE_MORE = "webapp/ops/"
INLINE = {
    "style attribute": r"<[a-z][^<>]*\sstyle\s*=",
    "style element": r"<style\b",
    "handler": r"<[a-z][^<>]*\son[a-z]+\s*=",
    "script": r"<script\b(?![^>]*(\bsrc=|application/json))",
    "script as an address": r"href=[\"']\s*javascript:",
}
IMPORTED = re.compile(
    r"{%-?\s*from\s+[\"'][^\"']+[\"']\s+import\s+(.+?)\s*(?:with context|without context)?\s*-?%}", re.S
)
DEFINED = re.compile(r"{%-?\s*macro\s+(\w+)\(")


def renderers(sources: Iterable[tuple[str, ast.Module]]) -> dict[str, set[str]]:
    """Template → the functions (`file:name`) that render it."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, tree in sources:
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for template in _rendered_in(function):
                found[template].add(f"{name}:{function.name}")
    return dict(found)


def inline(html: str) -> list[str]:
    """What is written inline that the Content-Security-Policy would refuse."""
    without_comments = re.sub(r"{#.*?#}", "", html, flags=re.S)
    return [what for what, pattern in INLINE.items() if re.search(pattern, without_comments)]


def unused_imports(html: str) -> list[str]:
    """Macros that a template asks for and does not call."""
    names = [each.split(" as ")[-1].strip() for found in IMPORTED.findall(html) for each in found.split(",")]
    rest = IMPORTED.sub("", html)
    return [name for name in names if not re.search(rf"\b{name}\b", rest)]


def uncalled(templates: dict[str, str]) -> list[str]:
    """Macros that no template calls."""
    everything = "\n".join(templates.values())
    return [
        f"{file}:{macro}"
        for file, html in templates.items()
        for macro in DEFINED.findall(html)
        if not re.search(rf"(?<!macro )\b{macro}\(", everything)
    ]


def _rendered_in(function: ast.FunctionDef) -> Iterable[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render_template" and node.args:
            parts = (part for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant))
            yield from (part.value for part in parts if isinstance(part.value, str))


def _templates() -> dict[str, str]:
    found = files("templates", "*.html")
    return {str(path.relative_to(ROOT / "templates")): path.read_text(encoding="utf-8") for path in found}


def _of_the_house() -> dict[str, set[str]]:
    sources = ((str(path.relative_to(ROOT)), tree) for path, tree in trees("webapp"))
    return renderers(sources)


def _is_page(name: str) -> bool:
    file = name.rpartition("/")[2]
    return name not in FRAMES and not name.startswith("macros/") and not file.startswith("_")


def test_renderers_are_found() -> None:
    planted = ast.parse(
        'def show():\n    return render_template("a.html")\n\ndef again():\n    render_template("a.html")'
    )
    assert renderers([("x.py", planted)]) == {"a.html": {"x.py:show", "x.py:again"}}


def test_inline_code_and_style_are_found() -> None:
    planted = '<p style="x" onclick="y"></p><style></style><script>1</script><script src="a.js"></script>'
    assert inline(planted) == ["style attribute", "style element", "handler", "script"]


def test_unused_imports_and_uncalled_macros_are_found() -> None:
    page = '{% from "macros/a.html" import one, two as deux %}{{ one() }}'
    assert unused_imports(page) == ["deux"]
    assert uncalled({"a.html": "{% macro one() %}{% endmacro %}{% macro lone() %}{% endmacro %}", "p": page}) == [
        "a.html:lone"
    ]


def test_every_page_is_rendered_by_one_view() -> None:
    rendered = {
        name: {by for by in functions if not by.startswith(ONCE_MORE)} for name, functions in _of_the_house().items()
    }
    pages = {name for name in _templates() if _is_page(name)}
    wrong = {name: sorted(rendered.get(name, ())) for name in pages if len(rendered.get(name, ())) != 1}
    assert wrong == {}


def test_every_template_that_is_rendered_is_there() -> None:
    assert set(_of_the_house()) - set(_templates()) == set()


def test_every_piece_is_part_of_a_page() -> None:
    everything = "\n".join(_templates().values())
    pieces = [name for name in _templates() if name.rpartition("/")[2].startswith("_")]
    assert [name for name in pieces if f'"{name}"' not in everything] == []


def test_no_macro_lies_about_unused() -> None:
    assert uncalled(_templates()) == []


def test_no_template_asks_for_a_macro_that_it_does_not_call() -> None:
    assert {name: found for name, html in _templates().items() if (found := unused_imports(html))} == {}


def test_nothing_is_written_inline() -> None:
    assert {name: found for name, html in _templates().items() if (found := inline(html))} == {}
