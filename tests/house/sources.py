"""Where the sources are, and how they are read."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ("webapp", "tests", "scripts", "migrations")


def files(folder: str, pattern: str) -> list[Path]:
    """All files of this kind under a folder of the project, in a fixed order; none if there is no such folder."""
    return sorted(path for path in (ROOT / folder).rglob(pattern) if "node_modules" not in path.parts)


def python() -> list[Path]:
    return [path for folder in PYTHON for path in files(folder, "*.py")]


def trees(folder: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in files(folder, "*.py"):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))
