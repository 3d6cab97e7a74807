"""A browser that keeps nothing, as some do in a private window: each listen-in goes to the server when it is saved."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.phone import Installed, chip, choose_place, installed, ready_offline, save, sign_in
from tests.browser.server import Server


@pytest.fixture
def phone(playwright: Playwright, tmp_path: Path) -> Iterator[Installed]:
    with installed(playwright, tmp_path / "profile") as phone:
        yield phone


def test_a_browser_that_keeps_nothing_says_so_and_saves_on_the_server(
    server: Server, observer: str, phone: Installed
) -> None:
    forbid_databases(phone)
    page = phone.open()
    sign_in(page, server.url, observer)
    page.goto(f"{server.url}/outbox")
    expect(page.get_by_text("This browser lets no page keep anything")).to_be_visible()
    listens_in(server, page)
    server.comes_to(observer, 1)


def test_a_worker_that_finds_no_database_any_more_leaves_the_page_to_the_server(
    server: Server, observer: str, phone: Installed
) -> None:
    page = phone.open()
    sign_in(page, server.url, observer)
    ready_offline(page)
    phone.close()
    forbid_databases(phone)
    page = phone.open()
    listens_in(server, page)
    server.comes_to(observer, 1)


def forbid_databases(phone: Installed) -> None:
    """Where the browser wants to make a folder for them, there is a file."""
    folder = phone.profile / "Default" / "IndexedDB"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("")


def listens_in(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/record")
    expect(page.get_by_text("goes to the school’s server at once")).to_be_visible()
    choose_place(page, "Library")
    chip(page, "Evidence").check()
    save(page).click()
    expect(page.get_by_role("status").filter(has_text=re.compile("^Saved$"))).to_be_visible()
