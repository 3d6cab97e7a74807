"""Next steps put straight into the table, for tests of what shows them."""

from datetime import date

from sqlalchemy.orm import Session

from tests.world import Cast
from webapp.culture.vocabulary import Trait
from webapp.schools.models import NextStep


def decided(
    session: Session,
    cast: Cast,
    what: str = "Bring one piece of student work",
    *,
    begins: date,
    trait: Trait = Trait.EVIDENCE,
    ends: date | None = None,
    outcome: str | None = None,
) -> NextStep:
    """What the team of this school tries from a day on, flushed."""
    made = NextStep(
        school_id=cast.school.id, trait_bit=int(trait), what=what, begins=begins, ends=ends, outcome=outcome
    )
    session.add(made)
    session.flush()
    return made
