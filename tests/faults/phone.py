"""A phone in few lines: what static/src/{outbox,sync,pull,kept}.ts do, as far as it can be seen from outside.

`disk` is what is there after a restart; all else is gone. An observation it knows is a Put whose `base` is the revision
that it is at.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from uuid import UUID

from webapp.extensions import new_id
from webapp.observing.changes import Change, Deletion, Outcome, Put, Recorded, Stored
from webapp.observing.feed import Page

CALLS = count(1)


@dataclass
class Row:
    """A change still to be sent. `seen` is what the server held instead, when there was a conflict."""

    seq: int
    owner: UUID
    change: Change
    tried: int = 0
    follows: bool = False
    needs_you: bool = False
    seen: Stored | None = None

    @property
    def base_after(self) -> int | None:
        return self.seen.revision if self.seen else self.change.base


@dataclass
class Disk:
    rows: dict[int, Row] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    known: dict[UUID, dict[UUID, Put]] = field(default_factory=dict)
    cursors: dict[UUID, str] = field(default_factory=dict)
    account: UUID | None = None
    signed_in: bool = False


@dataclass
class Phone:
    """`call` is the number of the one call that it waits for: sending and reading take turns."""

    disk: Disk = field(default_factory=Disk)
    call: int | None = None
    done: tuple[UUID, Change, Put | None] | None = None

    # --- What the person does ---

    def save(self, change: Change) -> None:
        account = self.disk.account
        assert account is not None
        self.done = (account, change, self.shown(account).get(change.id))
        self.add(account, change)

    def undo(self) -> tuple[UUID, Change] | None:
        """Takes back what was done last; whose it was, and what is said instead, if anything was done."""
        if self.done is None:
            return None
        account, change, before = self.done
        said = self.opposite(account, change, before)
        self.done = None
        self.add(account, said)
        return account, said

    def opposite(self, account: UUID, change: Change, before: Put | None) -> Change:
        known = self.shown(account).get(change.id)
        if before is None:
            return Deletion(id=change.id, school=change.school, base=known.base if known else None)
        if isinstance(change, Put):
            return replace(before, base=known.base if known else before.base)
        here = any(row.change.id == change.id and row.tried == 0 for row in self.rows(account))
        return before if here else replace(before, id=new_id(), base=None)

    def keep_mine(self, row: Row) -> None:
        row.change = replace(row.change, base=row.base_after)
        row.tried, row.needs_you, row.seen = max(row.tried, 1), False, None

    def discard(self, row: Row) -> None:
        del self.disk.rows[row.seq]

    def shown(self, account: UUID) -> dict[UUID, Put]:
        """The person's own list: what the server holds, and over it what is unsent."""
        shown = dict(self.disk.known.get(account, {}))
        for row in self.rows(account):
            said = row.change
            if isinstance(said, Put):
                under = shown.get(said.id)
                shown[said.id] = replace(said, base=under.base if under else said.base)
            elif not row.needs_you:
                shown.pop(said.id, None)
        return shown

    # --- The outbox ---

    def rows(self, owner: UUID) -> list[Row]:
        return [row for row in self.disk.rows.values() if row.owner == owner]

    def of(self, owner: UUID, id_: UUID) -> list[Row]:
        return [row for row in self.rows(owner) if row.change.id == id_]

    def add(self, owner: UUID, change: Change) -> None:
        last = self.of(owner, change.id)[-1:]
        if not last or (last[0].tried and not last[0].needs_you):
            self._keep(Row(next(self.disk.numbers), owner, change, follows=bool(last)))
            return
        [row] = last
        if isinstance(change, Deletion) and not row.tried and row.change.base is None and not row.follows:
            # It never left this phone.
            del self.disk.rows[row.seq]
            return
        row.change = replace(change, base=row.base_after)
        row.needs_you, row.seen = False, None

    def _keep(self, row: Row) -> None:
        self.disk.rows[row.seq] = row

    # --- Sending ---

    def sendable(self, owner: UUID, most: int) -> list[Row]:
        ready = [row for row in self.rows(owner) if not row.follows and not row.needs_you]
        return ready[:most]

    def take(self, most: int) -> list[Row]:
        """Begins a call; what it carries. Nothing, if there is nothing to send or another call is not answered."""
        disk = self.disk
        if self.call is not None or disk.account is None or not disk.signed_in:
            return []
        rows = self.sendable(disk.account, most)
        for row in rows:
            row.tried += 1
        if rows:
            self.call = next(CALLS)
        return [replace(row) for row in rows]

    def begin_reading(self) -> bool:
        if self.call is not None:
            return False
        self.call = next(CALLS)
        return True

    def give_up(self) -> None:
        """What it waited for comes too late, if it comes."""
        self.call = None

    def failed(self, sent: Sequence[Row]) -> None:
        """An answer that says nothing of them: all stay."""

    def settle(self, sent: Sequence[Row], results: Iterable[Recorded]) -> None:
        by_id = {row.change.id: row for row in sent}
        for became in results:
            row = by_id.get(became.id)
            if row is None:
                continue
            if became.status in {Outcome.APPLIED, Outcome.UNCHANGED}:
                self.leave(row, became)
            else:
                self.need_person(row, became)

    def leave(self, row: Row, became: Recorded) -> None:
        known = self.disk.known.setdefault(row.owner, {})
        revision = became.revision or 0
        del self.disk.rows[row.seq]
        if isinstance(row.change, Deletion):
            known.pop(row.change.id, None)
        elif row.change.id not in known or (known[row.change.id].base or 0) < revision:
            known[row.change.id] = replace(row.change, base=revision)
        for after in self.of(row.owner, row.change.id):
            after.change, after.follows = replace(after.change, base=revision), False
        if became.status is Outcome.UNCHANGED:
            self.start_anew(row.owner)

    def need_person(self, row: Row, became: Recorded) -> None:
        here = self.disk.rows[row.seq]
        for after in self.of(row.owner, row.change.id):
            if after.seq != row.seq:
                # The person's last word.
                here.change = replace(after.change, base=row.change.base)
                del self.disk.rows[after.seq]
        here.needs_you, here.seen = True, became.current

    # --- Reading, and who it is ---

    def meet(self, account: UUID) -> None:
        """Learns who is signed in."""
        if self.disk.account not in {None, account}:
            self.forget(self.disk.account)
        self.disk.account, self.disk.signed_in = account, True

    def keep(self, account: UUID, page: Page) -> None:
        known = self.disk.known.setdefault(account, {})
        for state in page.changes:
            if state.content is None:
                known.pop(state.id, None)
            else:
                known[state.id] = as_put(state)
        self.disk.cursors[account] = page.cursor

    def start_anew(self, account: UUID) -> None:
        self.disk.known.pop(account, None)
        self.disk.cursors.pop(account, None)

    def sign_out(self) -> None:
        self.give_up()
        self.done = None
        self.forget(self.disk.account)
        self.disk.account, self.disk.signed_in = None, False

    def forget(self, account: UUID | None) -> None:
        """All that was read for this person. What is unsent stays."""
        if account is not None:
            self.start_anew(account)

    def restart(self) -> None:
        """What is not on disk is gone."""
        self.call = None
        self.done = None


def as_put(state: Stored) -> Put:
    content = state.content
    assert content is not None
    return Put(
        id=state.id, school=state.school, base=state.revision, place=content.place, setting=content.setting,
        heard=content.heard, observed_at=content.observed_at if not content.said_at else _instant(content.said_at),
        said_at=content.said_at or content.observed_at.isoformat(), group_size=content.group_size, note=content.note,
        walkthrough=content.walkthrough,
    )  # fmt: skip


def facts(known: Mapping[UUID, Put]) -> dict[UUID, tuple[object, ...]]:
    """What all devices must agree on."""
    return {id_: (put.base, put.place, put.setting, put.heard, put.group_size) for id_, put in known.items()}


def _instant(said: str) -> datetime:
    return datetime.fromisoformat(said)
