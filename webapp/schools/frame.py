"""The frame around every page: who is signed in, in which school, and the tabs that the role allows."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, request, url_for
from flask_babel import gettext as _

from webapp.culture.vocabulary import Role
from webapp.extensions import db
from webapp.people.session import who
from webapp.schools.access import Belonging, belongings
from webapp.schools.permissions import May


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: `key` names it in styles and tests, `icon` is a file of static/src/icons."""

    key: str
    href: str
    label: str
    icon: str
    current: bool


def init_app(app: Flask) -> None:
    """Tells every template `me`, `school`, `may` and `nav`."""
    app.context_processor(_frame)


def _frame() -> dict[str, Any]:
    if g.get("nobody"):
        return {"me": None, "school": None, "nav": [], "may": lambda _word: False}
    person = who()
    here: Belonging | None = g.get("belonging")
    mine = belongings(db.session, person) if person else []
    here = here or (mine[0] if mine else None)
    return {
        "me": person,
        "school": here.school if here else None,
        "role": here.role if here else None,
        "may": lambda word: bool(here and here.may(May(word))),
        "my_schools": [each.school for each in mine],
        "nav": _tabs(here) if here else [],
    }


def _tabs(here: Belonging) -> list[Tab]:
    tabs = []
    if here.role is Role.DISTRICT_ADMIN:
        tabs.append(_tab("district", "district.show", _("District"), "map"))
    if here.may(May.RECORD):
        tabs.append(_tab("listen", "observing.record", _("Listen"), "ear"))
    if here.may(May.SEE_HEATMAP):
        tabs.append(_tab("map", "heatmap.show", _("Map"), "map", school=here.school.id))
    if here.may(May.SEE_TRENDS):
        tabs.append(_tab("trends", "trends.show", _("Trends"), "trending-up", school=here.school.id))
    return [*tabs, _tab("you", "signing_in.account", _("You"), "circle-user-round")]


def _tab(key: str, view: str, label: str, icon: str, **values: Any) -> Tab:
    # A page may be shown at the address of another, such as a form again after signing in.
    shown = str(g.get("shown") or request.endpoint or "")
    # Home is no tab, though it lies beside "You".
    feature = view if shown == "signing_in.home" else f"{view.partition('.')[0]}."
    # What is tried is held against the map, and what is set up lies beside "You".
    beside = {"map": {"acting"}, "you": {"schools", "exports", "imports"}}.get(key, set())
    current = shown.startswith(feature) or not beside.isdisjoint(request.blueprints)
    return Tab(key, url_for(view, **values), label, icon, current)
