"""A new version waits for the person, is never in the way of a form, and loses nothing that is unsent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import delete

from tests.browser.phone import chip, choose_place, comes_true, listen_in, ready_offline, save, sign_in, state, unsent
from tests.browser.server import Server, copy_of_the_project
from tests.promises import promise
from webapp.people.models import SignIn

COACH = "coach@ours.example"
ASK_FOR_UPDATE = "() => navigator.serviceWorker.getRegistration().then((found) => found.update()).then(() => true)"
ONE_WAITS = "() => navigator.serviceWorker.getRegistration().then((found) => found.waiting !== null)"


@pytest.fixture
def newer(tmp_path: Path) -> Iterator[Path]:
    """The project a release later: its worker has one byte more."""
    root = copy_of_the_project(tmp_path / "newer")
    worker = root / "static/dist/sw.js"
    worker.write_text(f"{worker.read_text(encoding='utf-8')}\n", encoding="utf-8")
    yield root


def test_the_new_version_is_taken_when_the_person_asks_for_it(own_server: Server, page: Page, newer: Path) -> None:
    sign_in(page, own_server.url, COACH)
    ready_offline(page)
    release(own_server, newer)
    page.reload()
    expect(notice(page)).to_be_visible()
    assert page.evaluate(ONE_WAITS)
    with page.expect_navigation():
        notice(page).get_by_role("button", name="Refresh").click()
    expect(notice(page)).to_be_hidden()
    page.wait_for_function("() => navigator.serviceWorker.controller?.state === 'activated'")
    assert not page.evaluate(ONE_WAITS)


def test_nothing_is_said_while_a_form_is_being_filled(own_server: Server, page: Page, newer: Path) -> None:
    sign_in(page, own_server.url, COACH)
    ready_offline(page)
    page.goto(f"{own_server.url}/record")
    choose_place(page, "Library")
    chip(page, "Evidence").check()
    release(own_server, newer)
    assert page.evaluate(ASK_FOR_UPDATE)
    comes_true(page, ONE_WAITS)
    expect(notice(page)).to_be_hidden()
    expect(chip(page, "Evidence")).to_be_checked()
    save(page).click()
    expect(notice(page)).to_be_visible()


@promise("SYNC-6")
def test_what_is_unsent_outlives_an_update(own_server: Server, page: Page, newer: Path) -> None:
    sign_in(page, own_server.url, COACH)
    ready_offline(page)
    page.goto(f"{own_server.url}/record")
    end_sign_ins(own_server)
    listen_in(page, place="Library", heard=["Evidence"])
    expect(state(page)).to_have_text("Sign in to send 1")
    release(own_server, newer)
    assert page.evaluate(ASK_FOR_UPDATE)
    with page.expect_navigation():
        notice(page).get_by_role("button", name="Refresh").click()
    expect(unsent(page)).to_have_count(1)
    assert own_server.observations(COACH) == 0
    sign_in(page, own_server.url, COACH)
    expect(state(page)).to_have_text("All sent")
    assert own_server.observations(COACH) == 1


def end_sign_ins(server: Server) -> None:
    with server.data() as session:
        session.execute(delete(SignIn))
        session.commit()


def release(server: Server, newer: Path) -> None:
    server.stop()
    server.start(root=newer)


def notice(page: Page) -> Locator:
    return page.locator("#update-notice")
