"""Several senders on one phone: tabs, the worker, a new worker; and those that end in the middle."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.phone import comes_true, save, state
from tests.faults.between import SYNC, Held, answered
from tests.faults.device.hand import Hand
from tests.promises import promise

# How a phone sends is the same to every database: what arrives twice is tried on both elsewhere.
pytestmark = pytest.mark.one_database

WAITING_FOR_THE_LOCK = "() => navigator.locks.query().then(({ pending }) => pending.length > 0)"
SAVE_NOW = "() => document.querySelector('[data-save]').click()"
ASK_FOR_UPDATE = "() => navigator.serviceWorker.getRegistration().then((found) => void found.update())"


@promise("SYNC-4")
def test_two_tabs_that_send_at_once(hand: Hand) -> None:
    hand.lose_network()
    other = second_tab(hand)
    hand.record()
    hand.record(other, note="In the second tab")
    hand.record()
    held = Held()
    hand.between.will(held)
    hand.find_network()
    hand.try_again(other)
    held.wait()
    # The other tab wants to send too, and waits for its turn.
    comes_true(hand.page, WAITING_FOR_THE_LOCK)
    held.let_go()
    hand.all_arrives()
    assert sorted(ids_sent(hand)) == sorted(map(str, hand.saved))


@promise("SYNC-4")
def test_two_tabs_that_save_in_the_same_moment(hand: Hand) -> None:
    other = second_tab(hand)
    chosen = [hand.fill(), hand.fill(other)]
    for page in (hand.page, other):
        page.evaluate(SAVE_NOW)
    hand.until(lambda: len(hand.known()) == 2, "They are not both on the phone")
    hand.saved = hand.known()
    one, two = hand.saved.values()
    assert (chosen[0].is_in(one) and chosen[1].is_in(two)) or (chosen[0].is_in(two) and chosen[1].is_in(one))
    hand.all_arrives()


@promise("SYNC-4")
def test_page_and_worker_that_send_at_once(hand: Hand) -> None:
    hand.lose_network()
    hand.record()
    with workers(hand) as (tools, worker):
        held = Held()
        hand.between.will(held)
        hand.find_network()
        held.wait()
        wake(tools, worker, hand)
        comes_true(hand.page, WAITING_FOR_THE_LOCK)
        hand.record()
        held.let_go()
        hand.all_arrives()
    assert sorted(ids_sent(hand)) == sorted(map(str, hand.saved))


@promise("SYNC-1", "SYNC-4")
@pytest.mark.parametrize("heard_by_the_server", [False, True])
def test_a_tab_closed_right_after_save(hand: Hand, heard_by_the_server: bool) -> None:
    hand.page.reload()
    held = Held(answer=True)
    if heard_by_the_server:
        hand.between.will(held)
    known = hand.known()
    chosen = hand.fill()
    save(hand.page).click()
    expect(hand.page.get_by_text("Saved on this phone")).to_be_visible()
    if heard_by_the_server:
        held.wait()
    hand.page.close()
    hand.page = hand.context.new_page()
    hand.open()
    hand.new_one(chosen, known)
    if heard_by_the_server:
        held.let_go()
    hand.all_arrives()


@promise("SYNC-4")
def test_the_worker_sends_when_no_page_is_open(hand: Hand) -> None:
    hand.lose_network()
    hand.record()
    with workers(hand) as (tools, worker):
        # Nothing of ours is open any more.
        hand.page.goto("about:blank")
        hand.between.open()
        wake(tools, worker, hand)
        hand.comes_to()
    hand.open()
    hand.all_arrives()


@promise("SYNC-4", "SYNC-6")
def test_a_worker_stopped_while_it_sends(hand: Hand) -> None:
    hand.lose_network()
    hand.record()
    with workers(hand) as (tools, worker):
        hand.page.goto("about:blank")
        held = Held(answer=True)
        hand.between.will(held)
        hand.between.open()
        wake(tools, worker, hand)
        # The server has heard it; nobody is left to hear the answer.
        held.wait()
        tools.send("ServiceWorker.stopAllWorkers")
        held.let_go()
    hand.comes_to()
    hand.between.shut(SYNC)
    hand.open()
    assert hand.outbox() != []
    hand.find_network()
    hand.all_arrives()


@promise("SYNC-4", "SYNC-6")
def test_a_new_worker_that_takes_over_while_a_call_is_on_its_way(hand: Hand) -> None:
    newer = hand.context.request.get(f"{hand.url}/sw.js").text() + "\n"
    hand.between.will(answered(200, newer.encode(), content_type="text/javascript"), on="/sw.js")
    held = Held(answer=True)
    hand.between.will(held)
    hand.record()
    held.wait()
    hand.page.evaluate(ASK_FOR_UPDATE)
    notice = hand.page.locator("#update-notice")
    expect(notice).to_be_visible()
    with hand.page.expect_navigation():
        notice.get_by_role("button", name="Refresh").click()
        # The worker that is there ends what it has begun before it makes way.
        held.let_go()
    hand.all_arrives()


def second_tab(hand: Hand) -> Page:
    page = hand.context.new_page()
    page.goto(f"{hand.url}/record")
    expect(state(page)).to_be_visible()
    return page


def ids_sent(hand: Hand) -> list[str]:
    return [change["id"] for call in hand.between.sent() for change in call["changes"]]


@contextmanager
def workers(hand: Hand) -> Iterator[tuple[CDPSession, str]]:
    """The browser's tools for workers, and the registration of ours."""
    tools = hand.tools()
    known: list[dict[str, Any]] = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda news: known.extend(news["registrations"]))
    tools.send("ServiceWorker.enable")
    ours = f"{hand.url}/"
    hand.until(lambda: any(each["scopeURL"] == ours for each in known), "The worker is not known")
    yield tools, next(each["registrationId"] for each in known if each["scopeURL"] == ours)
    tools.detach()


def wake(tools: CDPSession, worker: str, hand: Hand) -> None:
    """As the browser does when it thinks that there is a network again."""
    tools.send(
        "ServiceWorker.dispatchSyncEvent",
        {"origin": hand.url, "registrationId": worker, "tag": "listen-in", "lastChance": False},
    )
