"""Two hundred phones whose server was away come back at once: it stands, and each of them gets through."""

from collections import Counter

import pytest

from tests import databases
from tests.browser.server import Server
from tests.outage import come_back
from tests.promises import promise

PHONES = 200
EACH = 3
WITHIN = 60.0


@promise("SYNC-4")
@pytest.mark.parametrize("kind", databases.KINDS)
def test_two_hundred_phones_that_come_back_at_once_all_get_through(kind: str) -> None:
    server = Server(kind)
    server.fill()
    people = [server.newcomer() for _ in range(8)]
    server.start()
    try:
        went = come_back(server, people, phones=PHONES, each=EACH, together=True, within=WITHIN)
        assert went.tried >= PHONES
        assert went.waiting == []
        assert sum(server.observations(email) for email in people) == PHONES * EACH
        answers = Counter(call.status for call in went.calls)
        # A call that took too long has no status, and is made again; the server itself stumbles over none.
        assert set(answers) <= {200, None}
        assert went.same_workers, "a worker of the server died"
    finally:
        server.kill()
