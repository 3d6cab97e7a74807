"""Plans of a school's floors, and the zones of its places on them. Verbs work in the caller's transaction."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.schools import places
from webapp.schools.drawings import Drawing
from webapp.schools.models import LEAST_SIDE, FloorPlan, Place, School, Zone
from webapp.web.problems import NotAMemberError

WHOLE: Final = 1000
"""The width of a plan, and its height: areas are told in thousandths of them."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle on a plan: its corner at the top left, its width and height.

    Raises:
        ValueError: it leaves the plan, or is too small to point at.
    """

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        for begins, length in ((self.x, self.width), (self.y, self.height)):
            if begins < 0 or length < LEAST_SIDE or begins + length > WHOLE:
                raise ValueError(f"{self} is no area of a plan")


def all_of(session: Session, school: School) -> dict[int, FloorPlan]:
    """The school's plans by their floors."""
    found = session.scalars(select(FloorPlan).where(FloorPlan.school_id == school.id))
    return {plan.floor: plan for plan in found}


def get(session: Session, school: School, floor: int) -> FloorPlan:
    """The plan of this floor.

    Raises:
        NotAMemberError: there is none.
    """
    plan = session.get(FloorPlan, (school.id, floor))
    if plan is None:
        raise NotAMemberError
    return plan


def floors(session: Session, school: School) -> list[int]:
    """The floors that have places, and those that have a plan, from below."""
    offered = [place.floor for place in places.all_of(session, school) if not place.archived]
    return sorted({floor for floor in offered if floor is not None} | set(all_of(session, school)))


def places_on(session: Session, school: School, floor: int) -> list[Place]:
    """The places of a floor that can have a zone."""
    return [place for place in places.all_of(session, school) if place.floor == floor and not place.archived]


def put(session: Session, school: School, floor: int, drawing: Drawing) -> FloorPlan:
    """A plan for this floor, or another one; zones stay where they are."""
    plan = session.get(FloorPlan, (school.id, floor))
    if plan is None:
        plan = FloorPlan(school_id=school.id, floor=floor, revision=0)
        session.add(plan)
    plan.media_type, plan.content = drawing.media_type, drawing.content
    plan.width, plan.height = drawing.width, drawing.height
    plan.digest = sha256(drawing.content).hexdigest()
    plan.revision += 1
    session.flush()
    return plan


def remove(session: Session, plan: FloorPlan) -> None:
    """Takes a plan away, and its zones with it."""
    session.delete(plan)
    session.flush()


def zones(session: Session, school: School) -> dict[uuid.UUID, Area]:
    """Where the school's places lie on the plans of their floors."""
    found = session.scalars(select(Zone).where(Zone.school_id == school.id))
    return {zone.place_id: Area(zone.x, zone.y, zone.width, zone.height) for zone in found}


def draw_zones(session: Session, plan: FloorPlan, areas: Mapping[uuid.UUID, Area | None]) -> None:
    """Where these places lie on the plan from now on; None where one does not."""
    session.execute(delete(Zone).where(Zone.school_id == plan.school_id, Zone.place_id.in_(areas)))
    session.add_all(
        Zone(
            place_id=place,
            school_id=plan.school_id,
            floor=plan.floor,
            x=area.x,
            y=area.y,
            width=area.width,
            height=area.height,
        )
        for place, area in areas.items()
        if area is not None
    )
    plan.revision += 1
    session.flush()
