"""Kills a server at random moments while others write to it, and then looks whether it kept its word."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests.faults.said import Listens, Said, same, stored
from tests.faults.warm import WarmServer
from tests.world import PASSWORD
from webapp.culture.vocabulary import TRAITS, Setting
from webapp.extensions import new_id

WRITERS = 4
LARGEST_BATCH = 60
A_CALL = 500
ROUND = 20
LONGEST_LIFE = 0.25
"""How long a server that is to be killed may work at most, in seconds."""
STORED = ("applied", "unchanged")


class Writer:
    """A phone that sends batch after batch for as long as it is answered, and remembers what was promised to it."""

    def __init__(self, server: WarmServer, chance: random.Random) -> None:
        self.server = server
        self.chance = chance
        self.email = server.newcomer()
        self.account = server.person(self.email)
        self.school = server.school()
        self.places = [server.place(name) for name in ("Library", "Yard", "North hallway")]
        self.said: dict[UUID, dict[str, Any]] = {}
        self.promised: set[UUID] = set()
        self.cookie = self._sign_in()

    @property
    def unsure(self) -> list[dict[str, Any]]:
        """What was sent and never answered."""
        return [put for id_, put in self.said.items() if id_ not in self.promised]

    def writes(self) -> None:
        """Until the server is gone; then some of what was sent may be stored and some not."""
        with suppress(OSError, http.client.HTTPException):
            while True:
                # Beside what is new, what is unsure from before: so that the same arrives again at a bad moment.
                again = self.unsure[: self.chance.randrange(3)]
                new = [self._put() for _ in range(self.chance.randint(1, LARGEST_BATCH))]
                self.said |= {UUID(put["id"]): put for put in new}
                self.send(again + new)

    def send(self, changes: list[dict[str, Any]]) -> None:
        call = {"device": "writer", "account": str(self.account), "clock": _now(), "changes": changes}
        answer = self._post("/api/v1/sync", call)
        if answer.status != 200:
            # A server that goes down may say that it cannot now.
            assert answer.status == 503, answer.status
            return
        for result in json.loads(answer.read())["results"]:
            assert result["status"] in STORED, result
            self.promised.add(UUID(result["id"]))

    def listens(self) -> Listens:
        return {id_: Said.by_phone(str(self.account), put) for id_, put in self.said.items()}

    def _put(self) -> dict[str, Any]:
        return {
            "op": "put", "id": str(new_id()), "school": str(self.school), "base": None,
            "place": str(self.chance.choice(self.places)), "setting": str(self.chance.choice(list(Setting))),
            "heard": [trait.word for trait in TRAITS if self.chance.random() < 0.4], "observed_at": _now(),
            "note": self.chance.choice([None, "Heard in passing"]),
        }  # fmt: skip

    def _sign_in(self) -> str:
        answer = self._post("/api/v1/session", {"email": self.email, "password": PASSWORD})
        assert answer.status == 200, answer.status
        return (answer.headers["Set-Cookie"] or "").partition(";")[0]

    def _post(self, address: str, said: Any) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        headers = {"Content-Type": "application/json", "Cookie": getattr(self, "cookie", ""), "Connection": "close"}
        connection.request("POST", address, json.dumps(said), headers)
        return connection.getresponse()


def kill_at_random(server: WarmServer, times: int, seed: int) -> Counter[str]:
    """Kills it so many times under load; after each restart its word is checked. What there was to be kept."""
    chance = random.Random(seed)
    server.start()
    counted: Counter[str] = Counter()
    # New people now and then: what they have said is compared after every kill, and would grow without end.
    for begun in range(0, times, ROUND):
        writers = [Writer(server, random.Random(chance.random())) for _ in range(WRITERS)]
        counted += _one_round(server, writers, [chance.random() for _ in range(min(ROUND, times - begun))])
        server.books_balance()
    return counted


def _one_round(server: WarmServer, writers: list[Writer], lives: list[float]) -> Counter[str]:
    unanswered = 0
    for life in lives:
        _kill_once(server, writers, life * LONGEST_LIFE)
        unanswered = sum(map(keeps_its_word, writers))
    counted = Counter({"kills": len(lives), "never answered, stored": unanswered})
    for writer in writers:
        unsure = writer.unsure
        counted["never answered"] += len(unsure)
        for start in range(0, len(unsure), A_CALL):
            writer.send(unsure[start : start + A_CALL])
        with server.data() as session:
            same(stored(session, writer.account), writer.listens())
        counted["saved"] += len(writer.said)
    return counted


def _kill_once(server: WarmServer, writers: list[Writer], life: float) -> None:
    threads = [threading.Thread(target=writer.writes) for writer in writers]
    for thread in threads:
        thread.start()
    # The one thing here that is left to chance: when the power goes.
    time.sleep(life)
    server.kill()
    for thread in threads:
        thread.join()
    server.start()


def keeps_its_word(writer: Writer) -> int:
    """All that was promised is there as it was said; how much else there is, which must have been said too."""
    with writer.server.data() as session:
        held = stored(session, writer.account)
    said = writer.listens()
    same({id_: held[id_] for id_ in writer.promised & held.keys()}, {id_: said[id_] for id_ in writer.promised})
    more = {id_: held[id_] for id_ in held.keys() - writer.promised}
    same(more, {id_: said[id_] for id_ in more})
    return len(more)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
