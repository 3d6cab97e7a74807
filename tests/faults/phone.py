"""A phone as the server sees one: an outbox, what it knows of its person's observations, how far it has read."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from webapp.culture.vocabulary import Trait
from webapp.observing.changes import Change, Deletion, Outcome, Put, Recorded, Stored
from webapp.observing.feed import Page

Known = tuple[int, Trait | None]


@dataclass
class Phone:
    """`known` is what it would show: id → (revision, what was heard; None once deleted)."""

    outbox: dict[UUID, Change] = field(default_factory=dict)
    known: dict[UUID, Known] = field(default_factory=dict)
    cursor: int = 0

    def save(self, put: Put) -> None:
        self.outbox[put.id] = put

    def mendable(self) -> list[UUID]:
        """What it can mend or delete: known, there, and with no change still on its way."""
        there = [id_ for id_, (_revision, heard) in self.known.items() if heard is not None]
        return [id_ for id_ in there if id_ not in self.outbox]

    def mend(self, like: Put, heard: Trait) -> None:
        self.outbox[like.id] = replace(like, base=self.known[like.id][0], heard=heard)

    def delete(self, like: Put) -> None:
        self.outbox[like.id] = Deletion(id=like.id, school=like.school, base=self.known[like.id][0])

    def settle(self, said: Change, became: Recorded) -> None:
        """Takes an answer, however late: only the very change that it is about leaves the outbox."""
        if self.outbox.get(said.id) is not said:
            return
        assert became.status is not Outcome.REJECTED, became.problem
        del self.outbox[said.id]
        if became.status is Outcome.CONFLICT:
            # This person lets the server's state stand.
            assert became.current is not None
            self._learn(became.current)
        elif became.revision is not None and became.revision > self.cursor:
            self.known[said.id] = (became.revision, said.heard if isinstance(said, Put) else None)

    def keep(self, page: Page) -> None:
        for state in page.changes:
            self._learn(state)
        self.cursor = int(page.cursor)

    def _learn(self, state: Stored) -> None:
        self.known[state.id] = (state.revision, state.content.heard if state.content else None)
