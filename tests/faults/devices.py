"""What may happen to two phones of a school: to their people, their storage, the network, and the server.

After every step the server's books are compared with the simple ones, and every word that a person saved must be either
stored or in the outbox of the phone on which it was saved (SYNC-2 to SYNC-6, SYNC-8); at the end all show the same
(SYNC-7).
"""

import random
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.faults.books import Books, Said, said_of
from tests.faults.link import Link
from tests.faults.phone import Phone, Row, facts
from tests.faults.server import Cookie, Refusal, Server
from webapp.culture.vocabulary import Role, Setting, Trait
from webapp.extensions import new_id
from webapp.observing.changes import Change, Deletion, Outcome, Put, Recorded
from webapp.observing.feed import Page
from webapp.people.models import Person

PHONES = st.sampled_from([0, 1])
WHICH = st.integers(0, 2)
HEARD = st.integers(0, 7).map(Trait)
NO_SKEW = timedelta(0)
SKEWS = (NO_SKEW, timedelta(hours=1), timedelta(days=-1))
LOST_CURSOR = "2000000000"
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


class TwoPhones(RuleBasedStateMachine):
    """Both are the coach's; a colleague who observes may sign in on either."""

    server: ClassVar[Server]
    phone_kind: ClassVar[type[Phone]] = Phone
    seen: ClassVar[set[str]]
    steps: ClassVar[int] = 0

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.server.begin()
        cast = self.server.cast
        self.coach, self.colleague, self.principal = cast.coach, cast.teacher, cast.principal
        self.books = Books(recording={self.coach.id: False, self.colleague.id: False, self.principal.id: True})
        self.devices = tuple(Device(number, self.phone_kind(), Cookie(self.coach)) for number in (0, 1))
        for device in self.devices:
            device.phone.meet(self.coach.id)
        chance = random.Random(seed)
        self.up: Link[Letter] = Link(self.arrive, chance)
        self.down: Link[Answer] = Link(self.answered, chance)
        self.words: dict[Ledger, Word] = {}
        self.taken_back: set[UUID] = set()
        self.step = 0
        self.touched = False
        # Something that both phones know, so that they can get into each other's way at once.
        for heard in (Trait(1), Trait(5)):
            self.save(0, heard, note=True)
        for phone in (0, 1):
            self.talk(phone)

    # --- What people do ---

    @rule(phone=PHONES, heard=HEARD, note=st.booleans())
    def save(self, phone: int, heard: Trait, note: bool) -> None:
        device = self.devices[phone]
        at = self.server.now + device.skew
        put = Put(
            id=new_id(), school=self.server.school, base=None, place=self.server.places[int(heard) % 3],
            setting=Setting.BREAK, heard=heard, observed_at=at, said_at=at.isoformat(), note="heard" if note else None,
        )  # fmt: skip
        self.say(device, put)

    @rule(phone=PHONES, which=WHICH, heard=HEARD)
    def mend(self, phone: int, which: int, heard: Trait) -> None:
        for put in self.one_of(self.devices[phone], which):
            self.say(self.devices[phone], replace(put, heard=heard))

    @rule(phone=PHONES, which=WHICH)
    def delete(self, phone: int, which: int) -> None:
        for put in self.one_of(self.devices[phone], which):
            self.say(self.devices[phone], Deletion(id=put.id, school=put.school, base=put.base))

    @rule(phone=PHONES)
    def undo(self, phone: int) -> None:
        device = self.devices[phone]
        done = device.phone.undo()
        if done is not None:
            self.note_down(device, *done)

    @rule(phone=PHONES, mine=st.booleans())
    def choose(self, phone: int, mine: bool) -> None:
        """The first of what needs its person: kept, or discarded."""
        device = self.devices[phone]
        for row in self.needing(device)[:1]:
            if mine:
                device.phone.keep_mine(row)
            else:
                self.words.pop((device.number, row.owner, row.change.id), None)
                device.phone.discard(row)

    @rule(which=WHICH, stale=st.booleans())
    def administrator_deletes(self, which: int, stale: bool) -> None:
        ids = sorted(self.books.entries)
        if ids:
            entry = self.books.entries[ids[which % len(ids)]]
            base = max(1, entry.revision - stale)
            self.by_hand(self.principal, Deletion(id=ids[which % len(ids)], school=self.server.school, base=base))

    @rule(which=WHICH)
    def colleague_tries(self, which: int) -> None:
        """What is not theirs, by its id and its revision."""
        theirs = self.books.of(self.coach.id)
        for id_ in sorted(theirs)[which : which + 1]:
            self.by_hand(self.colleague, replace(theirs[id_], heard=Trait(0)))
            self.by_hand(self.colleague, Deletion(id=id_, school=self.server.school, base=theirs[id_].base))

    @rule(phone=PHONES, colleague=st.booleans(), out_first=st.booleans())
    def sign_in(self, phone: int, colleague: bool, out_first: bool) -> None:
        device = self.devices[phone]
        if out_first:
            device.cookie.valid = False
            device.phone.sign_out()
        device.cookie = Cookie(self.colleague if colleague else self.coach)
        device.phone.meet(device.cookie.person.id)

    @rule(phone=PHONES, unseen=st.booleans())
    def session_ends(self, phone: int, unseen: bool) -> None:
        """It runs out; or, unseen by the page, the other person signs in in another tab."""
        device = self.devices[phone]
        device.cookie.valid = False
        if unseen:
            device.cookie = Cookie(self.colleague if device.cookie.person is self.coach else self.coach)

    # --- What happens to phones ---

    @rule(phone=PHONES)
    def restart(self, phone: int) -> None:
        device = self.devices[phone]
        device.phone = self.phone_kind(disk=deepcopy(device.phone.disk))
        device.phone.restart()

    @rule(phone=PHONES, skew=st.sampled_from(SKEWS))
    def clock(self, phone: int, skew: timedelta) -> None:
        self.devices[phone].skew = skew

    @rule(phone=PHONES)
    def cursor_is_none_of_ours(self, phone: int) -> None:
        """As after the server was put back to a backup."""
        disk = self.devices[phone].phone.disk
        if disk.account in disk.cursors:
            disk.cursors[disk.account] = LOST_CURSOR

    # --- What happens to calls ---

    @rule(phone=PHONES, most=st.sampled_from([1, 2, 500]))
    def send(self, phone: int, most: int) -> None:
        self.put_on_the_way(self.devices[phone], most)

    @rule(phone=PHONES, limit=st.integers(1, 3))
    def read(self, phone: int, limit: int) -> None:
        self.ask(self.devices[phone], limit)

    @rule(phone=PHONES)
    def give_up(self, phone: int) -> None:
        self.devices[phone].phone.give_up()

    @rule(what=st.sampled_from(["lose", "double", "pass_on", "pass_on"]), up=st.booleans())
    def fate(self, what: str, up: bool) -> None:
        getattr(self.up if up else self.down, what)()

    @rule(half=st.booleans())
    def answer_is_spoilt(self, half: bool) -> None:
        """A portal's page or a 500 instead; or an answer of ours that leaves the first out."""
        if self.down.on_its_way:
            answer = self.down.on_its_way[0]
            if half and isinstance(answer.results, list):
                answer.results = answer.results[1:] or Refusal.BROKEN
            else:
                answer.results = Refusal.BROKEN

    @rule(phone=PHONES)
    def talk(self, phone: int) -> None:
        """A moment of good network."""
        device = self.devices[phone]
        device.phone.give_up()
        self.put_on_the_way(device, 500)
        self.deliver_all()
        self.ask(device, 100)
        self.deliver_all()

    @rule(phone=PHONES, how=st.sampled_from(["never answered", "never arrives", "half an answer", "dies"]))
    def goes_wrong(self, phone: int, how: str) -> None:
        """One call, from its beginning to a bad end."""
        device = self.devices[phone]
        rows = device.phone.take(500)
        if not rows:
            return
        letter = self.letter(device, rows)
        if how == "dies":
            self.die_over(letter)
        elif how == "never arrives":
            self.answered(Answer(letter, Refusal.BROKEN))
        else:
            self.arrive(letter)
            answer = self.down.on_its_way.pop()
            if how == "half an answer":
                self.answered(
                    Answer(letter, answer.results[1:] if isinstance(answer.results, list) else answer.results)
                )
        device.phone.give_up()

    # --- What happens to the server ---

    @rule()
    def server_restarts(self) -> None:
        self.server.restart()
        self.touched = True

    @rule(days=st.sampled_from([1, 21, 31, 401]))
    def days_pass(self, days: int) -> None:
        self.server.now += timedelta(days=days)
        self.books.daily(self.server.now)
        self.server.daily()
        self.touched = True

    @rule(of=st.sampled_from([0, 1]))
    def places_merge(self, of: int) -> None:
        place, into = self.server.places[of], self.server.places[2]
        if place not in self.books.merged:
            self.books.merge(place, into, self.server.merge(place, into))
            self.touched = True

    @rule(gone=st.booleans())
    def role(self, gone: bool) -> None:
        self.server.set_role(self.coach, Role.STAFF if gone else Role.OBSERVER)
        others = {self.colleague.id: False, self.principal.id: True}
        self.books.recording = others if gone else {**others, self.coach.id: False}

    # --- What must hold ---

    @invariant()
    def nothing_is_lost_doubled_or_misfiled(self) -> None:
        self.step += 1
        type(self).steps += 1
        self.server.now += timedelta(seconds=7)
        self.every_word_is_stored_or_waits()
        if self.touched:
            self.touched = False
            self.the_books_agree()

    def the_books_agree(self) -> None:
        assert self.server.latest() == self.books.revision
        assert self.server.held() == {id_: entry.facts() for id_, entry in self.books.entries.items()}

    def every_word_is_stored_or_waits(self) -> None:
        for (number, owner, id_), word in self.words.items():
            if not word.stored:
                rows = self.devices[number].phone.of(owner, id_)
                assert word.said in [said_of(row.change) for row in rows], f"lost: {id_} of {owner} on {number}"

    def teardown(self) -> None:
        """All talk until nothing waits; then everyone sees the same, and it is what the server holds."""
        if not hasattr(self, "books"):
            return
        self.role(gone=False)
        people = (self.coach, self.colleague)
        visits = [(device, person) for device in self.devices for person in people]
        for device, person in visits:
            self.settle_all(device, person)
        for device, person in visits:
            self.come_back(device, person)
            self.read_all(device)
            phone = device.phone
            assert phone.rows(person.id) == [], str(phone.rows(person.id))[:900]
            assert facts(phone.shown(person.id)) == facts(self.books.of(person.id))
        self.the_books_agree()
        alive = {id_ for id_, entry in self.books.entries.items() if entry.put is not None}
        assert not alive & self.taken_back

    # --- How it is done ---

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
