"""Kills a phone right after “Saved”, again and again, and looks whether it kept its word."""

import os
import signal
from pathlib import Path
from random import Random

from playwright.sync_api import Playwright, expect

from tests.browser.phone import Installed, installed, save
from tests.faults.between import Held
from tests.faults.device.hand import Hand
from tests.faults.warm import WarmServer

WAYS = ("no network", "on its way", "answered")


def kill_after_saved(playwright: Playwright, server: WarmServer, profile: Path, *, times: int, seed: int) -> None:
    """Each time before, during or after the call; then all that was saved is stored once, and nothing else."""
    chance = Random(seed)
    with installed(playwright, profile) as phone:
        hand = Hand(phone.open().context, server)
        hand.sign_in(server.newcomer())
        # Cookies are written down when a browser is closed.
        phone.close()
        hand = hand.switched_on_again(phone.open().context)
        for count in range(1, times + 1):
            hand = killed_after_save(phone, hand, chance.choice(WAYS), chance.uniform(0, 50))
            assert len(hand.saved) == count
        hand.between.open()
        hand.open()
        hand.all_arrives()
    hand.between.close()


def killed_after_save(phone: Installed, hand: Hand, way: str, milliseconds: float) -> Hand:
    """Saves one, kills the browser after “Saved”, starts it again, and finds what was saved."""
    hand.between.open()
    hand.open()
    held = Held(answer=True)
    if way == "no network":
        hand.between.shut()
    elif way == "on its way":
        hand.between.will(held)
    known = hand.known()
    chosen = hand.fill()
    save(hand.page).click()
    expect(hand.page.get_by_text("Saved on this phone")).to_be_visible()
    if way == "on its way":
        held.wait()
    elif way == "answered":
        # Somewhere between the call and the last word about it.
        hand.page.wait_for_timeout(milliseconds)
    kill_all(phone)
    if way == "on its way":
        held.let_go()
    again = hand.switched_on_again(phone.open().context)
    again.new_one(chosen, known)
    return again


def kill_all(phone: Installed) -> None:
    """The whole group of processes at once, as a battery at its end does it."""
    assert phone.context is not None
    with phone.context.expect_event("close"):
        os.killpg(os.getpgid(phone.process()), signal.SIGKILL)
    phone.context = None
