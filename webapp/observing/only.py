"""Which of a school's observations a view looks at: of one setting, kind of place, floor or group of observers."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from webapp.culture.vocabulary import PlaceKind, Role, Setting
from webapp.observing.models import Observation
from webapp.schools import places
from webapp.schools.models import Membership, School

ELSEWHERE: Final = "elsewhere"
"""The word for places without a floor, outdoors and the like."""

FEWEST_OBSERVERS: Final = 2
"""Of fewer a group would be one person; and so would what is left beside it."""


GROUPS: Final = (Role.ADMIN, Role.OBSERVER)
"""The groups of those who listen; never one of them."""


@dataclass(frozen=True, slots=True)
class Only:
    """What to look at; None looks at all. A floor is named as `floor_word` does it, `observers` is one of `GROUPS`."""

    setting: Setting | None = None
    kind: PlaceKind | None = None
    floor: str | None = None
    observers: Role | None = None


ALL: Final = Only()


def floor_word(floor: int | None) -> str:
    """A floor in an address: its number, or “elsewhere”."""
    return ELSEWHERE if floor is None else str(floor)


def matching(session: Session, school: School, only: Only) -> list[ColumnElement[bool]]:
    """What holds of the observations of this school that `only` looks at."""
    found: list[ColumnElement[bool]] = []
    if only.setting is not None:
        found.append(Observation.setting_code == only.setting.code)
    if only.kind is not None or only.floor is not None:
        chosen = [
            place.id
            for place in places.all_of(session, school)
            if only.kind in {None, place.kind} and only.floor in {None, floor_word(place.floor)}
        ]
        found.append(Observation.place_id.in_(chosen))
    if only.observers is not None:
        found.append(Observation.observer_id.in_(_members(school, only.observers)))
    return found


def may_part(session: Session, school: School, within: list[ColumnElement[bool]]) -> bool:
    """Whether groups of observers may be looked at apart: not where one of them is a single person.

    `within` is what holds of the observations looked at.
    """
    asked = (
        select(Membership.role_word, func.count(Observation.observer_id.distinct()))
        .join(Membership, Membership.person_id == Observation.observer_id)
        .where(*within, Membership.school_id == school.id)
        .group_by(Membership.role_word)
    )
    people: dict[Any, int] = {role: number for role, number in session.execute(asked)}
    return all(people.get(group.value, 0) >= FEWEST_OBSERVERS for group in GROUPS)


def _members(school: School, group: Role) -> Any:
    return select(Membership.person_id).where(Membership.school_id == school.id, Membership.role_word == group.value)
