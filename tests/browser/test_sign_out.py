"""Signing out on a phone that may be shared: what is unsent is told, stays, and never goes under another account."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from tests.browser.phone import chip, listen_in, own_list, ready_offline, sign_in, state, unsent
from tests.browser.server import Server
from tests.promises import promise
from webapp.people.models import SignIn

SYNC = "**/api/v1/sync"


@pytest.fixture
def owner(server: Server) -> str:
    return server.newcomer()


@pytest.fixture
def other(server: Server) -> str:
    return server.newcomer()


@pytest.fixture
def one_unsent(server: Server, page: Page, owner: str) -> Page:
    """The owner's phone, with one listen-in that is on its way to nowhere."""
    sign_in(page, server.url, owner)
    ready_offline(page)
    page.goto(f"{server.url}/record")
    page.context.route(SYNC, lambda route: route.abort())
    listen_in(page, place="Library", heard=["Evidence"])
    expect(state(page)).to_contain_text("1 waiting")
    return page


@promise("SYNC-6")
def test_who_signs_out_is_told_what_is_unsent_and_may_stay(server: Server, one_unsent: Page, owner: str) -> None:
    page = one_unsent
    ask_to_sign_out(page, server)
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("1 listen-in on this phone is not sent yet")
    question.get_by_role("button", name="Stay signed in").click()
    page.context.unroute(SYNC)
    page.goto(f"{server.url}/record")
    server.comes_to(owner, 1)
    expect(state(page)).to_have_text("All sent")


def test_who_signs_out_may_send_first(server: Server, one_unsent: Page, owner: str) -> None:
    page = one_unsent
    ask_to_sign_out(page, server)
    question = page.get_by_role("dialog")
    question.get_by_role("button", name="Send first").click()
    expect(question).to_contain_text("Not all of it could be sent just now")
    page.context.unroute(SYNC)
    question.get_by_role("button", name="Send first").click()
    page.wait_for_url(re.compile("/sign-in"))
    server.comes_to(owner, 1)


@promise("SYNC-5")
def test_what_somebody_left_on_a_phone_is_counted_and_never_shown(server: Server, one_unsent: Page) -> None:
    page = one_unsent
    ask_to_sign_out(page, server)
    with page.expect_navigation():
        page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    page.goto(f"{server.url}/outbox")
    expect(page.get_by_text("1 listen-in is safe on this phone and not sent yet")).to_be_visible()
    expect(page.get_by_text("Until then nobody can read them")).to_be_visible()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    expect(page.get_by_text("Library")).to_have_count(0)
    expect(page.get_by_role("button", name="Keep as a file")).to_have_count(0)


@promise("SYNC-5", "SYNC-6")
def test_it_waits_for_its_owner_while_somebody_else_is_signed_in(
    server: Server, one_unsent: Page, owner: str, other: str
) -> None:
    page = one_unsent
    ask_to_sign_out(page, server)
    with page.expect_navigation():
        page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    page.context.unroute(SYNC)

    sign_in(page, server.url, other)
    ready_offline(page)
    page.goto(f"{server.url}/record")
    listen_in(page, place="North hallway", heard=["Action"])
    server.comes_to(other, 1)
    expect(own_list(page)).to_have_count(1)
    expect(unsent(page)).to_have_count(0)
    page.goto(f"{server.url}/outbox")
    expect(page.get_by_text("1 listen-in waits here for somebody else")).to_be_visible()
    assert (server.observations(other), server.observations(owner)) == (1, 0)

    ask_to_sign_out(page, server, unsent=False)
    sign_in(page, server.url, owner)
    server.comes_to(owner, 1)
    expect(state(page)).to_have_text("All sent")
    assert server.observations(other) == 1


@promise("SYNC-8", "SYNC-5")
def test_an_expired_sign_in_stops_sending_and_never_saving(server: Server, page: Page, owner: str, other: str) -> None:
    sign_in(page, server.url, owner)
    ready_offline(page)
    page.goto(f"{server.url}/record")
    with server.data() as session:
        session.execute(delete(SignIn).where(SignIn.person_id == server.person(owner)))
        session.commit()
    listen_in(page, place="Library", heard=["Evidence"])
    listen_in(page, place="Library", heard=["Action"])
    expect(state(page)).to_have_text("Sign in to send 2")
    page.reload()
    expect(unsent(page)).to_have_count(2)

    sign_in(page, server.url, other)
    page.goto(f"{server.url}/outbox")
    expect(page.get_by_text("2 listen-ins wait here for somebody else")).to_be_visible()
    assert server.observations(other) == 0

    ask_to_sign_out(page, server, unsent=False)
    sign_in(page, server.url, owner)
    server.comes_to(owner, 2)
    expect(state(page)).to_have_text("All sent")
    assert server.observations(other) == 0


def test_after_signing_out_the_phone_forgets_what_it_had_read(server: Server, page: Page, other: str) -> None:
    sign_in(page, server.url, other)
    ready_offline(page)
    page.goto(f"{server.url}/record")
    listen_in(page, place="Library", heard=["Evidence"])
    server.comes_to(other, 1)
    expect(own_list(page)).to_have_count(1)
    expect(unsent(page)).to_have_count(0)
    ask_to_sign_out(page, server, unsent=False)
    page.goto(f"{server.url}/record")
    expect(page.get_by_role("heading", name="Sign in once on this phone")).to_be_visible()
    expect(page.get_by_text("Library")).to_have_count(0)


@promise("SYNC-5")
def test_what_somebody_began_is_not_brought_back_to_who_signs_in_next(
    server: Server, page: Page, owner: str, other: str
) -> None:
    sign_in(page, server.url, owner)
    ready_offline(page)
    page.goto(f"{server.url}/record")
    trait = chip(page, "Evidence")
    trait.click()
    page.reload()
    expect(trait).to_be_checked()
    # In another tab one leaves and the next comes; this tab stays open, on a page that does not begin anew by itself.
    page.goto(f"{server.url}/about")
    elsewhere = page.context.new_page()
    ask_to_sign_out(elsewhere, server, unsent=False)
    sign_in(elsewhere, server.url, other)
    ready_offline(elsewhere)
    page.goto(f"{server.url}/record")
    expect(page.locator("form#listen")).to_be_visible()
    expect(state(page)).to_have_text("All sent")
    expect(trait).not_to_be_checked()


def ask_to_sign_out(page: Page, server: Server, *, unsent: bool = True) -> None:
    page.goto(f"{server.url}/account")
    button = page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).first
    button.click()
    if not unsent:
        page.wait_for_url(re.compile("/sign-in"))
