"""What becomes of a change, decided without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.promises import promise
from webapp.culture.vocabulary import Setting, Trait
from webapp.observing.changes import Change, Content, Deletion, Outcome, Put, Stored
from webapp.observing.verdicts import Fault, Held, Surroundings, Verdict, decide, digest, memory_key

NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
ME, SOMEBODY, ID, HERE, THERE, LOUNGE = (UUID(int=number) for number in range(1, 7))
AROUND = Surroundings(person=ME, deletes_any=False, places={LOUNGE: LOUNGE}, notes=True, now=NOW)
FIRST = Put(
    id=ID, school=HERE, base=None, place=LOUNGE, setting=Setting.BREAK, heard=Trait.EVIDENCE, observed_at=NOW,
    said_at=NOW.isoformat(),
)  # fmt: skip
MENDED = replace(FIRST, base=1, heard=Trait.ACTION)
GONE = Deletion(id=ID, school=HERE, base=1)


def held(*accepted: Change, observer: UUID | None = ME) -> Held:
    """After these were accepted, one after the other."""
    memory = {memory_key(said): number for number, said in enumerate(accepted, start=1)}
    last = accepted[-1]
    content = None
    if isinstance(last, Put):
        content = Content(
            place=last.place, setting=last.setting, heard=last.heard, observed_at=last.observed_at,
            said_at=last.said_at, skew=timedelta(0), group_size=None, note=last.note, walkthrough=None,
        )  # fmt: skip
    return Held(Stored(id=ID, school=HERE, observer=observer, revision=len(accepted), content=content), memory)


def verdict(said: Change, before: Held | None, around: Surroundings = AROUND) -> Verdict:
    return decide(said, around, filed_at=said.observed_at if isinstance(said, Put) else None, held=before)


def test_what_is_new_is_applied() -> None:
    assert verdict(FIRST, None) == Verdict(Outcome.APPLIED)


@promise("SYNC-4")
def test_what_was_accepted_before_is_unchanged_whatever_came_after() -> None:
    assert verdict(FIRST, held(FIRST)) == Verdict(Outcome.UNCHANGED, revision=1)
    assert verdict(FIRST, held(FIRST, MENDED)) == Verdict(Outcome.UNCHANGED, revision=1)
    assert verdict(MENDED, held(FIRST, MENDED, replace(FIRST, base=2))) == Verdict(Outcome.UNCHANGED, revision=2)
    assert verdict(FIRST, held(FIRST, GONE)) == Verdict(Outcome.UNCHANGED, revision=1)


@promise("SYNC-4")
def test_changing_back_is_a_new_change() -> None:
    assert verdict(replace(FIRST, base=2), held(FIRST, MENDED)) == Verdict(Outcome.APPLIED)


def test_what_began_from_another_state_is_a_conflict() -> None:
    assert verdict(replace(MENDED, heard=Trait.INQUIRY), held(FIRST, MENDED)) == Verdict(Outcome.CONFLICT)
    assert verdict(replace(FIRST, heard=Trait.INQUIRY), held(FIRST)) == Verdict(Outcome.CONFLICT)
    assert verdict(GONE, held(FIRST, MENDED)) == Verdict(Outcome.CONFLICT)


def test_a_deletion_wins_over_an_edit_that_did_not_know_of_it() -> None:
    assert verdict(MENDED, held(FIRST, GONE)) == Verdict(Outcome.CONFLICT)
    assert verdict(replace(MENDED, base=2), held(FIRST, GONE)) == Verdict(Outcome.APPLIED)


def test_gone_is_gone_whoever_deleted_it_first() -> None:
    assert verdict(replace(GONE, base=None), held(FIRST, GONE)) == Verdict(Outcome.UNCHANGED, revision=2)


@pytest.mark.parametrize("observer", [SOMEBODY, None])
def test_only_its_observer_changes_it(observer: UUID | None) -> None:
    not_yours = Verdict(Outcome.REJECTED, Fault.NOT_YOURS)
    assert verdict(FIRST, held(FIRST, observer=observer)) == not_yours
    assert verdict(GONE, held(FIRST, observer=observer)) == not_yours
    admin = replace(AROUND, deletes_any=True)
    assert verdict(GONE, held(FIRST, observer=observer), admin) == Verdict(Outcome.APPLIED)
    assert verdict(MENDED, held(FIRST, observer=observer), admin) == not_yours


def test_an_id_of_another_school_is_not_theirs_even_to_an_administrator() -> None:
    elsewhere, admin = replace(GONE, school=THERE), replace(AROUND, deletes_any=True)
    assert verdict(elsewhere, held(FIRST), admin) == Verdict(Outcome.REJECTED, Fault.NOT_YOURS)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (replace(FIRST, place=THERE), Fault.PLACE),
        (replace(FIRST, observed_at=NOW + timedelta(days=1, seconds=1)), Fault.AHEAD),
        (replace(FIRST, observed_at=datetime(1969, 12, 31, tzinfo=UTC)), Fault.NO_SUCH_TIME),
        (replace(FIRST, note="x" * 281), Fault.NOTE_TOO_LONG),
    ],
)
def test_what_cannot_be_is_rejected(said: Put, fault: Fault) -> None:
    assert verdict(said, None) == Verdict(Outcome.REJECTED, fault)


def test_the_edges_are_accepted() -> None:
    for said in (
        replace(FIRST, observed_at=NOW + timedelta(days=1)),
        replace(FIRST, observed_at=datetime(1970, 1, 1, tzinfo=UTC)),
        replace(FIRST, note="x" * 280),
    ):
        assert verdict(said, None) == Verdict(Outcome.APPLIED)


def test_a_note_is_rejected_where_the_school_keeps_none_and_was_accepted_before() -> None:
    quiet, noted = replace(AROUND, notes=False), replace(FIRST, note="words")
    assert verdict(noted, None, quiet) == Verdict(Outcome.REJECTED, Fault.NOTES_OFF)
    assert verdict(noted, held(noted), quiet) == Verdict(Outcome.UNCHANGED, revision=1)


def test_without_memory_what_is_alike_to_the_hour_is_unchanged() -> None:
    hour = held(replace(FIRST, observed_at=NOW.replace(minute=0)))
    forgotten = Held(hour.stored, {})
    assert verdict(FIRST, forgotten) == Verdict(Outcome.UNCHANGED, revision=1)
    assert verdict(replace(FIRST, heard=Trait.ACTION), forgotten) == Verdict(Outcome.CONFLICT)
    assert verdict(replace(FIRST, observed_at=NOW + timedelta(hours=1)), forgotten) == Verdict(Outcome.CONFLICT)
    assert verdict(MENDED, forgotten) == Verdict(Outcome.APPLIED)


def test_a_digest_tells_every_field_apart() -> None:
    others = (
        GONE, replace(FIRST, place=THERE), MENDED, replace(FIRST, note="None"), replace(FIRST, note="a"),
        replace(FIRST, setting=Setting.OTHER), replace(FIRST, walkthrough=ID),
        replace(FIRST, observed_at=NOW + timedelta(microseconds=1)),
    )  # fmt: skip
    assert len({digest(said) for said in (FIRST, *others)}) == len(others) + 1
    assert digest(FIRST) == digest(replace(FIRST, base=5, said_at="as another wrote it"))
