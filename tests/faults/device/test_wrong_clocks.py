"""Phones whose clock is wrong, or set while something waits: what is filed, and under which time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from playwright.sync_api import expect

from tests.browser.fixtures import OpenContext
from tests.browser.phone import save
from tests.faults.device.hand import Hand
from tests.faults.warm import WarmServer
from tests.promises import promise
from webapp.observing.models import Observation

HOUR = 60 * 60
DAY = 24 * HOUR
AUTUMN_NIGHT = "2025-11-02T01:30"
"""In New York this time comes twice, at -04:00 and an hour later at -05:00; a browser takes the first (ECMA-262)."""
SPRING_NIGHT = "2026-03-08T02:30"
"""In New York this time never was: a browser takes it for 3:30, at -04:00."""


@promise("SYNC-4")
@pytest.mark.parametrize("seconds", [HOUR, -DAY])
def test_a_clock_an_hour_fast_or_a_day_slow(hand: Hand, seconds: int) -> None:
    hand.set_clock(seconds)
    began = datetime.now(UTC)
    hand.record(note="By a clock that is wrong")
    ended = datetime.now(UTC)
    filed_corrected(hand, began, ended, seconds)
    # The page has learned of it and says the time under which the next is filed.
    hand.page.reload()
    hand.page.locator('.more-button[popovertarget="when"]').click()
    now = datetime.now(UTC) - timedelta(hours=5)
    expect(hand.page.locator("[data-filed]")).to_contain_text(f"{now:%-I:}")


@promise("SYNC-4")
def test_a_clock_a_minute_fast_is_left_as_it_is(hand: Hand) -> None:
    hand.set_clock(60)
    hand.record()
    hand.all_arrives()


@promise("SYNC-6")
def test_a_clock_days_ahead_that_is_set_right_while_something_waits(hand: Hand) -> None:
    hand.lose_network()
    hand.set_clock(3 * DAY)
    id_ = hand.record(note="From three days ahead")
    said = hand.saved.pop(id_)
    hand.set_clock(0)
    hand.record()
    hand.find_network()
    # What is still to come is filed nowhere; its neighbour is.
    hand.until(lambda: len(hand.needs_you()) == 1, "It is not before its person")
    [row] = hand.needs_you()
    assert row["why"]["problem"]["field"] == "observed_at"
    hand.comes_to()
    hand.page.goto(f"{hand.url}/outbox")
    hand.page.locator('[data-do="mend"]:visible').click()
    hand.page.locator('.more-button[popovertarget="when"]').click()
    hand.page.locator('input[name="when"][value="now"]').check()
    hand.page.locator('#when [popovertargetaction="hide"]').click()
    save(hand.page).click()
    hand.until(lambda: hand.outbox() == [], "It still waits")
    mended = hand.stored()[id_]
    assert replace(mended, said_at=said.said_at, filed=said.filed) == said
    assert abs(mended.filed - datetime.now(UTC)) < timedelta(minutes=5)


@promise("SYNC-4")
def test_a_clock_that_is_set_while_something_waits(hand: Hand) -> None:
    """Both are put right by the clock that the phone has when it sends them (docs/sync.md, “Clocks”)."""
    hand.lose_network()
    first = hand.record()
    hand.set_clock(HOUR)
    second = hand.record()
    hand.find_network()
    hand.until(lambda: hand.outbox() == [], "Something still waits")
    stored = hand.stored()
    assert [stored[id_].said_at for id_ in (first, second)] == [hand.saved[id_].said_at for id_ in (first, second)]
    for id_ in (first, second):
        near(stored[id_].filed, hand.saved[id_].filed - timedelta(hours=1))
        assert skew_of(hand, id_) == pytest.approx(HOUR, abs=5)
    same = {id_: replace(said, filed=stored[id_].filed) for id_, said in hand.saved.items()}
    assert stored == same


@promise("SYNC-4")
def test_an_offset_that_changes_while_something_waits(
    open_context: OpenContext, server: WarmServer, observer: str
) -> None:
    """As when summer time ends, or a phone crosses into another zone: the moment stays the same."""
    hand = Hand(open_context(timezone_id=None), server)
    tools = hand.tools()
    tools.send("Emulation.setTimezoneOverride", {"timezoneId": "America/New_York"})
    hand.sign_in(observer)
    hand.lose_network()
    hand.record()
    tools.send("Emulation.setTimezoneOverride", {"timezoneId": "America/Halifax"})
    hand.record()
    assert len({said.said_at[-6:] for said in hand.saved.values()}) == 2
    hand.find_network()
    hand.all_arrives()


@promise("SYNC-4")
@pytest.mark.parametrize(
    ("chosen", "said"),
    [(AUTUMN_NIGHT, "2025-11-02T01:30:00-04:00"), (SPRING_NIGHT, "2026-03-08T03:30:00-04:00")],
)
def test_an_hour_that_comes_twice_or_never(hand: Hand, chosen: str, said: str) -> None:
    known = hand.known()
    choice = hand.fill()
    hand.page.locator('.more-button[popovertarget="when"]').click()
    hand.page.locator('input[name="at"]').fill(chosen)
    hand.page.locator('#when [popovertargetaction="hide"]').click()
    save(hand.page).click()
    id_ = hand.new_one(choice, known)
    assert hand.saved[id_].said_at == said
    hand.all_arrives()


def filed_corrected(hand: Hand, began: datetime, ended: datetime, seconds: int) -> None:
    """Stored once, word for word as it was said, and filed under the time that it really was."""
    hand.until(lambda: hand.outbox() == [], "Something still waits")
    [(id_, said)] = hand.saved.items()
    [(stored_id, stored)] = hand.stored().items()
    assert stored_id == id_
    assert replace(stored, filed=said.filed) == said
    assert began - timedelta(seconds=3) <= stored.filed <= ended + timedelta(seconds=3)
    assert skew_of(hand, id_) == pytest.approx(seconds, abs=5)


def near(one: datetime, other: datetime) -> None:
    assert abs(one - other) <= timedelta(seconds=5)


def skew_of(hand: Hand, id_: UUID) -> int:
    with hand.server.data() as session:
        return session.get_one(Observation, id_).skew
