"""Forget in time: notes after the school's days or when their author leaves, the minute after thirty (PRIVACY-0), that
something was deleted after 400, and a file that nobody went on importing after one.

What is counted by day, week or hour, and what was published, stays as it is. No revision is taken: an edit that
waits on a phone since before must not become a conflict because of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CursorResult,
    Delete,
    Update,
    and_,
    case,
    delete,
    func,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp.culture.disclosure import EXACT_TIME_FOR
from webapp.culture.school_time import DAY, SECONDS_AN_HOUR, offsets
from webapp.extensions import Instant, begin_writing
from webapp.observing import uploads
from webapp.observing.models import AcceptedChange, Observation, Tombstone, Upload
from webapp.people.models import Person
from webapp.schools.models import School

NOTES_WHERE_OFF: Final = timedelta(days=30)
"""How long notes stay that were written before a school turned notes off."""

DELETIONS_KNOWN_FOR: Final = timedelta(days=400)
"""How long a deletion is told: to every phone of this school year, and to one that lay in a drawer over the summer."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many notes were erased, how many observations now know their hour only, how many deletions are forgotten."""

    notes: int
    hours: int
    deletions: int


def forget(session: Session, now: datetime) -> Forgotten:
    """Forgets what is due in every school; commits school by school, so that nobody waits long."""
    notes = hours = deletions = 0
    begin_writing(session)
    uploads.forget(session, now)
    session.commit()
    for school_id in session.scalars(select(School.id).order_by(School.id)).all():
        school = session.get_one(School, school_id)
        # As whoever records holds it: what is mended between two of these statements would be forgotten by half.
        _lock(session, school)
        notes += _erase_old_notes(session, school, now)
        hours += _keep_hours(session, school, now - EXACT_TIME_FOR)
        _forget_memory(session, Tombstone, _deleted(school, now - EXACT_TIME_FOR))
        session.commit()
        deletions += _forget_deletions(session, school, now - DELETIONS_KNOWN_FOR)
        session.commit()
    return Forgotten(notes, hours, deletions)


def forgotten_late(session: Session, now: datetime) -> int:
    """How many deletions should be forgotten by now, and are not."""
    due = and_(Tombstone.deleted_at < now - DELETIONS_KNOWN_FOR, Tombstone.revision < School.revision)
    asked = select(func.count()).select_from(Tombstone).join(School, School.id == Tombstone.school_id).where(due)
    return session.execute(asked).scalar_one()


def forget_observer(session: Session, school: School, person: Person) -> None:
    """Who leaves a school leaves what they heard there, without its author and without notes.

    Nor does the memory stay that could tell a note which they had taken back or deleted: nobody else may say that
    change again. In the caller's transaction.
    """
    heard = and_(Observation.school_id == school.id, Observation.observer_id == person.id)
    deleted = and_(Tombstone.school_id == school.id, Tombstone.observer_id == person.id)
    _forget_memory(session, Observation, heard)
    _forget_memory(session, Tombstone, deleted)
    _changed(session, update(Observation).where(heard).values(observer_id=None, note=None, digest=None))
    _changed(session, update(Tombstone).where(deleted).values(observer_id=None))
    _changed(session, delete(Upload).where(Upload.school_id == school.id, Upload.person_id == person.id))


def _forget_deletions(session: Session, school: School, before: datetime) -> int:
    """Forgets them, and notes down in the school from which cursor on nothing is missing.

    The school's last change stays remembered, whatever it was: so no revision that is given out from now on, and no
    edit that begins from one, is as old as what is forgotten.
    """
    _lock(session, school)
    due = and_(_deleted(school, before), Tombstone.revision < school.revision)
    last = session.execute(select(func.max(Tombstone.revision)).where(due)).scalar_one()
    if last is None:
        return 0
    school.pruned_to = max(school.pruned_to, last)
    return _changed(session, delete(Tombstone).where(due))


def _erase_old_notes(session: Session, school: School, now: datetime) -> int:
    kept = timedelta(days=school.notes_days) if school.notes_days else NOTES_WHERE_OFF
    due = and_(Observation.school_id == school.id, Observation.observed_at < now - kept, Observation.note.is_not(None))
    _forget_memory(session, Observation, due)
    return _changed(session, update(Observation).where(due).values(note=None, digest=None))


def _keep_hours(session: Session, school: School, before: datetime) -> int:
    exact = and_(Observation.school_id == school.id, Observation.observed_at < before, Observation.said_at != "")
    oldest = session.execute(select(func.min(Observation.observed_at)).where(exact)).scalar_one()
    if oldest is None:
        return 0
    _forget_memory(session, Observation, exact)
    # From a day before, so that no stretch begins within an hour that is to be kept.
    known = offsets(school.zone, oldest - DAY, before)
    count = 0
    # Within such a stretch the school's clock is ahead of UTC by the same; an hour of it is plain arithmetic.
    for (since, ahead), (until, _then) in pairwise([*known, (before, 0)]):
        within = and_(exact, Observation.observed_at >= since, Observation.observed_at < until)
        count += _changed(session, update(Observation).where(within).values(_to_the_hour(since, ahead)))
    return count


def _to_the_hour(since: datetime, ahead: int) -> dict[str, Any]:
    """Every time that could tell the minute, at the beginning of its hour; nothing leaves its stretch."""
    floored = _floored(Observation.observed_at, ahead)
    first = max(0, int(since.timestamp()))
    return {
        "observed_at": _instant(case((floored < first, first), else_=floored)),
        "received_at": _instant(_floored(Observation.received_at, ahead)),
        "changed_at": _instant(_floored(Observation.changed_at, ahead)),
        "said_at": "",
        "skew": 0,
        "digest": None,
    }


def _floored(column: InstrumentedAttribute[datetime], ahead: int) -> ColumnElement[int]:
    second = type_coerce(column, BigInteger)
    return second - (second + ahead) % SECONDS_AN_HOUR


def _instant(second: ColumnElement[int]) -> ColumnElement[datetime]:
    return type_coerce(second, Instant)


def _forget_memory(session: Session, model: type[Observation | Tombstone], due: ColumnElement[bool]) -> None:
    """What was accepted is remembered as a digest; with patience it would tell the note and the minute.

    The one in the observation's own row goes with what it could tell.
    """
    ids = select(model.id).where(due).scalar_subquery()
    session.execute(
        delete(AcceptedChange)
        .where(AcceptedChange.observation_id.in_(ids))
        .execution_options(synchronize_session=False)
    )


def _deleted(school: School, before: datetime) -> ColumnElement[bool]:
    return and_(Tombstone.school_id == school.id, Tombstone.deleted_at < before)


def _lock(session: Session, school: School) -> None:
    """Begins a transaction in which nobody else records in this school."""
    begin_writing(session)
    session.refresh(school, with_for_update={"key_share": True})


def _changed(session: Session, statement: Update | Delete) -> int:
    done = session.execute(statement.execution_options(synchronize_session=False))
    return cast(CursorResult[Any], done).rowcount
