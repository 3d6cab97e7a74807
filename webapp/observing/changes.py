"""What a phone or a page says about an observation, what is stored of it, and what became of the change. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from webapp.culture.vocabulary import GroupSize, Setting, Trait

LARGEST_REVISION: Final = 2**31 - 1
"""What the database can count to."""


class Outcome(StrEnum):
    """What became of a change; the words of the wire."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """An observation said in full: a new one (`base` is None), or one mended since its revision `base`.

    `observed_at` is when, by the clock of whoever says it; `said_at` the same as it was written.
    """

    id: UUID
    school: UUID
    base: int | None
    place: UUID
    setting: Setting
    heard: Trait
    observed_at: datetime
    said_at: str
    group_size: GroupSize | None = None
    note: str | None = None
    walkthrough: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """An observation is to go; `base` is the revision that was seen when this was decided."""

    id: UUID
    school: UUID
    base: int | None


Change = Put | Deletion


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is held of an observation. `observed_at` is the time it is filed under.

    `said_at` is the time as it was written, or empty once only the hour is kept (PRIVACY-0); `skew` how far the clock
    that it was written by was ahead of ours.
    """

    place: UUID
    setting: Setting
    heard: Trait
    observed_at: datetime
    said_at: str
    skew: timedelta
    group_size: GroupSize | None
    note: str | None
    walkthrough: UUID | None

    def says(self, observed_at: datetime, said_at: str) -> bool:
        """Whether this is the time that is held, as it was written or, once only the hour is known, as it is told."""
        if self.said_at == said_at:
            return True
        return observed_at == (datetime.fromisoformat(self.said_at.upper()) if self.said_at else self.observed_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The state of an observation at its latest revision; `content` is None once it was deleted.

    `observer` is None when whoever listened has left.
    """

    id: UUID
    school: UUID
    observer: UUID | None
    revision: int
    content: Content | None

    def told_to(self, person: UUID) -> "Stored":
        """What this person may know of it: its note, its walk and how its time was written are its observer's."""
        if self.content is None or self.observer == person:
            return self
        return replace(self, content=replace(self.content, note=None, walkthrough=None, said_at=""))


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """Which field is wrong, and what to do about it, in words for the person."""

    field: str | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of one change. `current` is what is held instead, when there was a conflict."""

    id: UUID
    status: Outcome
    revision: int | None = None
    problem: FieldProblem | None = None
    current: Stored | None = None
