"""After an outage every phone of a district comes back at the same moment; each gets through, and the server stands."""

import json
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from tests import databases, world
from tests.browser.server import Server
from tests.conftest import new_app
from tests.observing.phone import instant
from tests.promises import promise
from webapp.culture.vocabulary import Role
from webapp.extensions import new_id
from webapp.observing.models import AcceptedChange, Observation
from webapp.people.models import SignIn
from webapp.schools.models import Place, School

PHONES = 200
MOST_TRIES = 20
LONGEST_PAUSE = 6
"""In seconds; as long as the server ever asks for."""


@dataclass(frozen=True)
class Phone:
    """What one phone has kept: its sign-in, and the call that it could not make."""

    number: int
    port: int
    cookie: str
    body: bytes
    ids: list[str]


@pytest.fixture(params=databases.KINDS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """As `make run` starts it: two workers of four threads."""
    serving = Server(request.param)
    yield serving
    serving.kill()


@pytest.fixture
def phones(server: Server) -> list[Phone]:
    """Each of somebody else, signed in hours ago, with five to twenty changes that wait."""
    server.fill()
    sign = new_app(server.database_url)
    now = datetime.now(UTC)
    found = []
    with server.data() as session:
        school = session.scalars(select(School).where(School.name == "Our School")).one()
        place = session.scalars(select(Place.id).where(Place.school_id == school.id)).first()
        where = {"school": str(school.id), "place": str(place)}
        serializer = sign.session_interface.get_signing_serializer(sign)  # type: ignore[attr-defined]  # Flask's own
        for number in range(PHONES):
            person = world.member(session, school, Role.OBSERVER, f"phone-{number}@ours.example")
            secret = secrets.token_urlsafe(16)
            held = {"secret_hash": sha256(secret.encode()).digest(), "expires_at": now + timedelta(days=1)}
            session.add(SignIn(person_id=person.id, created_at=now, seen_at=now - timedelta(hours=2), **held))
            changes = [said(where) for _ in range(5 + number % 16)]
            call = {"device": secret, "account": str(person.id), "clock": instant(), "changes": changes}
            cookie = serializer.dumps({"_user_id": secret, "_fresh": True})
            ids = [change["id"] for change in changes]
            found.append(Phone(number, server.port, f"session={cookie}", json.dumps(call).encode(), ids))
        session.commit()
    return found


@promise("SYNC-4")
def test_two_hundred_phones_at_once_all_get_through(server: Server, phones: list[Phone]) -> None:
    server.start()
    workers = server.all_workers()
    together = Barrier(PHONES)

    def comes_back(each: Phone) -> Counter[int]:
        together.wait()
        return get_through(each)

    with ThreadPoolExecutor(PHONES) as threads:
        answers = sum(threads.map(comes_back, phones), Counter())
    assert answers[200] == PHONES
    assert {status for status in answers if status != 200} <= {503}
    assert server.workers() == workers
    sent = sorted(id_ for each in phones for id_ in each.ids)
    with server.data() as session:
        assert sorted(str(id_) for id_ in session.scalars(select(Observation.id))) == sent
        revisions = session.scalars(select(Observation.revision)).all()
        assert sorted(revisions) == list(range(1, len(sent) + 1))
        assert session.scalar(select(func.count()).select_from(AcceptedChange)) == 0


def said(where: dict[str, str]) -> dict[str, Any]:
    new = {"op": "put", "id": str(new_id()), "base": None, "setting": "passing", "heard": ["evidence"]}
    return {**new, **where, "observed_at": instant()}


def get_through(each: Phone) -> Counter[int]:
    """Sends until it is told that all is stored, waiting as it is asked to; how often it was answered what.

    Every third one loses its first answer, as at the end of an outage.
    """
    answers: Counter[int] = Counter()
    if each.number % 3 == 0:
        with suppress(HTTPException, OSError):
            _post(each, read=False)
    for _try in range(MOST_TRIES):
        status, body, pause = _post(each)
        answers[status] += 1
        if status == 200:
            told = {result["id"]: result["status"] for result in body["results"]}
            assert list(told) == each.ids
            assert set(told.values()) <= {"applied", "unchanged"}
            return answers
        assert body["type"] == "/problems/try-again", body
        assert 0 < pause <= LONGEST_PAUSE
        time.sleep(pause)
    raise AssertionError(f"phone {each.number} did not get through: {answers}")


def _post(each: Phone, *, read: bool = True) -> tuple[int, Any, int]:
    connection = HTTPConnection("127.0.0.1", each.port, timeout=60)
    try:
        headers = {"Content-Type": "application/json", "Cookie": each.cookie}
        connection.request("POST", "/api/v1/sync", each.body, headers)
        if not read:
            return 0, None, 0
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read()), int(answer.headers.get("Retry-After", 0))
    finally:
        connection.close()
