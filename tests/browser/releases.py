"""The project one or two releases later, built anew: another schema, another shape of the database, other files."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.browser.server import ROOT, copy_of_the_project

SOURCES = ("static/src", "esbuild.mjs", "package.json", "workbox-config.cjs")


def later(folder: Path, releases: int) -> Path:
    """A copy of the project in which so many releases have passed."""
    root = copy_of_the_project(folder)
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, root / name)
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    for _release in range(releases):
        _release_once(root)
    _build(root)
    return root


def _release_once(root: Path) -> None:
    schema = _count_up(root / "webapp/observing/shapes.py", r"^SCHEMA: Final = (\d+)$")
    assert _count_up(root / "static/src/rows.ts", r"^export const SCHEMA = (\d+);$") == schema
    _put_before(root / "static/src/rows.ts", "  1: (row)", f"  {schema}: (row) => ({{ ...row, risen: {schema} }}),\n")
    database = root / "static/src/database.ts"
    version = _count_up(database, r"^const VERSION = (\d+);$")
    added = f'    if (from < {version + 1}) database.createObjectStore("later {version}");\n'
    _put_before(database, "  },\n  // A newer page", added)


def _count_up(file: Path, line: str) -> int:
    """Raises the number in this line by one; the number it was."""
    text = file.read_text(encoding="utf-8")
    found = re.search(line, text, re.M)
    assert found is not None, f"{file.name} has no line {line}"
    start, end = found.span(1)
    file.write_text(f"{text[:start]}{int(found[1]) + 1}{text[end:]}", encoding="utf-8")
    return int(found[1])


def _put_before(file: Path, mark: str, more: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(mark) == 1, f"{mark!r} stands {text.count(mark)} times in {file.name}"
    file.write_text(text.replace(mark, more + mark), encoding="utf-8")


def _build(root: Path) -> None:
    """As the Makefile does it."""
    (root / "build").mkdir()
    environment = {**os.environ, "PYTHONPATH": str(root)}
    for command in (
        ["node", "esbuild.mjs"],
        [sys.executable, "-m", "flask", "--app", "webapp", "build-shell"],
        ["node_modules/.bin/workbox", "injectManifest", "workbox-config.cjs"],
    ):
        built = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
        assert built.returncode == 0, f"{command}:\n{built.stdout}\n{built.stderr}"
