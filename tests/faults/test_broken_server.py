"""Servers that are killed, stopped and started in the middle of it, and two that share a database."""

from functools import partial

import pytest

from tests.faults.between import Between, Held, answer_lost, both_ways, passed
from tests.faults.browser_phone import HEARD, BrowserPhone
from tests.faults.inside import Inside
from tests.faults.warm import WarmServer
from tests.promises import promise

MORE_THAN_A_CALL = 500


def killed(phone: BrowserPhone, fault: Inside, *, stored: bool) -> None:
    """It dies at this moment; after the restart all is there, once."""
    phone.save_offline()
    phone.server.arm(fault)
    phone.between.will_only(passed)
    phone.sends()
    phone.server.died()
    phone.keeps_all()
    assert phone.stored() == (phone.saved if stored else {})
    phone.server.start()
    assert phone.stored() == (phone.saved if stored else {})
    phone.all_arrives()


@promise("SYNC-3", "SYNC-6")
def test_the_server_is_killed_before_the_commit(phone: BrowserPhone) -> None:
    killed(phone, Inside.KILLED_BEFORE_COMMIT, stored=False)


@promise("SYNC-3", "SYNC-4")
def test_the_server_is_killed_between_commit_and_answer(phone: BrowserPhone) -> None:
    killed(phone, Inside.KILLED_BEFORE_ANSWER, stored=True)


@promise("SYNC-2", "SYNC-4")
def test_the_server_is_killed_in_the_middle_of_its_answer(phone: BrowserPhone) -> None:
    killed(phone, Inside.KILLED_MID_ANSWER, stored=True)


@promise("SYNC-3", "SYNC-6")
def test_the_server_is_restarted_in_the_middle_of_a_queue(phone: BrowserPhone, between: Between) -> None:
    phone.save_offline(HEARD[0])
    phone.save_many(MORE_THAN_A_CALL)
    second = Held()
    between.will(passed, second)
    phone.sends()
    second.wait()
    first = phone.told_first()
    phone.server.stop()
    second.let_go()
    assert phone.stored().keys() == first
    phone.server.start()
    phone.all_arrives()


@pytest.fixture
def beside(server: WarmServer) -> WarmServer:
    """Another server on the same database."""
    return server.another()


@promise("SYNC-4")
def test_two_servers_hear_the_same_at_the_same_time(phone: BrowserPhone, between: Between, beside: WarmServer) -> None:
    phone.save_offline()
    phone.save_many(300)
    between.will(partial(both_ways, other=beside.port))
    phone.all_arrives()


@promise("SYNC-4")
def test_another_server_hears_what_the_first_has_stored(
    phone: BrowserPhone, between: Between, beside: WarmServer
) -> None:
    phone.save_offline()
    between.will_only(answer_lost)
    phone.sends()
    phone.keeps_all()
    assert phone.stored() == phone.saved
    between.to = beside.port
    phone.all_arrives()
