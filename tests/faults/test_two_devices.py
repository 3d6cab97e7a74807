"""Two phones, two people, a server, a link that loses, doubles and reorders: nothing is lost, doubled or misfiled."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy.orm import Session

from tests.faults import broken
from tests.faults.devices import TwoPhones
from tests.faults.phone import Phone
from tests.faults.server import Refusal, Server
from tests.promises import promise
from tests.world import World
from webapp.observing.changes import Outcome

STEPS_AN_EXAMPLE = 50
STEPS = 10_000
# Hypothesis draws from the numbers and words in our own code too: any change may change what a beginning leads to.
BEGINNINGS = (7, 0, 1, 4, *range(8, 24))
MORE_STEPS = "FAULT_STEPS"
SEED = "SEED"
"""In the environment: so many steps instead, and the seed they begin from (tests/bench/faults_two_devices.py)."""


def machine(server: Server, phone: type[Phone] = Phone) -> type[TwoPhones]:
    return type("Machine", (TwoPhones,), {"server": server, "phone_kind": phone, "seen": set()})


def run(what: type[TwoPhones], steps: int, **how: Any) -> None:
    run_state_machine_as_test(
        what,
        settings=settings(
            max_examples=steps // STEPS_AN_EXAMPLE,
            stateful_step_count=STEPS_AN_EXAMPLE,
            suppress_health_check=list(HealthCheck),
            deadline=None,
            database=None,
            **how,
        ),
    )


@promise("SYNC-2", "SYNC-3", "SYNC-4", "SYNC-5", "SYNC-6", "SYNC-7", "SYNC-8")
def test_two_phones_and_the_server_end_up_alike(db: Session, world: World) -> None:
    what = machine(Server(db, world.ours))
    more = os.environ.get(MORE_STEPS)
    if more is None:
        # New seeds are for another day: nobody's change should meet a failure that it did not cause.
        run(what, STEPS, derandomize=True)
    else:
        run(seed(int(os.environ[SEED]))(what), int(more), derandomize=False)
    # The machine has come to every answer that is promised, or it has tried too little.
    assert what.seen == {*Outcome, Refusal.SIGNED_OUT, Refusal.WRONG_ACCOUNT, Refusal.CURSOR_EXPIRED}


@pytest.mark.one_database
@pytest.mark.parametrize("program", broken.SERVERS)
def test_each_broken_server_is_found(db: Session, world: World, program: type[Server]) -> None:
    found(machine(program(db, world.ours)))


@pytest.mark.one_database
@pytest.mark.parametrize("program", broken.PHONES)
def test_each_broken_phone_is_found(db: Session, world: World, program: type[Phone]) -> None:
    found(machine(Server(db, world.ours), program))


def found(what: type[TwoPhones]) -> None:
    """Short runs from some beginnings: one long run may come by late what another comes by at once."""
    for beginning in BEGINNINGS:
        try:
            run(seed(beginning)(what), STEPS // 4, phases=[Phase.generate], report_multiple_bugs=False)
        except (AssertionError, LookupError):
            return
    pytest.fail("It breaks a promise, and nobody noticed")
