"""The heart of the job on Firefox, where there is no Background Sync.

Its worker cannot be cut off from the network, so the way to the server is shut instead. Where Firefox ESR is not
installed, `make test` says so, and conftest.py leaves this file out.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from signal import SIGKILL

import pytest
from playwright.sync_api import BrowserContext, Playwright

from tests.browser.journey import whole_job
from tests.faults.device.hand import Hand
from tests.faults.warm import WarmServer
from tests.promises import promise


@contextmanager
def firefox(playwright: Playwright, profile: Path) -> Iterator[BrowserContext]:
    context = playwright.firefox.launch_persistent_context(
        profile,
        executable_path=shutil.which("firefox-esr"),
        channel="moz-firefox",
        viewport={"width": 390, "height": 844},
    )
    try:
        yield context
    finally:
        context.close()


def killed(context: BrowserContext, profile: Path) -> None:
    """As a battery at its end does it; Firefox notes its process in the profile."""
    with context.expect_event("close"):
        os.kill(int(os.readlink(profile / "lock").rpartition("+")[2]), SIGKILL)


@pytest.fixture
def server() -> Iterator[WarmServer]:
    serving = WarmServer("sqlite")
    serving.fill()
    serving.start()
    yield serving
    serving.close()


@promise("SYNC-1", "SYNC-4", "SYNC-5", "SYNC-8")
def test_the_whole_job_on_firefox(playwright: Playwright, server: WarmServer, tmp_path: Path) -> None:
    with ExitStack() as opened:

        def restarted(hand: Hand) -> Hand:
            killed(hand.context, tmp_path)
            return hand.switched_on_again(opened.enter_context(firefox(playwright, tmp_path)))

        hand = Hand(opened.enter_context(firefox(playwright, tmp_path)), server)
        hand.sign_in(server.newcomer())
        whole_job(hand, restarted, server.newcomer())
