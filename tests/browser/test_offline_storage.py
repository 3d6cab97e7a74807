"""What the phone's room and its browser mean for what waits is said in time, and in words that tell what to do."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.phone import FILL, chip, choose_place, listen_in, ready_offline, save, sign_in, state
from tests.browser.server import Server

ROOM = 3_000_000
# What Safari on iPhone and iPad says of a page in a tab.
IN_A_TAB_ON_IOS = "Object.defineProperty(Navigator.prototype, 'standalone', { get: () => false })"


@pytest.fixture
def recording(server: Server, page: Page, observer: str) -> Page:
    """An observer's phone on the record page, without a network."""
    page.add_init_script(IN_A_TAB_ON_IOS)
    sign_in(page, server.url, observer)
    ready_offline(page)
    page.goto(f"{server.url}/record")
    page.context.set_offline(True)
    return page


def test_a_phone_that_is_full_says_so_until_something_can_be_saved_again(
    server: Server, page: Page, observer: str
) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": server.url, "quotaSize": ROOM})
    sign_in(page, server.url, observer)
    ready_offline(page)
    page.goto(f"{server.url}/record")
    page.context.set_offline(True)
    choose_place(page, "Library")
    chip(page, "Evidence").check()
    page.evaluate(FILL)
    # The browser tidies what it wrote, and has a little room again; not with this.
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": server.url, "quotaSize": 1})
    save(page).click()
    expect(page.get_by_role("alert").filter(has_text="This phone is full, so nothing was saved.")).to_be_visible()
    page.goto(f"{server.url}/outbox")
    expect(told(page)).to_have_text("This phone is full: nothing more can be saved on it. Free some space first.")

    devtools.send("Storage.overrideQuotaForOrigin", {"origin": server.url})
    page.goto(f"{server.url}/record")
    expect(chip(page, "Evidence")).to_be_checked()
    save(page).click()
    page.context.set_offline(False)
    server.comes_to(observer, 1)
    expect(told(page)).to_be_hidden()


def test_a_tab_on_an_iphone_warns_of_what_waits_for_three_days(server: Server, recording: Page) -> None:
    page = recording
    listen_in(page, place="Library", heard=["Evidence"])
    page.goto(f"{server.url}/outbox")
    expect(state(page)).to_contain_text("1 waiting")
    expect(warning(page)).to_be_hidden()

    days_later(page, 3)
    for path in ("/outbox", "/record"):
        page.goto(server.url + path)
        expect(warning(page)).to_contain_text("1 listen-in has waited here since")
        expect(warning(page)).to_contain_text("Add to Home Screen")
        expect(page.locator("#install-hint")).to_be_hidden()
    warning(page).get_by_role("button", name="Not now").click()
    expect(warning(page)).to_be_hidden()
    page.reload()
    expect(state(page)).to_contain_text("1 waiting")
    expect(warning(page)).to_be_hidden()

    days_later(page, 5)
    page.reload()
    expect(warning(page)).to_be_visible()


def days_later(page: Page, days: int) -> None:
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=days, minutes=1))


def warning(page: Page) -> Locator:
    return page.locator("[data-ios-warning]")


def told(page: Page) -> Locator:
    """What is said of the room."""
    return page.locator("[data-storage] p")
