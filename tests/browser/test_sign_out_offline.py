"""Signing out without a network holds: the phone forgets at once, and the server is told before it shows a page."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from tests.browser.fixtures import OpenContext
from tests.browser.phone import listen_in, own_list, ready_offline, sign_in, state
from tests.browser.server import Server
from tests.promises import promise
from tests.world import PASSWORD
from webapp.people.models import SignIn

SESSION = re.compile(r"/api/v1/session\?account=")


@pytest.fixture
def account(server: Server, page: Page, observer: str) -> Page:
    """An observer's phone on the page “You”, with one listen-in sent and kept, and the network gone since."""
    sign_in(page, server.url, observer)
    ready_offline(page)
    page.goto(f"{server.url}/record")
    listen_in(page, place="Library", heard=["Evidence"])
    server.comes_to(observer, 1)
    page.goto(f"{server.url}/account")
    expect(state(page)).to_have_text("All sent")
    page.context.set_offline(True)
    return page


def test_the_phone_forgets_at_once_and_the_server_ends_it_before_it_shows_a_page(
    server: Server, account: Page, observer: str
) -> None:
    leave(account)
    account.goto(f"{server.url}/record")
    expect(account.get_by_role("heading", name="Sign in once on this phone")).to_be_visible()
    expect(account.get_by_text("Library")).to_have_count(0)
    assert sign_ins(server, observer) == 1
    account.context.set_offline(False)
    account.goto(f"{server.url}/account")
    expect(account).to_have_url(re.compile("/sign-in"))
    assert sign_ins(server, observer) == 0


def test_it_holds_from_the_page_that_stands_there_without_a_network(
    server: Server, account: Page, observer: str
) -> None:
    account.goto(f"{server.url}/account")
    expect(account.get_by_text(f"Signed in on this phone: {observer.partition('@')[0]}")).to_be_visible()
    leave(account)
    # Nobody is left who could leave.
    account.goto(f"{server.url}/account")
    expect(account.get_by_role("button", name="Sign out")).to_have_count(0)


def test_while_the_server_does_not_answer_to_it_pages_come_without_the_cookie(
    server: Server, account: Page, observer: str
) -> None:
    worker = account.context.service_workers[0]
    leave(account)
    # Whoever is on the way lets pages through, and nothing else.
    worker.evaluate("() => { const real = fetch; fetch = (a, b) => b?.method ? Promise.reject(Error()) : real(a, b); }")
    account.context.set_offline(False)
    account.goto(f"{server.url}/account")
    expect(account).to_have_url(re.compile("/sign-in"))
    assert sign_ins(server, observer) == 1


@promise("SYNC-5")
def test_whoever_signs_in_before_the_server_has_heard_of_it_stays_signed_in(
    server: Server, account: Page, observer: str
) -> None:
    other = server.newcomer()
    leave(account)
    account.context.route(SESSION, lambda route: route.abort())
    account.context.set_offline(False)
    # In whatever way: on a page that lay open since before, under no worker.
    answer = account.request.post(f"{server.url}/api/v1/session", data={"email": other, "password": PASSWORD})
    assert answer.ok, answer.text()
    account.context.unroute(SESSION)
    account.goto(f"{server.url}/account")
    expect(account.get_by_text(other).first).to_be_visible()
    account.goto(f"{server.url}/record")
    expect(account.locator("form#listen")).to_be_visible()
    expect(own_list(account)).to_have_count(0)
    listen_in(account, place="Library", heard=["Action"])
    server.comes_to(other, 1)
    assert (server.observations(observer), sign_ins(server, other)) == (1, 1)


def test_whoever_signs_in_again_is_not_signed_out_by_it(server: Server, account: Page, observer: str) -> None:
    leave(account)
    account.context.set_offline(False)
    sign_in(account, server.url, observer)
    ready_offline(account)
    account.goto(f"{server.url}/record")
    expect(own_list(account)).to_have_count(1)
    account.goto(f"{server.url}/account")
    expect(account.get_by_text(observer).first).to_be_visible()


def test_a_page_of_a_browser_without_a_worker_ends_it_and_begins_anew(
    server: Server, open_context: OpenContext, observer: str
) -> None:
    page = open_context(service_workers="block").new_page()
    sign_in(page, server.url, observer)
    page.goto(f"{server.url}/account")
    page.context.route(SESSION, lambda route: route.abort())
    page.context.route("**/sign-out", lambda route: route.abort())
    page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).first.click()
    page.wait_for_timeout(500)
    page.context.unroute(SESSION)
    page.goto(f"{server.url}/account")
    expect(page).to_have_url(re.compile("/sign-in"))
    assert sign_ins(server, observer) == 0


def test_who_goes_back_does_not_see_a_page_as_it_was_for_who_left(server: Server, account: Page) -> None:
    before = account.context.new_page()
    before.goto(f"{server.url}/record")
    expect(own_list(before)).to_have_count(1)
    leave(account)
    # As a browser says it that has kept the page whole for going back.
    before.evaluate("() => void dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(before.get_by_role("heading", name="Sign in once on this phone")).to_be_visible()
    expect(own_list(before)).to_have_count(0)


def leave(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).first.click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


def sign_ins(server: Server, email: str) -> int:
    with server.data() as session:
        mine = select(func.count()).select_from(SignIn).where(SignIn.person_id == server.person(email))
        return session.scalar(mine) or 0
