"""The heart of the job on Firefox, where there is no Background Sync.

Its worker cannot be cut off from the network, so the server is stopped instead. Where Firefox ESR is not installed,
`make test` says so, and conftest.py leaves this file out.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL

from playwright.sync_api import BrowserContext, Playwright, expect

from tests.browser.phone import listen_in, own_list, ready_offline, sign_in, state
from tests.browser.server import Server
from tests.promises import promise

COACH = "coach@ours.example"


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


@promise("SYNC-1", "SYNC-4")
def test_what_was_saved_without_a_server_arrives_once(
    playwright: Playwright, own_server: Server, tmp_path: Path
) -> None:
    with firefox(playwright, tmp_path) as phone:
        page = phone.pages[0]
        sign_in(page, own_server.url, COACH)
        ready_offline(page)
    with firefox(playwright, tmp_path) as phone:
        page = phone.pages[0]
        page.goto(f"{own_server.url}/record")
        own_server.stop()
        listen_in(page, place="Library", heard=["Evidence", "Inquiry"])
        listen_in(page, place="Yard", heard=["None of these"])
        killed(phone, tmp_path)
    with firefox(playwright, tmp_path) as phone:
        page = phone.pages[0]
        page.goto(f"{own_server.url}/record")
        expect(own_list(page)).to_have_count(2)
        expect(state(page)).to_contain_text("2 waiting since")
        own_server.start()
        page.reload()
        expect(state(page)).to_have_text("All sent")
        assert own_server.observations(COACH) == 2
