"""One phone in several hands: what is unsent waits for its owner, and goes under no other name."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.phone import state
from tests.faults.between import SYNC, Held
from tests.faults.device.hand import Hand
from tests.faults.warm import WarmServer
from tests.promises import promise
from webapp.people.models import SignIn

# The phone decides under whose name it sends; the server's own check runs on both databases elsewhere.
pytestmark = pytest.mark.one_database


@promise("SYNC-5", "SYNC-6")
def test_signing_out_with_something_unsent(hand: Hand) -> None:
    hand.lose_network()
    hand.record(note="Before the break")
    saved, owner = hand.saved, hand.email
    sign_out(hand)
    assert len(hand.outbox()) == 1
    assert hand.stored() == {}
    hand.sign_in(owner)
    hand.saved = saved
    hand.all_arrives()


@promise("SYNC-5", "SYNC-6")
def test_signing_out_without_a_network(server: WarmServer, hand: Hand) -> None:
    hand.lose_network()
    hand.record(note="Before the break")
    saved, owner = hand.saved, hand.email
    hand.page.goto(f"{hand.url}/account")
    confirm_sign_out(hand)
    expect(hand.page.get_by_role("heading", name="You are signed out")).to_be_visible()
    assert hand.account() is None
    assert signed_in(server, owner), "The server cannot know yet"

    before = len(hand.between.calls)
    hand.between.open()
    hand.page.goto(f"{hand.url}/account")
    expect(hand.page).to_have_url(re.compile("/sign-in"))
    calls = [call.head.split(b" HTTP/")[0].decode() for call in hand.between.calls[before:]]
    asked = [call for call in calls if "/static/" not in call]
    assert asked[0] == f"DELETE /api/v1/session?account={server.person(owner)}"
    assert "POST /api/v1/sync" not in asked
    assert not signed_in(server, owner)
    assert len(hand.outbox()) == 1
    hand.sign_in(owner)
    hand.saved = saved
    hand.all_arrives()


@promise("SYNC-5", "SYNC-6", "SYNC-8")
@pytest.mark.parametrize("signed_out", [True, False])
def test_another_person_on_the_same_phone(server: WarmServer, hand: Hand, signed_out: bool) -> None:
    hand.lose_network()
    hand.record(note="Mine alone")
    hand.record()
    owner, of_owner = hand.email, hand.saved
    if signed_out:
        sign_out(hand)
    else:
        # Their sign-in ends before there is a network: while it lasts, what waits may go at any moment.
        hand.context.clear_cookies()
        # A call that left with the cookie, and comes to where the network was shut when it is open again, would pass.
        hand.rests()
    hand.between.open()
    hand.sign_in(server.newcomer())
    hand.record()
    hand.comes_to()
    hand.until(lambda: len(hand.outbox()) == len(of_owner), "What waits for its owner is not there")
    whose = {call["account"] for call in hand.between.sent()}
    other = str(server.person(hand.email))
    assert whose <= {other, str(server.person(owner))}
    # Nobody reads here what somebody else has written.
    hand.page.goto(f"{hand.url}/outbox")
    expect(state(hand.page)).to_be_visible()
    assert "Mine alone" not in hand.page.content()

    hand.sign_in(owner)
    hand.saved = of_owner
    hand.all_arrives()
    for call in hand.between.sent():
        ids = {change["id"] for change in call["changes"]}
        assert (call["account"] == other) != bool(ids & {str(id_) for id_ in of_owner})


@promise("SYNC-5")
def test_another_person_who_signs_in_over_a_slow_network(server: WarmServer, hand: Hand) -> None:
    other = server.newcomer()
    held = Held()
    hand.page.goto("about:blank")
    # The page waits for this a moment, and then goes on with whoever it knows.
    hand.between.will(held, on="/api/v1/session")
    hand.sign_in_on_the_page(other)
    held.wait()
    expect(hand.page.locator("form#listen")).to_be_visible()
    held.let_go()
    hand.email = other
    hand.until(lambda: hand.account() == str(server.person(other)), "The phone does not know who signed in")
    hand.page.wait_for_function("() => performance.getEntriesByType('navigation')[0].type === 'reload'")
    expect(hand.page.locator("form#listen")).to_be_visible()
    hand.record()
    hand.all_arrives()


def sign_out(hand: Hand) -> None:
    """On the page; the network is there for as long as this takes, and nothing that waits goes meanwhile."""
    hand.between.shut(SYNC)
    hand.page.goto(f"{hand.url}/account")
    confirm_sign_out(hand)
    hand.between.open()


def confirm_sign_out(hand: Hand) -> None:
    """In spite of what waits."""
    hand.page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).first.click()
    with hand.page.expect_navigation():
        hand.page.get_by_role("dialog").get_by_role("button", name="Sign out").click()


def signed_in(server: WarmServer, email: str) -> bool:
    """Whether the server takes whoever shows their cookie for this person."""
    with server.data() as session:
        return bool(session.scalars(select(SignIn).where(SignIn.person_id == server.person(email))).all())
