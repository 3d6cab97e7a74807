"""What the record page offers, in the reader's words: traits, settings, group sizes, places."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from webapp.culture.vocabulary import TRAITS, GroupSize, PlaceKind, Setting, usual_setting
from webapp.culture.words import GROUP_SIZE_NAMES, PLACE_KIND_NAMES, SETTING_NAMES, TRAIT_ICONS, TRAIT_WORDS
from webapp.schools.models import Place
from webapp.schools.words import floor_name

AT_HAND = 6
"""How many places stand in the row at hand, as static/src/elements/place-picker.ts has them too."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A word of the wire and what it is called."""

    word: str
    name: str


@dataclass(frozen=True, slots=True)
class TraitChoice:
    """A trait as its chip and its look-fors tell it."""

    word: str
    name: str
    gloss: str
    icon: str
    meaning: str
    look_fors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A place as the picker offers it."""

    id: UUID
    name: str
    kind: str
    about: str
    floor_name: str


@dataclass(frozen=True, slots=True)
class PlaceChoices:
    """The places of a school: those at hand, and the others floor by floor."""

    at_hand: tuple[PlaceChoice, ...]
    floors: tuple[tuple[str, tuple[PlaceChoice, ...]], ...]


def words() -> dict[str, Any]:
    """All that the page offers whatever the school, by the names that the templates have for it."""
    return {
        "traits": traits(),
        "settings": [Choice(setting, _(SETTING_NAMES[setting])) for setting in Setting],
        "group_sizes": [Choice(size, _(GROUP_SIZE_NAMES[size])) for size in GroupSize],
        "kinds": [Choice(kind, _(PLACE_KIND_NAMES[kind])) for kind in PlaceKind],
        "usual_setting": {kind: usual_setting(kind) for kind in PlaceKind},
    }


def traits() -> list[TraitChoice]:
    """The seven, in wire order."""
    return [
        TraitChoice(
            word=trait.word,
            name=_(said.name),
            gloss=_(said.gloss),
            icon=TRAIT_ICONS[trait],
            meaning=_(said.meaning),
            look_fors=tuple(_(each) for each in said.look_fors),
        )
        for trait, said in ((trait, TRAIT_WORDS[trait]) for trait in TRAITS)
    ]


def places(offered: Sequence[Place], lately: Sequence[UUID]) -> PlaceChoices:
    """Places in their order, those lately used first at hand."""
    by_id = {place.id: place for place in offered}
    known = [by_id[place_id] for place_id in lately if place_id in by_id]
    at_hand = [*known, *(place for place in offered if place not in known)][:AT_HAND]
    others = [_choice(place) for place in offered if place not in at_hand]
    return PlaceChoices(
        at_hand=tuple(_choice(place) for place in at_hand),
        floors=tuple((floor, tuple(found)) for floor, found in groupby(others, lambda place: place.floor_name)),
    )


def _choice(place: Place) -> PlaceChoice:
    kind, floor = _(PLACE_KIND_NAMES[place.kind]), floor_name(place.floor)
    about = kind if place.floor is None else f"{floor} · {kind}"
    return PlaceChoice(place.id, place.name, place.kind, about, floor)
