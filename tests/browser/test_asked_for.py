"""What is not chosen yet is asked for when one saves, and no longer asked for once it is chosen."""

from playwright.sync_api import Page, expect

from tests.browser.phone import chip, choose_place, ready_offline, save, sign_in
from tests.browser.server import Server


def test_a_complaint_goes_when_its_cause_does(server: Server, observer: str, page: Page) -> None:
    sign_in(page, server.url, observer)
    ready_offline(page)
    page.goto(f"{server.url}/record")
    choose_place(page, "Library")
    save(page).click()
    complaint = page.get_by_text("Choose what you heard, or “None of these”.")
    expect(complaint).to_be_visible()
    expect(chip(page, "Substantive")).to_be_focused()
    # It says nothing of what was heard.
    page.get_by_role("radio", name="Break").check()
    expect(complaint).to_be_visible()
    chip(page, "Evidence").check()
    expect(complaint).to_be_hidden()
