"""What a network does to a call and its answer: nothing that was saved is lost, doubled or misfiled by it."""

import random

import pytest

from tests.faults.between import (
    SYNC,
    Behaviour,
    Between,
    Call,
    Dripping,
    Held,
    answer_cut,
    answer_lost,
    answer_shortened,
    answered,
    passed,
    request_cut,
    request_lost,
    twice,
    twice_at_once,
)
from tests.faults.browser_phone import HEARD, BrowserPhone
from tests.promises import promise

PORTAL = b"<!doctype html><title>School Wi-Fi</title><form>Agree to the terms</form>"
LONGEST_CALL = 15
TWO_CALLS = 501


@promise("SYNC-1", "SYNC-6")
def test_there_is_no_network_when_it_is_saved(phone: BrowserPhone, between: Between) -> None:
    phone.page.context.set_offline(True)
    phone.save_offline(*HEARD)
    phone.keeps_all()
    assert phone.stored() == {}
    phone.page.context.set_offline(False)
    phone.all_arrives()


@promise("SYNC-4", "SYNC-6")
def test_the_network_goes_while_a_call_is_on_its_way(phone: BrowserPhone, between: Between) -> None:
    phone.save_offline()
    between.will_only(request_cut)
    phone.sends()
    phone.keeps_all()
    assert phone.stored() == {}
    phone.all_arrives()


@promise("SYNC-4")
def test_the_network_goes_before_the_answer_comes(phone: BrowserPhone, between: Between) -> None:
    phone.save_offline()
    held = Held(answer=True)
    between.will_only(held)
    phone.sends()
    held.wait()
    assert phone.stored() == phone.saved
    phone.page.context.set_offline(True)
    held.let_go()
    phone.keeps_all()
    phone.page.context.set_offline(False)
    phone.all_arrives()


@promise("SYNC-4")
def test_the_answer_is_lost(phone: BrowserPhone, between: Between) -> None:
    comes_to_nothing(phone, between, answer_lost, answer_lost)


@promise("SYNC-4")
def test_a_call_is_delivered_twice(phone: BrowserPhone, between: Between) -> None:
    phone.save_offline()
    between.will(twice)
    phone.all_arrives()
    assert between.all_happened


@promise("SYNC-4")
def test_a_call_is_delivered_twice_at_the_same_time(phone: BrowserPhone, between: Between) -> None:
    phone.save_offline()
    phone.save_many(300)
    between.will(twice_at_once)
    phone.all_arrives()
    assert between.all_happened


@promise("SYNC-4", "SYNC-7")
def test_a_call_arrives_long_after_the_one_that_was_sent_later(phone: BrowserPhone, between: Between) -> None:
    phone.save_offline(HEARD[0])
    late = Held()
    between.will(late)
    phone.sends()
    late.wait()
    # The phone gives up, is told something else, and sends both.
    between.shut()
    phone.later(LONGEST_CALL)
    phone.save_offline(HEARD[1])
    phone.all_arrives()
    late.let_go()
    phone.all_arrives()


@promise("SYNC-2", "SYNC-4")
def test_the_answer_breaks_off_in_the_middle(phone: BrowserPhone, between: Between) -> None:
    comes_to_nothing(phone, between, answer_cut)


@promise("SYNC-2", "SYNC-4")
def test_the_answer_is_half_of_its_json(phone: BrowserPhone, between: Between) -> None:
    comes_to_nothing(phone, between, answer_shortened)


@pytest.mark.one_database
@promise("SYNC-2")
def test_a_captive_portal_answers_everything_with_its_page(phone: BrowserPhone, between: Between) -> None:
    behind_a_portal(phone, between, answered(200, PORTAL, content_type="text/html"))


@pytest.mark.one_database
@promise("SYNC-2")
def test_a_captive_portal_answers_everything_with_json(phone: BrowserPhone, between: Between) -> None:
    behind_a_portal(phone, between, answered(200, b'{"ok": true, "results": []}', content_type="application/json"))


@pytest.mark.one_database
@promise("SYNC-2")
def test_a_captive_portal_redirects_elsewhere(phone: BrowserPhone, between: Between) -> None:
    behind_a_portal(phone, between, answered(302, location=f"{between.url}/about"))


@pytest.mark.one_database
@promise("SYNC-2")
def test_a_captive_portal_asks_to_sign_in_to_the_network(phone: BrowserPhone, between: Between) -> None:
    behind_a_portal(phone, between, answered(511, PORTAL, content_type="text/html"))


@promise("SYNC-2", "SYNC-4")
def test_the_answer_drips_on_past_the_patience_of_the_phone(phone: BrowserPhone, between: Between) -> None:
    phone.save_offline()
    dripping = Dripping()
    between.will_only(dripping)
    phone.sends()
    phone.until(dripping.began.is_set, "No answer began")
    phone.later(LONGEST_CALL)
    phone.until(dripping.given_up.is_set, "The phone did not give up")
    phone.keeps_all()
    assert phone.stored() == phone.saved
    phone.all_arrives()


@pytest.mark.parametrize("seed", [1, 2])
@promise("SYNC-4", "SYNC-6")
def test_the_network_comes_and_goes(phone: BrowserPhone, between: Between, seed: int) -> None:
    phone.save_offline(HEARD[0])
    phone.save_many(TWO_CALLS)
    flapping = Flapping(seed)
    between.meanwhile(flapping)
    phone.sends()
    phone.until(lambda: flapping.calls >= 6, "It gave up trying")
    phone.all_arrives()


class Flapping:
    """Now this, now that, while it sends; after some calls it has calmed down."""

    def __init__(self, seed: int) -> None:
        self.calls = 0
        chance = random.Random(seed)
        self._script = [chance.choice([request_lost, request_cut, answer_lost, answer_cut]) for _ in range(5)]

    def __call__(self, call: Call) -> None:
        if call.path != SYNC:
            passed(call)
            return
        self.calls += 1
        (self._script.pop() if self._script else passed)(call)


def comes_to_nothing(phone: BrowserPhone, between: Between, *faults: Behaviour) -> None:
    """It is stored, and what came back says nothing that the phone may believe."""
    phone.save_offline()
    between.will_only(*faults)
    phone.sends()
    phone.keeps_all()
    assert phone.stored() == phone.saved
    phone.all_arrives()


def behind_a_portal(phone: BrowserPhone, between: Between, portal: Behaviour) -> None:
    """Somebody answers every call, whatever it is for, until the person has gone through the portal."""
    phone.save_offline(HEARD[0])
    between.meanwhile(portal)
    before = len(between.sent())
    phone.sends()
    phone.until(lambda: len(between.sent()) > before, "It did not send")
    phone.save(HEARD[1])
    phone.keeps_all()
    between.meanwhile(None)
    phone.all_arrives()
