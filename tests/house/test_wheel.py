"""What is installed elsewhere has all that it needs: templates, static files, migrations, words."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.sources import ROOT

OPEN_ABOUT = """
import webapp
answer = webapp.create_app().test_client().get("/about")
script = answer.text.partition('src="')[2].partition('"')[0]
print(webapp.__file__, answer.status_code, webapp.create_app().test_client().get(script).status_code)
"""


def _run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=environment.pop("cwd", str(ROOT)), env=os.environ | environment, text=True, capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_the_wheel_installed_elsewhere_serves_a_page_and_its_script(wheel: Path, tmp_path: Path) -> None:
    # Pure Python: unpacking is installing. It stands before this checkout, which the environment knows too.
    zipfile.ZipFile(wheel).extractall(tmp_path)
    said = _run(sys.executable, "-c", OPEN_ABOUT, cwd=str(tmp_path), PYTHONPATH=str(tmp_path)).split()
    assert said == [str(tmp_path / "webapp" / "__init__.py"), "200", "200"]


def test_the_wheel_brings_migrations_translations_and_the_worker(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "webapp/_static/sw.js" in names
    assert any(name.startswith("webapp/_migrations/") and name.endswith(".py") for name in names)
    assert any(name.startswith("webapp/translations/") and name.endswith(".mo") for name in names)
