"""What becomes of a change. Pure: whoever asks has looked everything up, and does what is decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b
from uuid import UUID

from webapp.culture.school_time import MAX_AHEAD
from webapp.observing.changes import Change, Content, Deletion, Outcome, Put, Stored

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_NOTE = 280


class Fault(StrEnum):
    """Why a change is rejected."""

    NOT_YOURS = "not yours"
    PLACE = "place is not of this school"
    AHEAD = "ahead of time"
    NO_SUCH_TIME = "before 1970, or in no calendar"
    NOTES_OFF = "this school keeps no notes"
    NOTE_TOO_LONG = "note too long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What must be known of whoever says it, and of the school, to judge a change.

    `places` leads from each place of the school to where what is said of it is filed: itself, or the place it was
    merged into. Deletions up to the revision `pruned_to` may be forgotten.
    """

    person: UUID
    deletes_any: bool
    places: Mapping[UUID, UUID]
    notes: bool
    now: datetime
    pruned_to: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """What is stored under an id, and which changes of it were ever accepted: (base, digest) → revision.

    The memory is empty once only the hour of the observation is kept: it could tell the minute.
    """

    stored: Stored
    accepted: Mapping[tuple[int, bytes], int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a change; `revision` is the one it had been stored under, when it was."""

    outcome: Outcome
    fault: Fault | None = None
    revision: int | None = None


def digest(said: Change) -> bytes:
    """What was said, in 128 bits: the same for a change delivered twice, whatever it began from."""
    if isinstance(said, Deletion):
        return blake2b(b"delete", digest_size=16).digest()
    facts = (said.place, said.setting, int(said.heard), said.observed_at.timestamp(), said.group_size, said.walkthrough)
    return digest_of(*facts, note=said.note)


def digest_of(*facts: object, note: str | None) -> bytes:
    """The digest of an observation that says this: place, setting, heard, second, group size, walkthrough, note."""
    # Never to be changed: what was accepted before is remembered by it.
    return blake2b(repr((*map(str, facts), note)).encode(), digest_size=16).digest()


def memory_key(said: Change) -> tuple[int, bytes]:
    """Under what an accepted change is remembered."""
    return said.base or 0, digest(said)


def decide(said: Change, around: Surroundings, *, filed_at: datetime | None, held: Held | None) -> Verdict:
    """What becomes of a change, given what is held under its id.

    `filed_at` is the time an observation said would be filed under; None when no calendar has it.
    Applied at most once for any change, however often it is delivered (SYNC-4); a deletion wins over an edit
    that did not know of it.
    """
    if held is not None and not _is_theirs(said, around, held.stored):
        return Verdict(Outcome.REJECTED, Fault.NOT_YOURS)
    known = _known(said, held)
    if known is not None:
        return Verdict(Outcome.UNCHANGED, revision=known)
    fault = _fault(said, around, filed_at) if isinstance(said, Put) else None
    if fault is not None:
        return Verdict(Outcome.REJECTED, fault)
    return _unheld(said, around) if held is None else _after(said, around, filed_at, held)


def _unheld(said: Change, around: Surroundings) -> Verdict:
    """Taken as said, whatever it began from: a server restored from a backup heals so.

    But not where it may have been deleted, so long ago that nobody remembers: gone is gone.
    """
    if isinstance(said, Put) and said.base is not None and said.base <= around.pruned_to:
        return Verdict(Outcome.CONFLICT)
    return Verdict(Outcome.APPLIED)


def _after(said: Change, around: Surroundings, filed_at: datetime | None, held: Held) -> Verdict:
    # A place that was merged took a revision, but nobody said anything anew.
    if said.base in {held.stored.revision, max(held.accepted.values(), default=held.stored.revision)}:
        return Verdict(Outcome.APPLIED)
    if not held.accepted and _alike(said, around, held.stored.content, filed_at):
        return Verdict(Outcome.UNCHANGED, revision=held.stored.revision)
    return Verdict(Outcome.CONFLICT)


def _is_theirs(said: Change, around: Surroundings, stored: Stored) -> bool:
    if stored.school != said.school:
        return False
    return stored.observer == around.person or (isinstance(said, Deletion) and around.deletes_any)


def _known(said: Change, held: Held | None) -> int | None:
    """The revision under which this very change was stored before."""
    if held is None:
        return None
    if isinstance(said, Deletion) and held.stored.content is None:
        # Gone is gone, whoever deleted it first and whatever they had seen.
        return held.stored.revision
    return held.accepted.get(memory_key(said))


def _fault(said: Put, around: Surroundings, filed_at: datetime | None) -> Fault | None:
    if said.place not in around.places:
        return Fault.PLACE
    if filed_at is None or filed_at < EARLIEST:
        return Fault.NO_SUCH_TIME
    if filed_at > around.now + MAX_AHEAD:
        return Fault.AHEAD
    if said.note and not around.notes:
        return Fault.NOTES_OFF
    if said.note and len(said.note) > LONGEST_NOTE:
        return Fault.NOTE_TOO_LONG
    return None


def _alike(said: Change, around: Surroundings, content: Content | None, filed_at: datetime | None) -> bool:
    """Whether this is what is held, as far as it is still known: to the hour, and without its note."""
    if isinstance(said, Deletion) or content is None or filed_at is None:
        return False
    place = around.places.get(said.place)
    facts = (place, said.setting, said.heard, said.group_size, said.walkthrough)
    same = facts == (content.place, content.setting, content.heard, content.group_size, content.walkthrough)
    return same and 0 <= (filed_at - content.observed_at).total_seconds() < 60 * 60
