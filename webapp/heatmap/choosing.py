"""What the map can be narrowed to and compared with, in the reader's words."""

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from webapp.culture.vocabulary import PlaceKind, Role, Setting
from webapp.culture.words import PLACE_KIND_NAMES, SETTING_NAMES
from webapp.heatmap.view import Against, Order, View
from webapp.observing.only import ELSEWHERE, floor_word
from webapp.schools import places
from webapp.schools.models import School
from webapp.schools.words import floor_name, kind_name


@dataclass(frozen=True, slots=True)
class Choice:
    """One part of the address, `name`, with the words it may have and what they are called."""

    name: str
    label: str
    all: str
    words: tuple[tuple[str, str], ...]


def choices(session: Session, school: School) -> tuple[Choice, ...]:
    """What there is to choose in this school; what would leave nothing out is not offered."""
    offered = places.all_of(session, school)
    floors = {floor_word(place.floor): floor_name(place.floor) for place in offered}
    kinds = {place.kind for place in offered}
    found = (
        Choice(
            "setting",
            _("Kind of talk"),
            _("All"),
            tuple((setting.value, _(SETTING_NAMES[setting])) for setting in Setting),
        ),
        Choice(
            "kind",
            _("Kind of place"),
            _("All"),
            tuple((kind.value, _(PLACE_KIND_NAMES[kind])) for kind in PlaceKind if kind in kinds),
        ),
        Choice("floor", _("Floor"), _("All"), tuple(floors.items())),
        Choice(
            "observers",
            _("Heard by"),
            _("Everybody"),
            ((Role.ADMIN.value, _("Administrators")), (Role.OBSERVER.value, _("Observers"))),
        ),
    )
    return tuple(choice for choice in found if len(choice.words) > 1)


def comparisons() -> Choice:
    """What the period can be compared with."""
    return Choice(
        "compare",
        _("Compared with"),
        _("Nothing"),
        ((Against.BEFORE.value, _("The period before")), (Against.YEAR.value, _("The same weeks of last year"))),
    )


def orders() -> Choice:
    """In which order rows stand that are no times."""
    return Choice("order", _("Order"), _("As in the building"), ((Order.LEAST.value, _("Least listened to first")),))


def narrowed_to(view: View, offered: tuple[Choice, ...]) -> list[tuple[str, str]]:
    """By which parts of the address this view is narrowed, each with what its word is called."""
    called = {(choice.name, word): name for choice in offered for word, name in choice.words}
    return [(name, called.get((name, word)) or _not_offered(name, word)) for name, word in view.narrowed().items()]


def _not_offered(name: str, word: str) -> str:
    """A word that the school has no place for: it is still called what it is."""
    if name == "floor":
        return floor_name(None if word == ELSEWHERE else int(word))
    return kind_name(PlaceKind(word)) if name == "kind" else word
