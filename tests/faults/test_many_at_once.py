"""A minute in which 32 phones write to two schools and 4 read, each following its cursor, on PostgreSQL."""

import json
import random
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.faults.between import PATIENCE
from tests.faults.warm import WarmServer
from tests.observing.phone import instant
from tests.promises import promise
from tests.world import PASSWORD, member
from webapp.culture.vocabulary import Role
from webapp.extensions import new_id
from webapp.observing.models import Observation, Tombstone
from webapp.schools.models import Membership, Place, School

SECONDS = 60
WRITERS = 32
READERS = 4
PAUSE = 0.15
"""Between two calls of a phone, on the average: the other tests run at the same time."""

Said = tuple[str, int, bool]
"""An observation, its revision, and whether it is there."""


class Phone:
    """Signed in; a connection a call, for the server lets go of those that rest."""

    def __init__(self, server: WarmServer, email: str) -> None:
        self._port = server.port
        self._cookie = ""
        self.account = self.call("POST", "/api/v1/session", {"email": email, "password": PASSWORD})["account"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json", "Cookie": self._cookie}
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)) as server:
            server.request(method, path, None if body is None else json.dumps(body), headers)
            answer = server.getresponse()
            text = answer.read()
        assert answer.status == 200, text
        self._cookie = str(answer.headers.get("Set-Cookie", self._cookie)).partition(";")[0]
        return json.loads(text)


@dataclass
class Writer:
    """Says something new, mends and deletes what it said, and says some of it twice."""

    phone: Phone
    places: dict[str, str]
    chance: random.Random
    alive: dict[str, dict[str, Any]] = field(default_factory=dict)
    written: dict[str, list[Said]] = field(default_factory=lambda: defaultdict(list))

    def write(self) -> None:
        changes = list({change["id"]: change for change in self.some()}.values())
        call = {"device": self.phone.account, "account": self.phone.account, "clock": instant(), "changes": changes}
        results = self.phone.call("POST", "/api/v1/sync", call)["results"]
        assert [each["status"] for each in results] == ["applied"] * len(changes), results
        for change, became in zip(changes, results, strict=True):
            self.written[change["school"]].append((change["id"], became["revision"], change["op"] == "put"))
            self.alive[change["id"]] = change | {"base": became["revision"]}
            if change["op"] == "delete":
                del self.alive[change["id"]]
        if self.chance.random() < 0.1:
            again = self.phone.call("POST", "/api/v1/sync", call)["results"]
            assert {each["status"] for each in again} == {"unchanged"}
            assert [each["revision"] for each in again] == [each["revision"] for each in results]

    def some(self) -> list[dict[str, Any]]:
        return [self.one() for _ in range(self.chance.randint(1, 4))]

    def one(self) -> dict[str, Any]:
        school, place = self.chance.choice(sorted(self.places.items()))
        heard = self.chance.sample(["evidence", "action", "inquiry"], self.chance.randint(0, 3))
        known = self.chance.choice(list(self.alive.values())) if self.alive else None
        what = self.chance.random()
        if known is None or what < 0.4:
            return {
                "op": "put", "id": str(new_id()), "school": school, "base": None, "place": place, "heard": heard,
                "setting": "break", "observed_at": instant(),
            }  # fmt: skip
        if what < 0.8:
            # What was never said before: it is no repetition.
            return {**known, "note": f"{self.chance.getrandbits(64)}"}
        return {name: known[name] for name in ("id", "school", "base")} | {"op": "delete"}


