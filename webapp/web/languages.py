"""Which language for whom: the person's choice, else what the browser asks for."""

from flask import Flask, g, has_request_context, request
from flask_babel import refresh
from flask_login import current_user

from webapp.extensions import babel
from webapp.settings import PACKAGE

LANGUAGES = {"en": "English", "es": "Español"}

# Days and times are written as in the Americas: “6:30 p.m.”, not “18:30”; static/src/words.ts does the same.
_LOCALES = {"en": "en", "es": "es_419"}


def init_app(app: Flask) -> None:
    """Sets up translations and tells templates the language."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(PACKAGE / "translations")
    babel.init_app(app, locale_selector=lambda: _LOCALES[language()])
    app.context_processor(lambda: {"lang": language()})


def language() -> str:
    """`en` or `es`."""
    forced: str | None = g.get("language")
    if forced or not has_request_context():
        return forced or "en"
    chosen: str | None = getattr(current_user, "language", None)
    return chosen or _as_the_browser()


def ask_nobody() -> None:
    """From here on the browser's language, in this request: who is signed in is known to a database that is away."""
    g.language = _as_the_browser()
    refresh()


def _as_the_browser() -> str:
    return request.accept_languages.best_match(LANGUAGES) or "en"
