"""Undo, mend and delete without a network, and what the person must settle."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from tests.browser.phone import chip, choose_place, listen_in, own_list, ready_offline, save, sign_in, state
from tests.browser.server import Server
from tests.promises import promise
from webapp.schools.models import Place

COACH = "coach@ours.example"


@pytest.fixture
def offline(own_server: Server, page: Page) -> Page:
    """The coach's phone on the record page, with no network."""
    sign_in(page, own_server.url, COACH)
    ready_offline(page)
    page.goto(f"{own_server.url}/record")
    page.context.set_offline(True)
    return page


def test_undo_without_a_network_leaves_nothing_to_send(own_server: Server, offline: Page) -> None:
    listen_in(offline, place="Library", heard=["Evidence"])
    expect(state(offline)).to_contain_text("1 waiting")
    offline.get_by_role("button", name="Undo").click()
    expect(state(offline)).to_have_text("All sent")
    expect(own_list(offline)).to_have_count(0)
    # What was chosen is back in the form, to be put right.
    expect(chip(offline, "Evidence")).to_be_checked()
    offline.context.set_offline(False)
    expect(state(offline)).to_have_text("All sent")
    assert own_server.observations(COACH) == 0


def test_undo_after_it_was_sent_takes_it_back_from_the_server(own_server: Server, offline: Page) -> None:
    offline.context.set_offline(False)
    listen_in(offline, place="Library", heard=["Evidence"])
    expect(own_list(offline).filter(has_text="not sent yet")).to_have_count(0)
    expect(state(offline)).to_have_text("All sent")
    with offline.expect_response("**/api/v1/sync") as answer:
        offline.get_by_role("button", name="Undo").click()
    assert [each["status"] for each in answer.value.json()["results"]] == ["applied"]
    assert own_server.observations(COACH) == 0


def test_a_listen_in_is_mended_without_a_network(own_server: Server, offline: Page) -> None:
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
    expect(state(offline)).to_have_text("All sent")
    assert own_server.observations(COACH) == 1


@promise("SYNC-7")
def test_a_sent_listen_in_is_mended_then_deleted_without_a_network(own_server: Server, offline: Page) -> None:
    offline.context.set_offline(False)
    listen_in(offline, place="Library", heard=["Evidence"])
    expect(state(offline)).to_have_text("All sent")
    expect(own_list(offline).filter(has_text="not sent yet")).to_have_count(0)

    offline.context.set_offline(True)
    own_list(offline).first.get_by_role("link").click()
    chip(offline, "Action").check()
    save(offline).click()
    expect(state(offline)).to_contain_text("1 waiting")
    own_list(offline).first.get_by_role("button", name=re.compile("^Delete")).click()
    expect(own_list(offline)).to_have_count(0)

    offline.context.set_offline(False)
    expect(state(offline)).to_have_text("All sent")
    offline.reload()
    expect(own_list(offline)).to_have_count(0)
    assert own_server.observations(COACH) == 0


@promise("SYNC-6")
def test_what_the_server_rejects_is_put_before_the_person_and_can_be_mended(own_server: Server, offline: Page) -> None:
    rejected(own_server, offline)
    needs_you = offline.locator("[data-needs-you]")
    expect(needs_you.get_by_text("The server could not take it")).to_be_visible()
    needs_you.get_by_role("link", name="Mend").click()
    choose_place(offline, "Library")
    save(offline).click()
    expect(state(offline)).to_have_text("All sent")
    assert own_server.observations(COACH) == 1


@promise("SYNC-6")
def test_only_the_person_discards_and_is_asked_first(own_server: Server, offline: Page) -> None:
    rejected(own_server, offline)
    rows = offline.locator("[data-needs-you] li")
    rows.get_by_role("button", name="Discard").click()
    offline.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(rows).to_have_count(1)
    rows.get_by_role("button", name="Discard").click()
    offline.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(offline.get_by_text("All sent. Nothing waits on this phone.")).to_be_visible()
    assert own_server.observations(COACH) == 0


def rejected(server: Server, page: Page) -> None:
    """A place is gone from the school before a listen-in made there arrives."""
    listen_in(page, place="Yard", heard=["Evidence"])
    with server.data() as session:
        session.execute(delete(Place).where(Place.id == server.place("Yard")))
        session.commit()
    page.context.set_offline(False)
    expect(state(page)).to_have_text("1 needs you")
    page.goto(f"{server.url}/outbox")
