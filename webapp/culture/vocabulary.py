"""The words of the wire: traits, settings, kinds of place, roles, group sizes; each in the order of the contract."""

from collections.abc import Iterable
from enum import STRICT, IntFlag, StrEnum
from typing import Final, Self


class Trait(IntFlag, boundary=STRICT):
    """What may be heard in a conversation; a value is any set of the seven, one bit each.

    Stored as its number, 0 (none was heard) to 127. `Trait(128)` raises ValueError.
    """

    SUBSTANTIVE = 1
    EVIDENCE = 2
    INQUIRY = 4
    NONDEFENSIVE = 8
    PERSONAL = 16
    KNOWLEDGE = 32
    ACTION = 64

    @property
    def word(self) -> str:
        """Its word on the wire.

        Raises:
            ValueError: this is not one trait but none or several.
        """
        if self not in TRAITS:
            raise ValueError(f"{int(self)} is not one trait")
        return str(self.name).lower()

    @classmethod
    def from_words(cls, words: Iterable[str]) -> "Trait":
        """The set these wire words name; order and repetition do not matter.

        Raises:
            ValueError: one of them is not a trait's word.
        """
        heard = cls(0)
        for word in words:
            if word not in _BY_WORD:
                raise ValueError(f"{word!r} is not a trait")
            heard |= _BY_WORD[word]
        return heard


TRAITS: Final[tuple[Trait, ...]] = tuple(Trait)
"""The seven, in wire order; bit i is TRAITS[i]."""

ALL: Final = 127
"""All seven heard."""

_BY_WORD: Final = {trait.word: trait for trait in TRAITS}


def trait_words(heard: Trait | int) -> list[str]:
    """The wire words of what was heard, in wire order.

    Raises:
        ValueError: a number that is no set of the seven (below 0, above 127).
    """
    if not 0 <= heard <= ALL:
        raise ValueError(f"{int(heard)} is no set of traits")
    return [trait.word for trait in TRAITS if trait & heard]


class _Word(StrEnum):
    """A word of the wire that is stored as a small integer: its place in the order of the contract, from 0.

    The order is therefore part of every database: new words come last, and none is ever taken out.
    """

    @property
    def code(self) -> int:
        """The number it is stored as."""
        return list(type(self)).index(self)

    @classmethod
    def from_code(cls, code: int) -> Self:
        """The word stored as this number.

        Raises:
            ValueError: no word has this number.
        """
        words = list(cls)
        if not 0 <= code < len(words):
            raise ValueError(f"{code} is no {cls.__name__}")
        return words[code]


class Setting(_Word):
    """What sort of conversation it was."""

    PASSING = "passing"
    BREAK = "break"
    TEAM_MEETING = "team_meeting"
    STAFF_MEETING = "staff_meeting"
    ONE_TO_ONE = "one_to_one"
    OTHER = "other"


class PlaceKind(_Word):
    """What kind of place it was heard in."""

    HALLWAY = "hallway"
    LOUNGE = "lounge"
    MEETING_ROOM = "meeting_room"
    CLASSROOM = "classroom"
    OFFICE = "office"
    LIBRARY = "library"
    CAFETERIA = "cafeteria"
    OUTDOORS = "outdoors"
    OTHER = "other"


class Role(_Word):
    """What a person is in a school (or, for a district administrator, in its district)."""

    DISTRICT_ADMIN = "district_admin"
    ADMIN = "admin"
    OBSERVER = "observer"
    STAFF = "staff"


class GroupSize(_Word):
    """How many were talking, in bands."""

    FEW = "2-3"
    SOME = "4-7"
    MANY = "8+"


_USUAL: Final = {
    PlaceKind.HALLWAY: Setting.PASSING,
    PlaceKind.LOUNGE: Setting.BREAK,
    PlaceKind.MEETING_ROOM: Setting.TEAM_MEETING,
    PlaceKind.CLASSROOM: Setting.TEAM_MEETING,
    PlaceKind.OFFICE: Setting.ONE_TO_ONE,
    PlaceKind.LIBRARY: Setting.TEAM_MEETING,
    PlaceKind.CAFETERIA: Setting.BREAK,
    PlaceKind.OUTDOORS: Setting.PASSING,
    PlaceKind.OTHER: Setting.OTHER,
}


def usual_setting(kind: PlaceKind) -> Setting:
    """The setting that a place of this kind suggests; the person may choose another."""
    return _USUAL[kind]
