"""What goes between two phones and the server while things happen to them: calls, answers, and what each does to the
books."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine

from tests.faults.books import Books, Said, said_of
from tests.faults.link import Link
from tests.faults.phone import Phone, Row
from tests.faults.server import Cookie, Refusal, Server
from webapp.observing.changes import Change, Deletion, Outcome, Put, Recorded
from webapp.observing.feed import Page
from webapp.people.models import Person

NO_SKEW = timedelta(0)
Ledger = tuple[int, UUID, UUID]


@dataclass
class Letter:
    """A call on its way up. One that carries no rows reads."""

    device: "Device"
    call: int | None
    cookie: Cookie
    account: UUID
    rows: list[Row]
    skew: timedelta
    sent: int
    limit: int = 0


@dataclass
class Answer:
    """And on its way down."""

    to: Letter
    results: list[Recorded] | Page | Refusal


@dataclass
class Device:
    """A phone, and what is around it: the cookie of its browser, how far its clock is ahead."""

    number: int
    phone: Phone
    cookie: Cookie
    skew: timedelta = NO_SKEW


@dataclass
class Word:
    """The last that a person said of an observation on a device, `at` a step, and whether it is stored."""

    said: Said
    at: int
    stored: bool = False


class Traffic(RuleBasedStateMachine):
    """How what the rules of a machine ask for is done; the machine sets up what is declared here."""

    server: ClassVar[Server]
    seen: ClassVar[set[str]]
    books: Books
    up: Link[Letter]
    down: Link[Answer]
    words: dict[Ledger, Word]
    taken_back: set[UUID]
    step: int
    touched: bool

    def say(self, device: Device, said: Change) -> None:
        account = device.phone.disk.account
        if account is not None:
            device.phone.save(said)
            self.note_down(device, account, said)

    def note_down(self, device: Device, account: UUID, said: Change) -> None:
        if isinstance(said, Deletion) and not device.phone.of(account, said.id):
            # It never left the phone, and never will.
            self.taken_back.add(said.id)
            self.words.pop((device.number, account, said.id), None)
        else:
            self.words[device.number, account, said.id] = Word(said_of(said), self.step)

    def one_of(self, device: Device, which: int) -> list[Put]:
        """One of the own list, as its person sees it; none, if there is none."""
        account = device.phone.disk.account
        shown = device.phone.shown(account) if account else {}
        return [shown[id_] for id_ in sorted(shown, reverse=True)[which % len(shown) :][:1]] if shown else []

    def needing(self, device: Device) -> list[Row]:
        account = device.phone.disk.account
        return [row for row in device.phone.rows(account) if row.needs_you] if account else []

    def by_hand(self, person: Person, said: Change) -> None:
        """On a page, with a good network."""
        expected = self.books.take(person.id, said, NO_SKEW, self.server.now)
        [became] = self.server.record(person, [said], NO_SKEW)
        self.touched = True
        assert (became.status, became.revision) == expected, (said, became)

    def put_on_the_way(self, device: Device, most: int) -> None:
        rows = device.phone.take(most)
        if rows:
            self.up.send(self.letter(device, rows))

    def ask(self, device: Device, limit: int) -> None:
        if device.phone.begin_reading():
            self.up.send(self.letter(device, [], limit))

    def letter(self, device: Device, rows: list[Row], limit: int = 0) -> Letter:
        account = device.phone.disk.account or device.cookie.person.id
        return Letter(device, device.phone.call, device.cookie, account, rows, device.skew, self.step, limit)

    def deliver_all(self) -> None:
        self.up.pass_on_all()
        self.down.pass_on_all()

    def arrive(self, letter: Letter) -> None:
        """The server does as asked; each answer must be the expected one."""
        if letter.limit:
            self.arrive_to_read(letter)
            return
        changes = [row.change for row in letter.rows]
        results = self.server.sync(letter.cookie, letter.account, changes, letter.skew)
        if not isinstance(results, Refusal):
            self.touched = True
            for row, became in zip(letter.rows, results, strict=True):
                assert row.owner == letter.cookie.person.id, "sent under another account"
                expected = self.books.take(row.owner, row.change, letter.skew, self.server.now)
                assert (became.status, became.revision) == expected, (row.change, became)
                self.seen.add(became.status)
                self.is_stored(letter, row, became)
        else:
            self.seen.add(results)
        self.down.send(Answer(letter, results))

    def die_over(self, letter: Letter) -> None:
        """Before its commit, so that nothing of it is stored; somebody on the way says 502."""
        if letter.cookie.valid and letter.cookie.person.id == letter.account:
            changes = [row.change for row in letter.rows]
            self.server.killed_before_commit(letter.cookie.person, changes, letter.skew)
            self.touched = True
        self.answered(Answer(letter, Refusal.BROKEN))

    def arrive_to_read(self, letter: Letter) -> None:
        if not letter.cookie.valid:
            self.down.send(Answer(letter, Refusal.SIGNED_OUT))
            return
        person = letter.cookie.person
        cursor = letter.device.phone.disk.cursors.get(person.id)
        page = self.server.changes(person, cursor, letter.limit)
        if isinstance(page, Refusal):
            self.seen.add(page)
        self.down.send(Answer(letter, page))

    def is_stored(self, letter: Letter, row: Row, became: Recorded) -> None:
        word = self.words.get((letter.device.number, row.owner, row.change.id))
        fine = became.status in {Outcome.APPLIED, Outcome.UNCHANGED}
        if word is not None and fine and letter.sent >= word.at and word.said == said_of(row.change):
            word.stored = True

    def answered(self, answer: Answer) -> None:
        letter, results = answer.to, answer.results
        phone = letter.device.phone
        if phone.call != letter.call:
            # It has given up on this one.
            return
        phone.give_up()
        if results is Refusal.SIGNED_OUT or results is Refusal.WRONG_ACCOUNT:
            phone.disk.signed_in = False
        elif letter.limit and results is not Refusal.BROKEN:
            phone.meet(letter.cookie.person.id)
            if isinstance(results, Page):
                phone.keep(letter.cookie.person.id, results)
            else:
                phone.start_anew(letter.cookie.person.id)
        elif isinstance(results, list):
            phone.settle(letter.rows, results)
        else:
            phone.failed(letter.rows)

    def come_back(self, device: Device, person: Person) -> None:
        device.skew = NO_SKEW
        device.cookie = Cookie(person)
        device.phone.give_up()
        device.phone.meet(person.id)

    def settle_all(self, device: Device, person: Person) -> None:
        """Everything of this person goes; where there was a conflict, the phone's words are kept."""
        self.come_back(device, person)
        for _round in range(8):
            if not device.phone.rows(person.id):
                break
            self.put_on_the_way(device, 500)
            self.deliver_all()
            for row in self.needing(device):
                device.phone.keep_mine(row)

    def read_all(self, device: Device) -> None:
        for _page in range(200):
            before = device.phone.disk.cursors.get(device.cookie.person.id)
            self.ask(device, self.up.chance.choice([2, 50]))
            self.deliver_all()
            if before is not None and device.phone.disk.cursors.get(device.cookie.person.id) == before:
                return
        raise AssertionError("there is always another page")
