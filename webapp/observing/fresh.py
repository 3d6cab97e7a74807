"""New observations of one school, of which nothing is held: what phones send nearly always, taken column by column.

This is recording.record for the plain case, some ten times as fast: no object a change, no look at what is held, one
INSERT. Whatever is not plain (a place of another school, an id that is there already, a note where none are kept …)
writes nothing here, and is judged change by change over there. Both answer alike and leave the same rows.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.culture.school_time import MAX_AHEAD, correction
from webapp.culture.vocabulary import Trait
from webapp.observing import bulk
from webapp.observing.models import Observation, Tombstone
from webapp.observing.recording import kept_skew
from webapp.observing.rooms import RECORDS, Taken, taken
from webapp.observing.verdicts import EARLIEST, LONGEST_NOTE, digest_of
from webapp.observing.writing import GROUP_CODES, SETTING_CODES
from webapp.people.models import Person
from webapp.schools.models import MergedPlace
from webapp.web.plain_text import fault, tidied

# Once the school is locked: whoever was let go a moment ago records no more. That a place is the school's is the
# table's own rule.
PROVIDED: Final = bulk.Provided(nowhere={"id": Tombstone.id, "place_id": MergedPlace.place_id}, rows=RECORDS)


class Fresh(list[dict[str, Any]]):
    """What was said, in its order, with the columns that it makes.

    Raises:
        ValueError: they are not of one school, name an id twice, or say something that no calendar or note can hold.
    """

    def __init__(self, said: Sequence[dict[str, Any]]) -> None:
        super().__init__(said)
        self.ids = [each["id"] for each in said]
        self.school = _the_one([each["school"] for each in said])
        self.places = [each["place"] for each in said]
        self.said_at = [each["observed_at"] for each in said]
        self.observed_at = [datetime.fromisoformat(instant.upper()) for instant in self.said_at]
        self.notes = [_plain(each.get("note")) for each in said]
        self.walkthroughs = [each.get("walkthrough") for each in said]
        self.heard = [_together(tuple(each["heard"])) for each in said]
        self.digests = [
            digest_of(place, each["setting"], heard, at.timestamp(), each.get("group_size"), walk, note=note)
            for each, place, heard, at, walk, note in zip(
                said, self.places, self.heard, self.observed_at, self.walkthroughs, self.notes, strict=True
            )
        ]
        if len(set(self.ids)) < len(self.ids):
            raise ValueError("one observation is said twice")

    def filed_at(self, skew: timedelta, now: datetime) -> list[int] | None:
        """The second that each is filed under; None when one of them cannot be."""
        try:
            late = correction(now + skew, now)
            filed = [said - late for said in self.observed_at] if late else self.observed_at
        except OverflowError:
            return None
        if not min(filed) >= EARLIEST or not max(filed) <= now + MAX_AHEAD:
            return None
        return [int(instant.timestamp()) for instant in filed]


def record(session: Session, person: Person, fresh: Fresh, *, skew: timedelta, now: datetime) -> int | None:
    """The revision of the first, the others follow; committed. None when not all are plain: nothing is written."""
    filed = fresh.filed_at(skew, now)
    if filed is None:
        return None
    who = person.id
    school = taken(session, who, fresh.school, len(fresh))
    try:
        written = school is not None and _write(session, who, fresh, school, filed=filed, skew=skew, now=now)
    except IntegrityError:
        # Some of them are held already, be it by another school; or a place is another school's.
        written = False
    if school is None or not written:
        session.rollback()
        return None
    session.commit()
    return _first(fresh, school)


def _first(fresh: Fresh, school: Taken) -> int:
    return school.revision - len(fresh) + 1


def _write(
    session: Session, who: UUID, fresh: Fresh, school: Taken, *, filed: list[int], skew: timedelta, now: datetime
) -> bool:
    """Whether all could be written."""
    if any(fresh.notes) and not school.keeps_notes:
        return False
    second = int(now.timestamp())
    columns: dict[str, bulk.Column] = {
        "id": fresh.ids,
        "school_id": str(fresh.school),
        "observer_id": str(who),
        "place_id": fresh.places,
        "setting": [SETTING_CODES[said["setting"]] for said in fresh],
        "heard": fresh.heard,
        "observed_at": filed,
        "said_at": fresh.said_at,
        "skew": int(kept_skew(skew).total_seconds()),
        "group_size": [GROUP_CODES[said.get("group_size")] for said in fresh],
        "note": fresh.notes,
        "walkthrough": fresh.walkthroughs,
        "revision": range(_first(fresh, school), school.revision + 1),
        "received_at": second,
        "changed_at": second,
        "digest": fresh.digests,
    }
    facts = {"person": who, "school": fresh.school}
    if not bulk.insert_if(session, Observation, columns, len(fresh), provided=PROVIDED, facts=facts):
        return False
    school.weeks.add(filed, fresh.heard)
    school.weeks.write(session, fresh.school)
    return True


@lru_cache(maxsize=2048)
def _together(words: tuple[str, ...]) -> int:
    return int(Trait.from_words(words))


def _the_one(schools: Sequence[str]) -> UUID:
    if len(set(schools)) != 1:
        raise ValueError("not of one school")
    return UUID(schools[0])


def _plain(note: str | None) -> str | None:
    if not note:
        return None
    kept = tidied(note).strip() or None
    if kept and (len(kept) > LONGEST_NOTE or fault(kept, lines=True)):
        raise ValueError("no note that can be kept")
    return kept
