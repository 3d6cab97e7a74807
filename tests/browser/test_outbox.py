"""Undo, mend and delete without a network, and what the person must settle."""

import re
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import delete

from tests.browser.fixtures import OpenContext
from tests.browser.phone import chip, choose_place, listen_in, own_list, ready_offline, save, sign_in, state, unsent
from tests.browser.server import Server
from tests.promises import promise
from webapp.culture.vocabulary import PlaceKind
from webapp.schools.models import Place

SYNC = "**/api/v1/sync"


@pytest.fixture
def doomed(server: Server) -> str:
    """The name of a place that will not be there much longer."""
    name = f"Old gym {uuid4().hex[:6]}"
    with server.data() as session:
        kind = PlaceKind.OTHER.code
        session.add(Place(school_id=server.school(), name=name, kind_code=kind, position=99, adults=12))
        session.commit()
    return name


@pytest.fixture
def offline(server: Server, page: Page, observer: str) -> Page:
    """An observer's phone on the record page, with no network."""
    sign_in(page, server.url, observer)
    ready_offline(page)
    page.goto(f"{server.url}/record")
    page.context.set_offline(True)
    return page


def test_what_is_undone_without_a_network_is_not_there_in_the_end(server: Server, offline: Page, observer: str) -> None:
    listen_in(offline, place="Library", heard=["Evidence"])
    expect(state(offline)).to_contain_text("1 waiting")
    offline.get_by_role("button", name="Undo").click()
    expect(offline.get_by_text("Undone")).to_be_visible()
    expect(own_list(offline)).to_have_count(0)
    # What was chosen is back in the form, to be put right.
    expect(chip(offline, "Evidence")).to_be_checked()
    offline.context.set_offline(False)
    # What is saved next arrives, and alone: so what was undone is not on its way.
    save(offline).click()
    server.comes_to(observer, 1)
    expect(unsent(offline)).to_have_count(0)
    expect(own_list(offline)).to_have_count(1)


def test_undo_after_it_was_sent_takes_it_back_from_the_server(server: Server, offline: Page, observer: str) -> None:
    offline.context.set_offline(False)
    listen_in(offline, place="Library", heard=["Evidence"])
    server.comes_to(observer, 1)
    expect(own_list(offline)).to_have_count(1)
    expect(unsent(offline)).to_have_count(0)
    offline.get_by_role("button", name="Undo").click()
    server.comes_to(observer, 0)
    expect(own_list(offline)).to_have_count(0)
    expect(state(offline)).to_have_text("All sent")


def test_a_listen_in_is_mended_without_a_network(server: Server, offline: Page, observer: str) -> None:
    listen_in(offline, place="Library", heard=["Evidence"])
    own_list(offline).first.get_by_role("link").click()
    expect(offline.get_by_text("You are mending a listen-in.")).to_be_visible()
    chip(offline, "Evidence").uncheck()
    chip(offline, "Action").check()
    save(offline).click()
    expect(offline.get_by_text("Changes saved on this phone")).to_be_visible()
    expect(own_list(offline)).to_have_count(1)
    expect(own_list(offline).first).to_contain_text("Action")
    expect(state(offline)).to_contain_text("1 waiting")
    offline.context.set_offline(False)
    server.comes_to(observer, 1)
    expect(unsent(offline)).to_have_count(0)
    expect(state(offline)).to_have_text("All sent")


@promise("SYNC-7")
def test_a_sent_listen_in_is_mended_then_deleted_without_a_network(
    server: Server, offline: Page, observer: str
) -> None:
    offline.context.set_offline(False)
    listen_in(offline, place="Library", heard=["Evidence"])
    server.comes_to(observer, 1)
    expect(own_list(offline)).to_have_count(1)
    expect(unsent(offline)).to_have_count(0)

    offline.context.set_offline(True)
    own_list(offline).first.get_by_role("link").click()
    chip(offline, "Action").check()
    save(offline).click()
    expect(state(offline)).to_contain_text("1 waiting")
    own_list(offline).first.get_by_role("button", name=re.compile("^Delete")).click()
    expect(own_list(offline)).to_have_count(0)

    offline.context.set_offline(False)
    server.comes_to(observer, 0)
    expect(state(offline)).to_have_text("All sent")
    offline.reload()
    expect(state(offline)).to_have_text("All sent")
    expect(own_list(offline)).to_have_count(0)


