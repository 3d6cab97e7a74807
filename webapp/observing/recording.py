"""Record changes of observations: one transaction a call, one revision a change, durable before it is answered.

schools locked → what is held under the ids → a verdict each, in order → rows written at once → revision → commit
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.culture.school_time import filed_at
from webapp.observing.changes import Change, Content, Deletion, FieldProblem, Outcome, Put, Recorded, Stored
from webapp.observing.held import under
from webapp.observing.rooms import Room, count_on, locked
from webapp.observing.verdicts import Fault, Held, Surroundings, decide, memory_key
from webapp.observing.writing import Writing
from webapp.people.models import Person
from webapp.web.plain_text import fault as fault_of_text
from webapp.web.plain_text import tidied

TRIES: Final = 3
LARGEST_SKEW: Final = timedelta(days=366 * 60)


def record(
    session: Session, person: Person, changes: Sequence[Change], *, skew: timedelta, now: datetime
) -> list[Recorded]:
    """What became of each change, in their order; commits what was applied before it returns.

    A wrong change is rejected with words for the person and harms no other. `skew` is how far the clock of
    whoever says it is ahead of `now`.
    """
    for _try in range(TRIES - 1):
        try:
            return _record(session, person, changes, skew, now)
        except IntegrityError:
            # Another school took the same id, or a place went, between our look and our write: look again.
            session.rollback()
    return _record(session, person, changes, skew, now)


def _record(
    session: Session, person: Person, changes: Sequence[Change], skew: timedelta, now: datetime
) -> list[Recorded]:
    rooms = locked(session, person, {change.school for change in changes}, now)
    held, received = under(session, {change.id for change in changes})
    writing = Writing(frozenset(held), now)
    results = []
    for said in map(_tidy, changes):
        room = rooms.get(said.school)
        if room is None:
            results.append(_rejected(said, _not_here()))
            continue
        before = held.get(said.id)
        result, became = _judge(said, room, before, skew)
        results.append(result)
        if became is None:
            continue
        held[said.id] = became
        room.weeks.move(before.stored.content if before else None, became.stored.content)
        is_first = before is None and isinstance(said, Put) and said.base is None
        writing.note_down(said, became.stored, is_first=is_first, received_at=received.setdefault(said.id, now))
    writing.write(session)
    count_on(session, rooms)
    session.commit()
    return results


def _tidy(said: Change) -> Change:
    if isinstance(said, Deletion) or said.note is None:
        return said
    return replace(said, note=tidied(said.note).strip() or None)


def _judge(said: Change, room: Room, held: Held | None, skew: timedelta) -> tuple[Recorded, Held | None]:
    """The result of a change, and what is held after it if it is applied."""
    filed, skew = _filed(said, held, room.around.now, skew)
    verdict = decide(said, room.around, filed_at=filed, held=held)
    if verdict.fault is not None:
        return _rejected(said, WORDS[verdict.fault]()), None
    if verdict.outcome is Outcome.CONFLICT:
        current = held.stored.told_to(room.around.person) if held else _gone(said, room)
        return Recorded(id=said.id, status=Outcome.CONFLICT, current=current), None
    if verdict.outcome is Outcome.UNCHANGED:
        return Recorded(id=said.id, status=Outcome.UNCHANGED, revision=verdict.revision), None
    wrong = fault_of_text(said.note, lines=True) if isinstance(said, Put) and said.note else None
    if wrong is not None:
        return _rejected(said, FieldProblem("note", wrong)), None
    room.revision += 1
    became = Stored(
        id=said.id,
        school=said.school,
        observer=held.stored.observer if held else room.around.person,
        revision=room.revision,
        content=_content(said, room.around, filed, skew) if isinstance(said, Put) and filed else None,
    )
    memory = {**(held.accepted if held else {}), memory_key(said): room.revision}
    return Recorded(id=said.id, status=Outcome.APPLIED, revision=room.revision), Held(became, memory)


def _filed(said: Change, held: Held | None, now: datetime, skew: timedelta) -> tuple[datetime | None, timedelta]:
    """The time to file it under, None when no calendar has it; and how far the clock that tells it was ahead."""
    if isinstance(said, Deletion):
        return None, skew
    kept = held.stored.content if held else None
    if kept is not None and kept.says(said.observed_at, said.said_at):
        # Other words at the same time: the clock that sends them today is not the one that told that time.
        return kept.observed_at, kept.skew
    try:
        return filed_at(said.observed_at, now + skew, now), skew
    except (ValueError, OverflowError):
        return None, skew


def _gone(said: Change, room: Room) -> Stored:
    """What may have been deleted so long ago that nobody knows when; an edit that begins from here brings it back."""
    return Stored(id=said.id, school=said.school, observer=None, revision=room.revision, content=None)


def kept_skew(skew: timedelta) -> timedelta:
    """As far as it can be stored."""
    return max(-LARGEST_SKEW, min(skew, LARGEST_SKEW))


def _content(said: Put, around: Surroundings, filed: datetime, skew: timedelta) -> Content:
    return Content(
        place=around.places[said.place],
        setting=said.setting,
        heard=said.heard,
        observed_at=filed,
        said_at=said.said_at,
        skew=kept_skew(skew),
        group_size=said.group_size,
        note=said.note,
        walkthrough=said.walkthrough,
    )


def _rejected(said: Change, problem: FieldProblem) -> Recorded:
    return Recorded(id=said.id, status=Outcome.REJECTED, problem=problem)


def _not_here() -> FieldProblem:
    return FieldProblem(
        "school", _("You cannot record in this school now. Ask its administrator, then send this again.")
    )


WORDS: Final[dict[Fault, Callable[[], FieldProblem]]] = {
    Fault.NOT_YOURS: lambda: FieldProblem(
        "id", _("Only whoever listened can change this. Discard this change, or record what you heard anew.")
    ),
    Fault.PLACE: lambda: FieldProblem("place", _("This place is not in your school. Choose another.")),
    Fault.AHEAD: lambda: FieldProblem(
        "observed_at", _("This is more than a day ahead. Check the time, and your phone’s clock.")
    ),
    Fault.NO_SUCH_TIME: lambda: FieldProblem("observed_at", _("This date cannot be right. Check date and time.")),
    Fault.NOTES_OFF: lambda: FieldProblem(
        "note", _("Your school keeps no notes. Keep your words elsewhere, empty the note, then send again.")
    ),
    Fault.NOTE_TOO_LONG: lambda: FieldProblem("note", _("This note is too long. Use at most 280 characters.")),
}
