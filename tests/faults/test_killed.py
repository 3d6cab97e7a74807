"""A server killed at random moments keeps its word: what it acknowledged is there, and nothing is there twice."""

import pytest

from tests.faults.killing import kill_at_random
from tests.faults.warm import WarmServer
from tests.promises import promise

TIMES = 20


@pytest.mark.parametrize("seed", [3])
@promise("SYNC-3", "SYNC-4")
def test_a_server_killed_at_random_moments_keeps_its_word(server: WarmServer, seed: int) -> None:
    counted = kill_at_random(server, TIMES, seed)
    # It was killed while it worked, not before or after.
    assert counted["saved"] > 0
    assert counted["never answered"] > 0
