"""The people of the demo school, named for their roles, and how each of those who record goes about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from webapp.culture.vocabulary import Role

DOMAIN: Final = "demo.example"


@dataclass(frozen=True, slots=True)
class Habit:
    """How somebody records: how much, when, where, how readily they hear a trait, and how often they note something.

    `weekdays` are weights from Monday to Friday; `early` and `late` weigh the hours before 11 and from 13 on;
    `ear` is in log odds, below 0 for a strict one.
    """

    a_week: float
    weekdays: tuple[float, float, float, float, float]
    early: float
    late: float
    floors: Mapping[int | None, float]
    ear: float
    notes: float = 0.0


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody in the demo; `habit` only for those who record."""

    mark: str
    name: str
    role: Role
    habit: Habit | None = None


CAST: Final = (
    DemoPerson(
        "principal", "Demo Principal", Role.ADMIN,
        Habit(7, (1.1, 1.0, 1.2, 0.9, 0.3), 1.8, 0.8, {1: 1.5, 2: 1.0, 3: 0.4, None: 1.2}, -0.1),
    ),
    DemoPerson(
        "assistant", "Demo Assistant Principal", Role.ADMIN,
        Habit(5, (0.6, 1.2, 0.8, 1.2, 0.4), 0.8, 1.0, {1: 1.2, 2: 1.2, 3: 0.3, None: 1.5}, -0.6),
    ),
    DemoPerson(
        "coach", "Demo Coach", Role.OBSERVER,
        Habit(9, (0.8, 1.3, 1.0, 1.3, 0.25), 0.5, 1.7, {1: 0.8, 2: 1.3, 3: 1.4, None: 0.1}, 0.3, 0.25),
    ),
    DemoPerson(
        "coach2", "Second Demo Coach", Role.OBSERVER,
        Habit(5, (0.2, 1.0, 1.4, 0.5, 0.1), 1.5, 0.9, {1: 0.9, 2: 0.7, 3: 1.8, None: 0.2}, 0.0, 0.1),
    ),
    DemoPerson("staff", "Demo Teacher", Role.STAFF),
)  # fmt: skip
DISTRICT: Final = DemoPerson("district", "Demo District Administrator", Role.DISTRICT_ADMIN)

ALONE: Final = "coach"
"""Who goes on recording in the weeks when all others are away."""

NOTES: Final = (
    "Brought three exit tickets and read them aloud.",
    "Good question about wait time; come back to it on Thursday.",
    "Mostly scheduling. Nobody was rushed.",
    "Two ways to teach ratios side by side. Ask how it went.",
    "Ended with who does what by Friday.",
)


def email(person: DemoPerson, school: int) -> str:
    """The address one signs in with; people of the schools after the first have its number in it."""
    return f"{person.mark}@{DOMAIN}" if school == 1 else f"{person.mark}.{school}@{DOMAIN}"
