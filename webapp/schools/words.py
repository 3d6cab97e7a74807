"""What floors, kinds of place, roles and plans are called, in the reader's language."""

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.culture.coverage import Plan
from webapp.culture.vocabulary import PlaceKind, Role
from webapp.culture.words import PLACE_KIND_NAMES, ROLE_NAMES


def floor_name(floor: int | None) -> str:
    """The floor in words; places outdoors and the like have none."""
    if floor is None:
        return str(_("Elsewhere"))
    return str(_("Ground floor") if floor == 0 else _("Floor %(n)s", n=floor))


def kind_name(kind: PlaceKind) -> str:
    """The kind of place."""
    return str(_(PLACE_KIND_NAMES[kind]))


def role_name(role: Role) -> str:
    """The role."""
    return str(_(ROLE_NAMES[role]))


def plan_in_words(plan: Plan) -> str:
    """How often one wants to listen in each place."""
    often = _("once") if plan.times == 1 else ngettext("%(num)s time", "%(num)s times", plan.times)
    span = ngettext("%(num)s week", "%(num)s weeks", plan.weeks)
    return str(_("Every place at least %(often)s in %(span)s", often=often, span=span))
