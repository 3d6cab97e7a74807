"""The browser offers to install it; and what is installed opens without a network."""

from pathlib import Path

from playwright.sync_api import Page, Playwright, expect

from tests.browser.phone import WORKER_IS_THERE, comes_true, installed, ready_offline, sign_in
from tests.browser.server import Server

COACH = "coach@ours.example"


def test_nothing_stands_in_the_way_of_installing_it(playwright: Playwright, server: Server, tmp_path: Path) -> None:
    with installed(playwright, tmp_path / "phone") as phone:
        page = phone.open()
        page.goto(f"{server.url}/sign-in")
        assert phone.context is not None
        devtools = phone.context.new_cdp_session(page)
        assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
        assert devtools.send("Page.getAppManifest")["errors"] == []


def test_every_page_opens_without_a_network(server: Server, page: Page) -> None:
    sign_in(page, server.url, COACH)
    ready_offline(page)
    page.context.set_offline(True)
    for path, words in (
        ("/record", "What did you hear?"),
        ("/record?place=gone", "What did you hear?"),
        ("/outbox", "All sent. Nothing waits on this phone."),
        ("/heatmap", "No map on this phone yet"),
        ("/trends", "No network here"),
        ("/account", "No network here"),
        ("/", "What did you hear?"),
    ):
        page.goto(f"{server.url}{path}")
        expect(page.get_by_text(words).first).to_be_visible()


def test_a_phone_on_which_nobody_signed_in_says_so_without_a_network(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/offline")
    comes_true(page, WORKER_IS_THERE)
    page.context.set_offline(True)
    page.goto(f"{server.url}/record")
    expect(page.get_by_role("heading", name="Sign in once on this phone")).to_be_visible()


def test_nothing_that_was_signed_in_is_kept_in_the_cache(server: Server, page: Page) -> None:
    sign_in(page, server.url, COACH)
    ready_offline(page)
    for path in ("/heatmap", "/trends", "/account", "/record"):
        page.goto(f"{server.url}{path}")
    kept = page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys())
            for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
          return found;
        }"""
    )
    assert kept != []
    assert [path for path in kept if not path.startswith("/static/")] == []
