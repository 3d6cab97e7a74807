"""Two phones of one person, a server, and a link that loses, doubles and reorders: they always end up alike."""

import random
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.faults.link import Link
from tests.faults.phone import Known, Phone
from tests.observing.rows import remembered
from tests.promises import promise
from tests.world import World
from webapp.culture.vocabulary import Setting, Trait
from webapp.extensions import new_id
from webapp.observing import feed
from webapp.observing.changes import Change, Outcome, Put, Recorded
from webapp.observing.recording import record
from webapp.observing.verdicts import memory_key
from webapp.schools.models import School

NOW = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
PHONES = st.sampled_from([0, 1])
HEARD = st.integers(0, 7).map(Trait)
Call = tuple[Phone, list[Change]]
Answer = tuple[Phone, list[tuple[Change, Recorded]]]


class TwoPhones(RuleBasedStateMachine):
    """What may happen to two phones of one person; after every step the server's books are checked."""

    db: ClassVar[Session]
    world: ClassVar[World]
    outcomes: ClassVar[set[Outcome]]

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.db.rollback()
        self.begun = self.latest()
        self.phones = (Phone(cursor=self.begun), Phone(cursor=self.begun))
        chance = random.Random(seed)
        self.up = Link(self.arrive, chance)
        self.down = Link(self.answered, chance)
        self.puts: dict[UUID, Put] = {}
        self.model: dict[UUID, Known] = {}
        self.accepted: dict[tuple[UUID, int, bytes], int] = {}

    @rule(phone=PHONES, heard=HEARD)
    def save(self, phone: int, heard: Trait) -> None:
        ours = self.world.ours
        put = Put(
            id=new_id(), school=ours.school.id, base=None, place=ours.places[0].id, setting=Setting.BREAK,
            heard=heard, observed_at=NOW, said_at=NOW.isoformat(),
        )  # fmt: skip
        self.puts[put.id] = put
        self.phones[phone].save(put)

    @rule(phone=PHONES, heard=HEARD)
    def mend(self, phone: int, heard: Trait) -> None:
        if mendable := self.phones[phone].mendable():
            self.phones[phone].mend(self.puts[mendable[-1]], heard)

    @rule(phone=PHONES)
    def delete(self, phone: int) -> None:
        if mendable := self.phones[phone].mendable():
            self.phones[phone].delete(self.puts[mendable[-1]])

    @rule(phone=PHONES)
    def send(self, phone: int) -> None:
        if self.phones[phone].outbox:
            self.up.send((self.phones[phone], list(self.phones[phone].outbox.values())))

    @rule(phone=PHONES, limit=st.integers(1, 3))
    def pull(self, phone: int, limit: int) -> None:
        self.read(self.phones[phone], limit)

    @rule(phone=PHONES)
    def talk(self, phone: int) -> None:
        """A moment of good network."""
        self.send(phone)
        self.up.pass_on_all()
        self.down.pass_on_all()
        self.read(self.phones[phone], 100)

    @rule(phone=PHONES)
    def talk_badly(self, phone: int) -> None:
        """What is sent arrives, and the answer is lost."""
        self.send(phone)
        self.up.pass_on_all()
        self.down.lose()

    @rule(what=st.sampled_from(["lose", "double", "pass_on", "pass_on"]), up=st.booleans())
    def fate(self, what: str, up: bool) -> None:
        getattr(self.up if up else self.down, what)()

    @invariant()
    def every_revision_is_one_change_accepted_once(self) -> None:
        assert self.latest() == self.begun + len(self.accepted)
        assert remembered(self.db, after=self.begun) == self.accepted

    def teardown(self) -> None:
        for _round in range(2):
            for phone in self.phones:
                self.up.send((phone, list(phone.outbox.values())))
            self.up.pass_on_all()
            self.down.pass_on_all()
        for phone in self.phones:
            while self.read(phone, 3):
                pass
            assert phone.outbox == {}
            assert phone.known == self.model

    def arrive(self, call: Call) -> None:
        phone, changes = call
        results = record(self.db, self.world.ours.coach, changes, skew=timedelta(0), now=NOW)
        for said, became in zip(changes, results, strict=True):
            self.outcomes.add(became.status)
            assert (became.status, became.revision) == self.expected(said)
        self.down.send((phone, list(zip(changes, results, strict=True))))

    def answered(self, answer: Answer) -> None:
        phone, results = answer
        for said, became in results:
            phone.settle(said, became)

    def read(self, phone: Phone, limit: int) -> bool:
        page = feed.since(
            self.db, self.world.ours.school, cursor=str(phone.cursor), limit=limit, observer=self.world.ours.coach.id
        )
        phone.keep(page)
        return page.more

    def latest(self) -> int:
        return self.db.execute(select(School.revision).where(School.id == self.world.ours.school.id)).scalar_one()

    def expected(self, said: Change) -> tuple[Outcome, int | None]:
        """The promise in its simplest form; the server must answer the same."""
        key = (said.id, *memory_key(said))
        revision, heard = self.model.get(said.id, (None, None))
        if key in self.accepted:
            return Outcome.UNCHANGED, self.accepted[key]
        if revision is not None and heard is None and not isinstance(said, Put):
            return Outcome.UNCHANGED, revision
        if revision is not None and said.base != revision:
            return Outcome.CONFLICT, None
        revision = self.begun + len(self.accepted) + 1
        self.accepted[key] = revision
        self.model[said.id] = (revision, said.heard if isinstance(said, Put) else None)
        return Outcome.APPLIED, revision


@promise("SYNC-4", "SYNC-6", "SYNC-7")
def test_two_phones_and_the_server_end_up_alike(db: Session, world: World) -> None:
    outcomes: set[Outcome] = set()
    machine = type("Machine", (TwoPhones,), {"db": db, "world": world, "outcomes": outcomes})
    run_state_machine_as_test(
        machine,
        settings=settings(
            # New seeds are for a nightly run: nobody's change should meet a failure that it did not cause.
            derandomize=True,
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # The machine has come to every answer that is promised, or it has tried too little.
    assert outcomes == {Outcome.APPLIED, Outcome.UNCHANGED, Outcome.CONFLICT}
