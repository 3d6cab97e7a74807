"""The pages that know no one, as the worker keeps them."""

from pathlib import Path

import pytest
from flask import Flask

from tests.pages import faults_of
from tests.world import World, sign_in
from webapp.ops import shell
from webapp.web.headers import CONTENT_SECURITY_POLICY
from webapp.web.languages import LANGUAGES

pytestmark = pytest.mark.one_database
PAGES = {"record", "outbox", "heatmap", "offline"}


def test_each_page_is_drawn_in_each_language(app: Flask, tmp_path: Path) -> None:
    shell.write(app, tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {f"{page}.{lang}.html" for page in PAGES for lang in LANGUAGES}
    for lang in LANGUAGES:
        assert f'<html lang="{lang}">' in (tmp_path / f"record.{lang}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_is_a_sound_page(app: Flask, lang: str) -> None:
    for name, text in shell.draw(app, lang).items():
        assert faults_of(text, CONTENT_SECURITY_POLICY) == [], name


def test_they_know_no_one_whoever_is_signed_in(app: Flask, world: World) -> None:
    sign_in(app.test_client(), world.ours.coach)
    everything = "".join(shell.draw(app, "en").values())
    for told in (world.ours.coach.name, world.ours.school.name, str(world.ours.school.id), world.ours.places[0].name):
        assert told not in everything
    for secret in ("csrf", "data-account", "data-school"):
        assert f'{secret}="' not in everything
    assert 'name="csrf_token"' not in everything


def test_they_hold_all_that_recording_needs(app: Flask) -> None:
    page = shell.draw(app, "en")["record"]
    for part in (
        'value="evidence"',
        'value="passing"',
        'value="2-3"',
        "What to listen for",
        "Sign in once on this phone",
    ):
        assert part in page
    # Nothing is chosen before somebody is known.
    assert 'name="place" value="" data-kind="" data-about=""' in " ".join(page.split())
    assert page.count(" checked") == len(("when", "how many"))


def test_drawn_again_they_are_the_same_to_the_byte_and_are_not_touched(app: Flask, tmp_path: Path) -> None:
    shell.write(app, tmp_path)
    before = {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in tmp_path.iterdir()}
    shell.write(app, tmp_path)
    assert {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in tmp_path.iterdir()} == before


def test_what_is_left_of_an_earlier_build_goes(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "record.xx.html").write_text("old", encoding="utf-8")
    (tmp_path / "record.en.html").write_text("old", encoding="utf-8")
    shell.write(app, tmp_path)
    assert not (tmp_path / "record.xx.html").exists()
    assert (tmp_path / "record.en.html").read_text(encoding="utf-8") != "old"


def test_the_command_is_there(app: Flask) -> None:
    assert "build-shell" in app.cli.commands
