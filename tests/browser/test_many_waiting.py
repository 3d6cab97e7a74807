"""A phone that was away for long has five thousand listen-ins to send."""

import pytest
from playwright.sync_api import Page

from tests.browser.phone import comes_true, ready_offline, sign_in
from tests.browser.server import Server
from tests.browser.waiting import NOTHING_WAITS, let_wait
from tests.promises import promise

MANY = 5000


@promise("SYNC-4")
@pytest.mark.parametrize("path", ["/record", "/account"])
def test_five_thousand_waiting_listen_ins_all_arrive_once(server: Server, page: Page, observer: str, path: str) -> None:
    sign_in(page, server.url, observer)
    ready_offline(page)
    page.goto(f"{server.url}/record")
    page.context.set_offline(True)
    let_wait(page, MANY)
    page.context.set_offline(False)
    # The page from the phone has the worker send; so has one that the server draws.
    page.goto(f"{server.url}{path}")
    server.comes_to(observer, MANY)
    comes_true(page, NOTHING_WAITS)
