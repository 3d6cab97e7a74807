"""Observations put straight into the table, for tests of what counts or shows them; and what is remembered of them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.culture.vocabulary import Setting, Trait
from webapp.extensions import new_id
from webapp.observing.models import AcceptedChange, Observation
from webapp.observing.weeks import Weeks, counted, kept
from webapp.people.models import Person
from webapp.schools.models import Place, School


def heard(
    session: Session,
    school: School,
    place: Place,
    person: Person | None,
    at: datetime,
    *traits: Trait,
    setting: Setting = Setting.PASSING,
    times: int = 1,
) -> list[Observation]:
    """`times` observations alike, flushed: these traits were heard there and then; none of them when none is given."""
    known = select(func.coalesce(func.max(Observation.revision), 0)).where(Observation.school_id == school.id)
    revision = max(session.scalars(known).one(), school.revision)
    made = [
        Observation(
            id=new_id(),
            school_id=school.id,
            observer_id=person.id if person else None,
            place_id=place.id,
            setting_code=setting.code,
            heard=_together(traits),
            observed_at=at,
            said_at=at.isoformat(timespec="seconds"),
            revision=revision + number,
            received_at=at,
            changed_at=at,
        )
        for number in range(1, times + 1)
    ]
    session.add_all(made)
    school.revision = revision + times
    session.flush()
    weeks = Weeks(school.zone, school.week_start)
    weeks.add([int(at.timestamp())] * times, [_together(traits)] * times)
    weeks.write(session, school.id)
    return made


def check_weeks(session: Session) -> None:
    """The weeks of every school are kept as they come out of its observations."""
    for school in session.scalars(select(School)):
        assert kept(session, school) == counted(session, school)


def remembered(session: Session, after: int = 0) -> dict[tuple[UUID, int, bytes], int]:
    """Every change that is known to have been accepted, (observation, base, digest) → revision, wherever that lies."""
    in_rows = select(Observation.id, Observation.digest, Observation.revision).where(
        Observation.digest.is_not(None), Observation.revision > after
    )
    memory = {(id_, 0, digest): revision for id_, digest, revision in session.execute(in_rows) if digest}
    by_itself = select(
        AcceptedChange.observation_id, AcceptedChange.base, AcceptedChange.digest, AcceptedChange.revision
    ).where(AcceptedChange.revision > after)
    for id_, base, digest, revision in session.execute(by_itself):
        assert (id_, base, digest) not in memory, "remembered twice"
        memory[id_, base, digest] = revision
    return memory


def _together(traits: Iterable[Trait]) -> int:
    return int(sum(traits))