@promise("SYNC-6")
def test_what_the_server_rejects_is_put_before_the_person_and_can_be_mended(
    server: Server, doomed: str, offline: Page, observer: str
) -> None:
    rejected(server, offline, doomed)
    needs_you = offline.locator("[data-needs-you]")
    expect(needs_you.get_by_text("The server could not take it")).to_be_visible()
    needs_you.get_by_role("link", name="Mend").click()
    choose_place(offline, "Library")
    save(offline).click()
    server.comes_to(observer, 1)
    expect(state(offline)).to_have_text("All sent")


@promise("SYNC-6")
def test_only_the_person_discards_and_is_asked_first(server: Server, doomed: str, offline: Page, observer: str) -> None:
    rejected(server, offline, doomed)
    rows = offline.locator("[data-needs-you] li")
    rows.get_by_role("button", name="Discard").click()
    offline.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(rows).to_have_count(1)
    rows.get_by_role("button", name="Discard").click()
    offline.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(offline.get_by_text("All sent. Nothing waits on this phone.")).to_be_visible()
    assert server.observations(observer) == 0


@pytest.mark.parametrize(("zone", "told"), [("America/Toronto", 0), ("Europe/Berlin", 2)])
def test_times_are_those_of_the_school_and_said_to_be_where_the_phone_is_elsewhere(
    server: Server, open_context: OpenContext, observer: str, zone: str, told: int
) -> None:
    page = open_context(timezone_id=zone).new_page()
    sign_in(page, server.url, observer)
    ready_offline(page)
    page.goto(f"{server.url}/record")
    page.context.set_offline(True)
    listen_in(page, place="Library", heard=["Evidence"])
    page.goto(f"{server.url}/outbox")
    row = page.locator("[data-waiting] li")
    now = datetime.now(ZoneInfo("America/New_York"))
    minutes = [now, now - timedelta(minutes=1)]
    clock = "|".join(f"{each:%-I}:{each:%M}" for each in minutes)
    expect(row).to_have_text(re.compile(f"heard .*({clock}).*Saved .*({clock})", re.DOTALL))
    assert row.inner_text().count("the school’s time") == told


@promise("SYNC-4")
def test_two_tabs_that_save_at_once_save_two(server: Server, offline: Page, observer: str) -> None:
    other = offline.context.new_page()
    other.goto(f"{server.url}/record")
    for page in (offline, other):
        choose_place(page, "Library")
        chip(page, "Evidence").check()
    for page in (offline, other):
        save(page).click(no_wait_after=True)
    expect(own_list(offline)).to_have_count(2)
    expect(own_list(other)).to_have_count(2)
    offline.context.set_offline(False)
    server.comes_to(observer, 2)


@promise("SYNC-7")
def test_what_one_tab_takes_back_while_another_sends_it_is_gone_in_the_end(
    server: Server, offline: Page, observer: str
) -> None:
    on_its_way: list[Route] = []

    def hold(route: Route) -> None:
        on_its_way.append(route)

    offline.context.route(SYNC, hold)
    offline.context.set_offline(False)
    listen_in(offline, place="Library", heard=["Evidence"])
    other = offline.context.new_page()
    other.goto(f"{server.url}/record")
    expect(own_list(other)).to_have_count(1)
    while not on_its_way:
        offline.wait_for_timeout(50)
    own_list(other).get_by_role("button", name=re.compile("^Delete")).click()
    expect(own_list(other)).to_have_count(0)
    # What is held goes on too.
    offline.context.unroute(SYNC)
    # It still waited a moment ago, so this is not from before.
    expect(state(other)).to_have_text("All sent")
    server.comes_to(observer, 0)
    expect(own_list(offline)).to_have_count(0)


def rejected(server: Server, page: Page, doomed: str) -> None:
    """A place is gone from the school before a listen-in made there arrives."""
    listen_in(page, place=doomed, heard=["Evidence"])
    with server.data() as session:
        session.execute(delete(Place).where(Place.name == doomed))
        session.commit()
    page.context.set_offline(False)
    expect(state(page)).to_have_text("1 needs you")
    page.goto(f"{server.url}/outbox")
