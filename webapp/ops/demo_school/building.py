"""The demo school's building: fourteen places on three floors and outdoors, and how talk differs between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from webapp.culture.vocabulary import PlaceKind, Setting, Trait


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """A place; `passed` is how much somebody who walks by there listens, 0 for never.

    `leaning` makes a trait likelier there (or less likely), in log odds.
    """

    name: str
    kind: PlaceKind
    floor: int | None
    adults: int
    passed: float = 1.0
    leaning: Mapping[Trait, float] = field(default_factory=dict)


PLACES: Final = (
    DemoPlace("Front hallway", PlaceKind.HALLWAY, 1, 42, 1.2, {Trait.PERSONAL: 0.4}),
    DemoPlace("Main office", PlaceKind.OFFICE, 1, 8, 0.5, {Trait.ACTION: 0.4}),
    DemoPlace("Cafeteria", PlaceKind.CAFETERIA, 1, 42, 0.9, {Trait.PERSONAL: 0.6, Trait.EVIDENCE: -0.6}),
    DemoPlace("Library", PlaceKind.LIBRARY, 1, 42, 1.0, {Trait.KNOWLEDGE: 1.3, Trait.INQUIRY: 0.5}),
    DemoPlace("Second-floor hallway", PlaceKind.HALLWAY, 2, 18, 1.0, {Trait.NONDEFENSIVE: -0.3}),
    DemoPlace("Teachers’ lounge", PlaceKind.LOUNGE, 2, 42, 1.6, {Trait.NONDEFENSIVE: -1.1, Trait.PERSONAL: 0.5}),
    DemoPlace("Second-floor classrooms", PlaceKind.CLASSROOM, 2, 18, 1.3, {Trait.EVIDENCE: -0.5}),
    DemoPlace("Team room", PlaceKind.MEETING_ROOM, 2, 14, 1.5, {Trait.ACTION: 0.8, Trait.SUBSTANTIVE: 0.4}),
    DemoPlace("Science workroom", PlaceKind.OTHER, 2, 7, 0.0),
    DemoPlace("Third-floor hallway", PlaceKind.HALLWAY, 3, 15, 0.25),
    DemoPlace("Third-floor classrooms", PlaceKind.CLASSROOM, 3, 15, 1.0, {Trait.EVIDENCE: 1.0, Trait.INQUIRY: 0.7}),
    DemoPlace("Meeting room", PlaceKind.MEETING_ROOM, 3, 42, 0.9, {Trait.NONDEFENSIVE: -0.5, Trait.INQUIRY: -0.6}),
    DemoPlace("Yard", PlaceKind.OUTDOORS, None, 30, 0.6, {Trait.SUBSTANTIVE: -0.6}),
    DemoPlace("Bus loop", PlaceKind.OUTDOORS, None, 12, 0.0),
)

DRAWN_FLOOR: Final = 2
"""The floor that has a plan, floor-2.svg; the others draw themselves."""

ZONES: Final[Mapping[str, tuple[int, int, int, int]]] = {
    "Second-floor hallway": (45, 420, 920, 165),
    "Teachers’ lounge": (260, 100, 200, 285),
    "Second-floor classrooms": (480, 100, 260, 285),
    "Team room": (45, 625, 225, 280),
    "Science workroom": (765, 100, 195, 285),
}
"""Where its places lie: from the left, from the top, width and height, in thousandths."""

SETTINGS: Final[Mapping[PlaceKind, Mapping[Setting, float]]] = {
    PlaceKind.HALLWAY: {Setting.PASSING: 9, Setting.ONE_TO_ONE: 1},
    PlaceKind.LOUNGE: {Setting.BREAK: 7, Setting.ONE_TO_ONE: 2, Setting.TEAM_MEETING: 1},
    PlaceKind.MEETING_ROOM: {Setting.TEAM_MEETING: 7, Setting.STAFF_MEETING: 3},
    PlaceKind.CLASSROOM: {Setting.TEAM_MEETING: 7, Setting.ONE_TO_ONE: 3},
    PlaceKind.OFFICE: {Setting.ONE_TO_ONE: 8, Setting.OTHER: 2},
    PlaceKind.LIBRARY: {Setting.TEAM_MEETING: 6, Setting.STAFF_MEETING: 3, Setting.OTHER: 1},
    PlaceKind.CAFETERIA: {Setting.BREAK: 9, Setting.PASSING: 1},
    PlaceKind.OUTDOORS: {Setting.PASSING: 8, Setting.OTHER: 2},
    PlaceKind.OTHER: {Setting.OTHER: 1},
}
"""What sort of conversation is had where, by weight."""

HOURS: Final[Mapping[Setting, Mapping[int, float]]] = {
    Setting.PASSING: {7: 2, 8: 1, 9: 1, 10: 1, 11: 1, 12: 1, 13: 1, 14: 1, 15: 2},
    Setting.BREAK: {10: 2, 11: 1, 12: 4, 13: 1},
    Setting.TEAM_MEETING: {8: 1, 13: 1, 14: 3, 15: 4},
    Setting.STAFF_MEETING: {15: 3, 16: 1},
    Setting.ONE_TO_ONE: {8: 1, 9: 1, 11: 1, 13: 2, 14: 1},
    Setting.OTHER: {9: 1, 10: 1, 13: 1},
}
"""At which hour it is had, by weight."""
