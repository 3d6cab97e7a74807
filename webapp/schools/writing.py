"""One change to a school at a time."""

from sqlalchemy.orm import Session

from webapp.extensions import begin_writing
from webapp.schools.models import School


def take_turn(session: Session, school: School) -> None:
    """Begins a transaction in which nobody else changes this school, its places or its people; the caller commits.

    So that a check and what follows from it (is the name free? is there another administrator?) hold together.
    """
    begin_writing(session)
    session.refresh(school, with_for_update=True)