@dataclass
class Reader:
    """Follows one school; what it was told, in order."""

    phone: Phone
    school: str
    chance: random.Random
    told: list[Said] = field(default_factory=list)
    cursor: str = ""

    def read(self) -> bool:
        """Reads a page; whether there is more."""
        limit = self.chance.choice([1, 10, 100])
        page = self.phone.call("GET", f"/api/v1/changes?school={self.school}&limit={limit}&since={self.cursor}")
        revisions = [each["revision"] for each in page["changes"]]
        assert revisions == sorted(set(revisions))
        before = int(self.cursor or 0)
        assert all(before < revision <= int(page["cursor"]) for revision in revisions)
        self.told += [(each["id"], each["revision"], each["op"] == "put") for each in page["changes"]]
        self.cursor = page["cursor"]
        return bool(page["more"])

    def has_missed_nothing(self, written: list[Said], held: set[Said]) -> None:
        revisions = [revision for _id, revision, _alive in self.told]
        assert len(revisions) == len(set(revisions)), "told twice"
        latest = {id_: (id_, revision, alive) for id_, revision, alive in self.told}
        assert set(latest.values()) == held
        told = set(self.told)
        for said in written:
            # Told, or something later of the same, which by then had taken its place.
            assert said in told or latest[said[0]][1] > said[1], f"never told: {said}"


@pytest.mark.parametrize("kind", ["postgresql"])
@promise("SYNC-3", "SYNC-4", "SYNC-7")
def test_readers_are_told_every_change_of_many_writers_once(server: WarmServer) -> None:
    emails, places = newcomers(server, WRITERS + READERS)
    first = {school: revision_of(server, school) for school in places}
    writers = [Writer(Phone(server, email), places, random.Random(email)) for email in emails[:WRITERS]]
    readers = [
        Reader(Phone(server, email), school, random.Random(email), cursor=str(first[school] or ""))
        for email, school in zip(emails[WRITERS:], list(places) * 2, strict=True)
    ]
    for_a_minute([(each.write, each.chance) for each in writers] + [(each.read, each.chance) for each in readers])
    for reader in readers:
        while reader.read():
            pass
        written = [said for writer in writers for said in writer.written[reader.school]]
        revisions = sorted(revision for _id, revision, _alive in written)
        assert revisions == list(range(first[reader.school] + 1, revision_of(server, reader.school) + 1))
        reader.has_missed_nothing(written, held(server, reader.school, after=first[reader.school]))


def for_a_minute(works: list[tuple[Callable[[], object], random.Random]]) -> None:
    """All of it at the same time, again and again; it ends early when one of them fails."""
    over = Event()

    def again_and_again(work: Callable[[], object], chance: random.Random) -> None:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and not over.is_set():
            work()
            over.wait(chance.random() * 2 * PAUSE)

    with ThreadPoolExecutor(len(works)) as threads:
        begun = [threads.submit(again_and_again, *each) for each in works]
        wait(begun, return_when=FIRST_EXCEPTION)
        over.set()
    for each in begun:
        each.result()


def newcomers(server: WarmServer, count: int) -> tuple[list[str], dict[str, str]]:
    """People who observe in both schools; and a place of each school."""
    with server.data() as session:
        schools = session.scalars(select(School).order_by(School.name)).all()
        mark = str(new_id())
        emails = [f"{number}-{mark}@both.example" for number in range(count)]
        for email in emails:
            person = member(session, schools[0], Role.OBSERVER, email)
            session.add(Membership(person_id=person.id, school_id=schools[1].id, role_word=Role.OBSERVER))
        for school in schools:
            school.notes_days = 30
        session.commit()
        place = select(Place.id).order_by(Place.position).limit(1)
        found = {str(each.id): str(session.scalars(place.where(Place.school_id == each.id)).one()) for each in schools}
    return emails, found


def revision_of(server: WarmServer, school: str) -> int:
    with server.data() as session:
        return session.scalars(select(School.revision).where(School.id == UUID(school))).one()


def held(server: WarmServer, school: str, *, after: int) -> set[Said]:
    with server.data() as session:
        return {
            (str(id_), revision, table is Observation)
            for table in (Observation, Tombstone)
            for id_, revision in session.execute(
                select(table.id, table.revision).where(table.school_id == UUID(school), table.revision > after)
            )
        }
