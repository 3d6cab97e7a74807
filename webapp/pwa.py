"""`/sw.js`, `/manifest.webmanifest`, `/offline`: what makes the site an app on a phone."""

from pathlib import PurePath
from typing import Any

from flask import Blueprint, Response, g, json, render_template, send_file
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from webapp.culture.vocabulary import Setting
from webapp.culture.words import SETTING_NAMES
from webapp.settings import STATIC
from webapp.web.assets import asset
from webapp.web.doors import open_to_all
from webapp.web.languages import language

pages = Blueprint("pwa", __name__)

PAPER = "#faf6ee"
SHORTCUTS = (Setting.PASSING, Setting.BREAK, Setting.TEAM_MEETING)
"""Android shows four at most; the map is the last."""


@pages.get("/sw.js")
@open_to_all
def worker() -> Response:
    """The service worker; browsers ask for it again, so that a new version is found."""
    file = STATIC / "sw.js"
    if not file.is_file():
        raise NotFound
    answer = send_file(file, mimetype="text/javascript", conditional=True, etag=True)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Service-Worker-Allowed"] = "/"
    return answer


@pages.get("/manifest.webmanifest")
@open_to_all
def manifest() -> Response:
    """What the phone needs to know to install the app."""
    answer = Response(json.dumps(_manifest(), ensure_ascii=False), content_type="application/manifest+json")
    answer.headers["Cache-Control"] = "no-cache"
    answer.vary.add("Accept-Language")
    return answer


@pages.get("/offline")
@open_to_all
def offline() -> str:
    """What the worker shows when there is no network; the same for everyone."""
    g.nobody = True
    return render_template("offline.html", shell=True)


def _manifest() -> dict[str, Any]:
    return {
        "id": "/",
        # Not the home: an app that starts in a stairwell must show the page that needs no network.
        "start_url": "/record",
        "scope": "/",
        "name": _("Listen In: how a school talks about teaching"),
        "short_name": "Listen In",
        "description": _("Hear how the adults of a school talk about teaching."),
        "lang": language(),
        "dir": "ltr",
        "display": "standalone",
        "display_override": ["standalone", "minimal-ui"],
        "theme_color": PAPER,
        "background_color": PAPER,
        "categories": ["education", "productivity"],
        "launch_handler": {"client_mode": ["navigate-existing", "auto"]},
        "prefer_related_applications": False,
        "icons": _icons(),
        "shortcuts": _shortcuts(),
        "screenshots": _screenshots(),
    }


def _icons() -> list[dict[str, str]]:
    return [
        _picture("app-icons/icon-192.png", "192x192", purpose="any"),
        _picture("app-icons/icon-512.png", "512x512", purpose="any"),
        _picture("app-icons/maskable-512.png", "512x512", purpose="maskable"),
        _picture("app-icons/icon.svg", "any", purpose="any"),
    ]


def _shortcuts() -> list[dict[str, Any]]:
    listen = [
        (_("Listen in: %(setting)s", setting=_(SETTING_NAMES[setting])), f"/record?setting={setting}")
        for setting in SHORTCUTS
    ]
    icon = _picture("app-icons/icon-192.png", "192x192")
    return [{"name": name, "url": url, "icons": [icon]} for name, url in [*listen, (_("Map"), "/heatmap")]]


def _screenshots() -> list[dict[str, str]]:
    return [
        _picture(f"app-screenshots/{name}.webp", sizes, form_factor=form, label=label)
        for name, sizes, form, label in (
            ("record-narrow", "780x1688", "narrow", _("Three taps: the place, what was heard, Save")),
            ("map-narrow", "780x1688", "narrow", _("The map of the building: where each trait is heard")),
            ("record-wide", "1280x800", "wide", _("Listening in at a desk")),
            ("map-wide", "1280x800", "wide", _("The map of the building on a large screen")),
        )
    ]


def _picture(name: str, sizes: str, **more: str) -> dict[str, str]:
    kind = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}[PurePath(name).suffix]
    return {"src": asset(name), "sizes": sizes, "type": kind, **more}
