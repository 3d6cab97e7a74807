"""The promises in their simplest form: what the server has to answer, and what it has to hold, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from webapp.observing.changes import Change, Deletion, Outcome, Put

Said = tuple[object, ...]
NEVER = datetime.min.replace(tzinfo=UTC)
HOUR = timedelta(hours=1)
TOLERATED = timedelta(minutes=2)
NOTES_FOR = timedelta(days=20)
EXACT_FOR = timedelta(days=30)
DELETIONS_FOR = timedelta(days=400)


def said_of(change: Change) -> Said:
    """What was said, whatever it began from."""
    if isinstance(change, Deletion):
        return ("delete",)
    return (
        change.place, change.setting, change.heard, change.observed_at, change.group_size, change.walkthrough,
        change.note,
    )  # fmt: skip


@dataclass
class Entry:
    """What is held under an id; `put` is None once it was deleted. `exact` is false once only the hour is known."""

    observer: UUID
    revision: int
    put: Put | None
    at: datetime
    exact: bool = True
    accepted: dict[tuple[int, Said], int] = field(default_factory=dict)

    def knows(self, base: int | None) -> bool:
        """Whether whoever began there knew all that was said. A place that was merged said nothing."""
        return base in {self.revision, max(self.accepted.values(), default=self.revision)}

    def facts(self) -> tuple[object, ...]:
        if self.put is None:
            return (self.observer, self.revision, None)
        put = self.put
        return (
            self.observer, self.revision, put.place, put.setting, put.heard, self.at, put.said_at if self.exact else "",
            put.note,
        )  # fmt: skip


@dataclass
class Books:
    entries: dict[UUID, Entry] = field(default_factory=dict)
    revision: int = 0
    pruned_to: int = 0
    merged: dict[UUID, UUID] = field(default_factory=dict)
    recording: Mapping[UUID, bool] = field(default_factory=dict)
    """Who may record here, and whether they delete what is not theirs."""

    def take(self, person: UUID, said: Change, skew: timedelta, now: datetime) -> tuple[Outcome, int | None]:
        """What must be answered; what is applied is entered."""
        if person not in self.recording:
            return Outcome.REJECTED, None
        entry = self.entries.get(said.id) or self._forgotten(person, said)
        known = self._known(person, said, entry)
        if known is not None:
            return known
        at = _filed(said, entry, skew, now) if isinstance(said, Put) else now
        if at > now + timedelta(days=1):
            return Outcome.REJECTED, None
        if entry is not None and not entry.knows(said.base):
            alike = isinstance(said, Put) and not entry.accepted and self._alike(said, entry, at)
            return (Outcome.UNCHANGED, entry.revision) if alike else (Outcome.CONFLICT, None)
        return Outcome.APPLIED, self._enter(person, said, entry, at)

    def daily(self, now: datetime) -> None:
        """What is forgotten in time; it takes no revision."""
        for entry in self.entries.values():
            if entry.put is None:
                if entry.at < now - EXACT_FOR:
                    entry.accepted = {}
                continue
            if entry.put.note and entry.at < now - NOTES_FOR:
                entry.put, entry.accepted = replace(entry.put, note=None), {}
            if entry.exact and entry.at < now - EXACT_FOR:
                entry.exact, entry.accepted = False, {}
                entry.at = entry.at.replace(minute=0, second=0, microsecond=0)
        for id_, entry in list(self.entries.items()):
            if entry.put is None and entry.at < now - DELETIONS_FOR and entry.revision < self.revision:
                del self.entries[id_]
                self.pruned_to = max(self.pruned_to, entry.revision)

    def merge(self, place: UUID, into: UUID, moved: Mapping[UUID, int]) -> None:
        """`moved`: which observations got which revision. Each at the place got one of its own, without a gap."""
        self.merged = {**{old: into if to == place else to for old, to in self.merged.items()}, place: into}
        here = {id_ for id_, entry in self.entries.items() if entry.put is not None and entry.put.place == place}
        assert moved.keys() == here
        assert sorted(moved.values()) == list(range(self.revision + 1, self.revision + 1 + len(here)))
        for id_, revision in moved.items():
            entry = self.entries[id_]
            assert entry.put is not None
            entry.put, entry.revision = replace(entry.put, place=into), revision
        self.revision += len(here)

    def of(self, person: UUID) -> dict[UUID, Put]:
        """All that this person's phone has to show."""
        return {
            id_: replace(entry.put, base=entry.revision)
            for id_, entry in self.entries.items()
            if entry.put is not None and entry.observer == person
        }

    def _forgotten(self, person: UUID, said: Change) -> Entry | None:
        """Whoever mends what was deleted so long ago that it is forgotten is told that it is deleted."""
        if isinstance(said, Deletion) or said.base is None or said.base > self.pruned_to:
            return None
        return Entry(person, self.revision, None, NEVER)

    def _known(self, person: UUID, said: Change, entry: Entry | None) -> tuple[Outcome, int | None] | None:
        if entry is None:
            return None
        if entry.observer != person and not (isinstance(said, Deletion) and self.recording[person]):
            return Outcome.REJECTED, None
        if entry.put is None and isinstance(said, Deletion):
            return Outcome.UNCHANGED, entry.revision
        before = entry.accepted.get((said.base or 0, said_of(said)))
        return None if before is None else (Outcome.UNCHANGED, before)

    def _alike(self, said: Put, entry: Entry, at: datetime) -> bool:
        put = entry.put
        if put is None:
            return False
        same = (self.where(said.place), *said_of(said)[1:3]) == (put.place, *said_of(put)[1:3])
        return same and timedelta(0) <= at - entry.at < HOUR

    def _enter(self, person: UUID, said: Change, entry: Entry | None, at: datetime) -> int:
        self.revision += 1
        observer, accepted = (entry.observer, entry.accepted) if entry else (person, {})
        put = replace(said, place=self.where(said.place)) if isinstance(said, Put) else None
        memory = {**accepted, (said.base or 0, said_of(said)): self.revision}
        self.entries[said.id] = Entry(observer, self.revision, put, at, accepted=memory)
        return self.revision

    def where(self, place: UUID) -> UUID:
        return self.merged.get(place, place)


def _filed(said: Put, entry: Entry | None, skew: timedelta, now: datetime) -> datetime:
    """As said, or put right where the clock is off; a time that is held already stays as it is."""
    if entry is not None and entry.put is not None:
        held = entry.put.observed_at if entry.exact else entry.at
        if said.observed_at == held:
            return entry.at
    return said.observed_at - skew if abs(skew) > TOLERATED else said.observed_at
