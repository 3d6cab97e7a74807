"""A pause that is over is over, wherever a page was meanwhile."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.phone import comes_true, listen_in, ready_offline, sign_in, state
from tests.browser.server import Server
from tests.promises import promise

SYNC = "**/api/v1/sync"
# What a page finds that was frozen while its pause went by.
BEGAN_LONG_AGO = """
() => new Promise((done) => {
  const asked = indexedDB.open("listen-in");
  asked.onsuccess = () => {
    const work = asked.result.transaction("meta", "readwrite");
    work.objectStore("meta").put({ tries: 1, until: Date.now() - 1000, answered: true }, "pause");
    work.oncomplete = () => { asked.result.close(); done(null); };
  };
})
"""
RESTS = """
() => new Promise((tell) => {
  const asked = indexedDB.open("listen-in");
  asked.onsuccess = () => {
    const fact = asked.result.transaction("meta").objectStore("meta").get("pause");
    fact.onsuccess = () => { asked.result.close(); tell(fact.result?.until > Date.now()); };
  };
})
"""
WAKES = """
(how) => void (how === "resume"
  ? document.dispatchEvent(new Event("resume"))
  : new BroadcastChannel("listen-in").postMessage("changed"))
"""


@pytest.fixture
def phone(server: Server, page: Page, observer: str) -> Page:
    """An observer's phone on the record page; no Background Sync wakes its worker, as in Firefox and Safari."""
    page.add_init_script("delete ServiceWorkerRegistration.prototype.sync")
    sign_in(page, server.url, observer)
    ready_offline(page)
    # What it does at its start is done.
    with page.expect_response("**/api/v1/changes?*"):
        page.goto(f"{server.url}/record")
    return page


@promise("SYNC-6")
@pytest.mark.parametrize("how", ["resume", "changed"])
def test_a_page_that_was_frozen_through_the_pause_tries_as_soon_as_it_goes_on(
    server: Server, phone: Page, observer: str, how: str
) -> None:
    page = phone
    page.context.route(SYNC, lambda route: route.fulfill(status=503, headers={"Retry-After": "1800"}))
    with page.expect_response(SYNC):
        listen_in(page, place="Library", heard=["Evidence"])
    comes_true(page, RESTS)
    page.context.unroute(SYNC)
    page.evaluate(BEGAN_LONG_AGO)
    page.evaluate(WAKES, how)
    server.comes_to(observer, 1)


def test_what_stands_in_the_way_after_a_pause_is_not_run_against_again_and_again(phone: Page) -> None:
    page = phone
    page.context.route("**/api/v1/**", lambda route: route.fulfill(status=401))
    listen_in(page, place="Library", heard=["Evidence"])
    expect(state(page)).to_have_text("Sign in to send 1")
    page.evaluate(BEGAN_LONG_AGO)
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url))
    for _ in range(3):
        page.evaluate(WAKES, "changed")
        page.wait_for_timeout(400)
    assert len(calls) <= 1
