"""Brings in what was heard before, all of it or nothing; and takes it back.

What comes in is a change each, as if it had been recorded now by nobody: school locked → what is held → rows at once →
revisions without a gap → commit. Taking it back is a deletion each.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.culture.disclosure import EXACT_TIME_FOR
from webapp.culture.school_time import hour_of, local_date
from webapp.extensions import new_id
from webapp.observing import bulk
from webapp.observing.held import cut
from webapp.observing.importing import Line, identified
from webapp.observing.models import LONGEST_FILE_NAME, Import, Imported, Observation, Tombstone
from webapp.observing.weeks import Weeks
from webapp.observing.writing import GROUP_CODES, SETTING_CODES
from webapp.schools import places
from webapp.schools.models import School
from webapp.schools.writing import take_turn
from webapp.web.plain_text import tidied


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """How many came in, and how many were there already; `id` is the import, None when all were there."""

    id: UUID | None
    n: int
    there_already: int


def fresh(session: Session, school: School, lines: Sequence[Line]) -> dict[UUID, Line]:
    """Those lines whose listen-in the school does not hold, under the ids that they will get."""
    found = identified(school.id, lines, school.zone)
    asked = {*found, *(line.source for line in lines if line.source)}
    held: set[UUID] = set()
    for some in cut(asked):
        held.update(
            session.scalars(select(Observation.id).where(Observation.school_id == school.id, Observation.id.in_(some)))
        )
    return {id_: line for id_, line in found.items() if id_ not in held and line.source not in held}


def bring_in(
    session: Session,
    school: School,
    lines: Sequence[Line],
    *,
    file_name: str,
    now: datetime,
    id_: UUID | None = None,
) -> BroughtIn:
    """Stores all that is not there already, in the caller's transaction, which becomes one of writing; `id_` is for the
    import."""
    take_turn(session, school)
    new = fresh(session, school, lines)
    there_already = len(lines) - len(new)
    if not new:
        return BroughtIn(None, 0, there_already)
    _forget_deletions(session, school, new)
    made = _note_down(session, school, new.values(), file_name=file_name, now=now, id_=id_ or new_id())
    filed = places.survivors(session, [school.id])
    seconds = _seconds(school, new.values(), now)
    bulk.insert(session, Observation, _columns(school, new, seconds, filed, now), len(new))
    weeks = Weeks(school.zone, school.week_start)
    weeks.add(seconds, (int(line.heard) for line in new.values()))
    weeks.write(session, school.id)
    bulk.insert(session, Imported, {"observation_id": list(map(str, new)), "import_id": str(made)}, len(new))
    school.revision += len(new)
    session.flush()
    return BroughtIn(made, len(new), there_already)


def take_back(session: Session, school: School, import_id: UUID, now: datetime) -> Import | None:
    """Deletes what came with an import and is still there, in the caller's transaction; a second time does nothing.

    None when the school has no such import.
    """
    take_turn(session, school)
    found = one(session, school, import_id)
    if found is None or found.undone_at is not None:
        return found
    theirs = select(Imported.observation_id).where(Imported.import_id == found.id)
    asked = select(Observation.id, Observation.observed_at, Observation.heard)
    ours = asked.where(Observation.school_id == school.id, Observation.id.in_(theirs))
    rows = session.execute(ours.order_by(Observation.revision)).all()
    ids = [row.id for row in rows]
    weeks = Weeks(school.zone, school.week_start)
    weeks.take((int(row.observed_at.timestamp()) for row in rows), (row.heard for row in rows))
    weeks.write(session, school.id)
    for some in cut(ids):
        session.execute(
            delete(Observation).where(Observation.id.in_(some)).execution_options(synchronize_session=False)
        )
    session.execute(delete(Imported).where(Imported.import_id == found.id))
    if ids:
        columns: dict[str, bulk.Column] = {
            "id": list(map(str, ids)),
            "school_id": str(school.id),
            "observer_id": None,
            "revision": range(school.revision + 1, school.revision + len(ids) + 1),
            "deleted_at": int(now.timestamp()),
        }
        bulk.insert(session, Tombstone, columns, len(ids))
        school.revision += len(ids)
    found.undone_at = now
    session.flush()
    return found


def one(session: Session, school: School, import_id: UUID) -> Import | None:
    """One of the school's imports; another school's looks like none."""
    return session.scalars(select(Import).where(Import.school_id == school.id, Import.id == import_id)).first()


def past(session: Session, school: School) -> list[Import]:
    """The school's imports, the latest first."""
    asked = select(Import).where(Import.school_id == school.id)
    return list(session.scalars(asked.order_by(Import.imported_at.desc(), Import.id.desc())))


def _forget_deletions(session: Session, school: School, new: Collection[UUID]) -> None:
    """What was taken back, or deleted, comes again as a change of the deletion that is remembered."""
    deleted = select(Tombstone.id).where(Tombstone.school_id == school.id)
    # Of these some may be deleted for so long that nobody remembers.
    imported = select(Imported.observation_id).join(Import).where(Import.school_id == school.id)
    known = {*session.scalars(deleted), *session.scalars(imported)}
    for some in cut(id_ for id_ in new if id_ in known):
        for model, column in ((Tombstone, Tombstone.id), (Imported, Imported.observation_id)):
            session.execute(delete(model).where(column.in_(some)).execution_options(synchronize_session=False))


def _note_down(
    session: Session, school: School, lines: Collection[Line], *, file_name: str, now: datetime, id_: UUID
) -> UUID:
    days = [local_date(line.at, school.zone) for line in lines]
    name = tidied(file_name)[:LONGEST_FILE_NAME] or "CSV"
    session.add(
        Import(
            id=id_,
            school_id=school.id,
            file_name=name,
            listen_ins=len(lines),
            first_day=min(days),
            last_day=max(days),
            imported_at=now,
        )
    )
    session.flush()
    return id_


def _seconds(school: School, lines: Collection[Line], now: datetime) -> list[int]:
    """The second that each line is filed under: of what is old, that at which its hour began."""
    exact_since, zone = now - EXACT_TIME_FOR, school.zone
    return [int((line.at if line.at >= exact_since else hour_of(line.at, zone)).timestamp()) for line in lines]


def _columns(
    school: School, new: Mapping[UUID, Line], seconds: Sequence[int], filed: Mapping[UUID, UUID], now: datetime
) -> dict[str, bulk.Column]:
    lines, zone, exact_since, second = new.values(), school.zone, now - EXACT_TIME_FOR, int(now.timestamp())
    return {
        "id": list(map(str, new)),
        "school_id": str(school.id),
        "observer_id": None,
        "place_id": [str(filed.get(line.place, line.place)) for line in lines],
        "setting": [SETTING_CODES[line.setting] for line in lines],
        "heard": [int(line.heard) for line in lines],
        "observed_at": seconds,
        # Empty where only the hour is kept, as it is of what was recorded here (PRIVACY-0).
        "said_at": [
            line.at.astimezone(zone).isoformat(timespec="seconds") if line.at >= exact_since else "" for line in lines
        ],
        "skew": 0,
        "group_size": [GROUP_CODES[line.size] for line in lines],
        "note": None,
        "walkthrough": None,
        "revision": range(school.revision + 1, school.revision + len(new) + 1),
        "received_at": second,
        "changed_at": second,
        "digest": None,
    }
