"""`build-shell`: the pages that know no one, for the worker to keep on the phone."""

from pathlib import Path

import click
from flask import Flask, current_app, g, render_template
from flask.cli import with_appcontext

from webapp.observing import choices
from webapp.settings import STATIC
from webapp.web.languages import LANGUAGES


@click.command("build-shell")
@with_appcontext
def build_shell() -> None:
    """Draw the pages that work without a network into static/dist/shell."""
    write(current_app, STATIC / "shell")


def write(app: Flask, folder: Path) -> None:
    """Writes each page in each language into the folder, and removes what was left of an earlier build.

    A file whose words did not change is not touched: phones fetch only what is new.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {f"{name}.{lang}.html": text for lang in LANGUAGES for name, text in draw(app, lang).items()}
    for file in folder.iterdir():
        if file.name not in drawn:
            file.unlink()
    for name, text in drawn.items():
        file = folder / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")


def draw(app: Flask, lang: str) -> dict[str, str]:
    """The pages in one language, by name. They hold nobody's name, nothing secret and nothing of this moment."""
    with app.app_context(), app.test_request_context("/"):
        g.nobody = True
        g.language = lang
        return {
            "record": render_template("observing/record.html", shell=True, **choices.words()),
            "outbox": render_template("observing/outbox.html", shell=True, **choices.words()),
            "heatmap": render_template("offline.html", shell="/heatmap"),
            "offline": render_template("offline.html", shell=True),
        }
