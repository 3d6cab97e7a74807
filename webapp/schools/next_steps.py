"""What the team of a school decided to try, and what came of it. Verbs work in the caller's transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.culture.vocabulary import Trait
from webapp.schools.models import NextStep, School
from webapp.web.problems import NotAMemberError

ASKED_AFTER: Final = timedelta(weeks=8)
"""So long after its first day one asks what changed."""


class SaidBeforeError(Exception):
    """The school has the same step, of the same trait and day, already."""

    def __init__(self) -> None:
        super().__init__("there is such a next step")


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a next step."""

    trait: Trait
    what: str
    begins: date


def all_of(session: Session, school: School) -> Sequence[NextStep]:
    """Every next step of the school, in the order in which they began."""
    ours = select(NextStep).where(NextStep.school_id == school.id)
    return session.scalars(ours.order_by(NextStep.begins, NextStep.trait_bit, NextStep.id)).all()


def get(session: Session, school: School, step: uuid.UUID) -> NextStep:
    """The school's next step with this id.

    Raises:
        NotAMemberError: there is none; another school's looks the same.
    """
    found = session.scalars(select(NextStep).where(NextStep.school_id == school.id, NextStep.id == step)).first()
    if found is None:
        raise NotAMemberError
    return found


def add(session: Session, school: School, said: Said) -> NextStep:
    """Another next step; the one that is there where the same was said before."""
    row = _alike(session, school, said)
    if row is None:
        row = NextStep(school_id=school.id, trait_bit=int(said.trait), what=said.what, begins=said.begins)
        session.add(row)
        session.flush()
    return row


def change(session: Session, school: School, step: NextStep, said: Said) -> None:
    """Other words, another trait or day.

    Raises:
        SaidBeforeError: another step is just so.
    """
    alike = _alike(session, school, said)
    if alike is not None and alike.id != step.id:
        raise SaidBeforeError
    step.trait_bit, step.what, step.begins = int(said.trait), said.what, said.begins
    session.flush()


def is_asked(step: NextStep, today: date) -> bool:
    """Whether it is time to ask what changed: it was begun long enough ago, or is over, and nobody has said."""
    over = step.ends is not None and step.ends < today
    return step.outcome is None and (over or step.begins + ASKED_AFTER <= today)


def _alike(session: Session, school: School, said: Said) -> NextStep | None:
    same = (NextStep.trait_bit == int(said.trait), NextStep.what == said.what, NextStep.begins == said.begins)
    return session.scalars(select(NextStep).where(NextStep.school_id == school.id, *same)).first()
