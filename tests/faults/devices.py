"""What may happen to two phones of a school: to their people, their storage, the network, and the server.

After every step the server's books are compared with the simple ones, and every word that a person saved must be either
stored or in the outbox of the phone on which it was saved (SYNC-2 to SYNC-6, SYNC-8); at the end all show the same
(SYNC-7).
"""

import random
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.faults.books import Books, said_of
from tests.faults.link import Link
from tests.faults.phone import Phone, facts
from tests.faults.server import Cookie, Refusal
from tests.faults.traffic import NO_SKEW, Answer, Device, Traffic
from tests.observing.rows import check_weeks
from webapp.culture.vocabulary import Role, Setting, Trait
from webapp.extensions import new_id
from webapp.observing.changes import Deletion, Put

PHONES = st.sampled_from([0, 1])
WHICH = st.integers(0, 2)
HEARD = st.integers(0, 7).map(Trait)
SKEWS = (NO_SKEW, timedelta(hours=1), timedelta(days=-1))
LOST_CURSOR = "2000000000"


class TwoPhones(Traffic):
    """Both are the coach's; a colleague who observes may sign in on either."""

    phone_kind: ClassVar[type[Phone]] = Phone
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
        self.up = Link(self.arrive, chance)
        self.down = Link(self.answered, chance)
        self.words = {}
        self.taken_back = set()
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
        check_weeks(self.server.session)
        alive = {id_ for id_, entry in self.books.entries.items() if entry.put is not None}
        assert not alive & self.taken_back
