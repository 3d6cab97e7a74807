"""Page, worker and server a release apart, in every pairing: what was saved arrives once, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.phone import chip, choose_place, comes_true, listen_in, ready_offline, save, sign_in
from tests.browser.releases import later
from tests.browser.server import ROOT, Server
from tests.browser.waiting import NOTHING_WAITS, ONE_IS_LEFT, schemas_waiting
from tests.promises import promise
from webapp.observing.shapes import SCHEMA

COACH = "coach@ours.example"
ONE_WAITS = "() => navigator.serviceWorker.getRegistration().then((found) => found.waiting !== null)"
LOOK = "() => navigator.serviceWorker.getRegistration().then((found) => found.update()).then(() => true)"
PLACE = "Library"


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project one release later."""
    return later(tmp_path_factory.mktemp("newer"), 1)


@pytest.fixture(scope="module")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project two releases later: its server no longer reads what today's phones say."""
    return later(tmp_path_factory.mktemp("newest"), 2)


@pytest.fixture
def recording(own_server: Server, page: Page) -> Iterator[Page]:
    """The coach's phone on the record page, all of today's release."""
    sign_in(page, own_server.url, COACH)
    ready_offline(page)
    page.goto(f"{own_server.url}/record")
    choose_place(page, PLACE)
    yield page


def test_old_page_and_old_worker_with_a_new_server(own_server: Server, recording: Page, newer: Path) -> None:
    release(own_server, newer)
    listen_in(recording, heard=["Evidence"])
    own_server.comes_to(COACH, 1)
    all_is_sent(recording)
    # The files of the old release are gone from the server; the page and its worker need none of them.
    recording.reload()
    listen_in(recording, place=PLACE, heard=["Evidence"])
    own_server.comes_to(COACH, 2)


def test_new_page_under_an_old_worker(own_server: Server, recording: Page, newer: Path) -> None:
    recording.context.set_offline(True)
    listen_in(recording, heard=["Evidence"])
    assert schemas_waiting(recording) == [SCHEMA]
    release(own_server, newer)
    recording.context.set_offline(False)
    # This page the server draws; its scripts are the new ones, and they find a row of the earlier schema.
    recording.goto(f"{own_server.url}/account")
    own_server.comes_to(COACH, 1)
    # This one the old worker has kept; its scripts meet a database that is newer than they are.
    recording.goto(f"{own_server.url}/record")
    listen_in(recording, place=PLACE, heard=["Evidence"])
    own_server.comes_to(COACH, 2)
    all_is_sent(recording)


def test_old_page_beside_a_new_page_and_a_new_worker(own_server: Server, recording: Page, newer: Path) -> None:
    beside = recording.context.new_page()
    beside.goto(f"{own_server.url}/record")
    release(own_server, newer)
    refresh(beside)
    recording.context.set_offline(True)
    listen_in(beside, place=PLACE, heard=["Evidence"])
    listen_in(recording, heard=["Evidence"])
    assert schemas_waiting(recording) == [SCHEMA + 1, SCHEMA]
    recording.context.set_offline(False)
    own_server.comes_to(COACH, 2)
    all_is_sent(recording)
    # The old page was left behind by its worker: its own Refresh leads to the new version too.
    with recording.expect_navigation():
        notice(recording).get_by_role("button", name="Refresh").click()
    listen_in(recording, place=PLACE, heard=["Evidence"])
    own_server.comes_to(COACH, 3)


def test_new_page_and_new_worker_with_an_old_server(own_server: Server, recording: Page, newer: Path) -> None:
    release(own_server, newer)
    refresh(recording)
    release(own_server, ROOT)
    with recording.context.expect_event("response", to_sync) as told:
        listen_in(recording, place=PLACE, heard=["Evidence"])
    assert told.value.status == 425
    assert (schemas_waiting(recording), own_server.observations(COACH)) == ([SCHEMA + 1], 0)
    release(own_server, newer)
    send_now(own_server, recording)
    own_server.comes_to(COACH, 1)


@promise("SYNC-6")
def test_a_page_too_old_for_the_server_updates_first_and_sends_after(
    own_server: Server, recording: Page, newest: Path
) -> None:
    release(own_server, newest)
    with recording.context.expect_event("response", to_sync) as told:
        listen_in(recording, heard=["Evidence"])
    assert told.value.status == 422
    # Nobody looked for the new version but the page itself, because of that answer.
    expect(notice(recording)).to_be_visible()
    chip(recording, "Action").check()
    expect(notice(recording)).to_be_hidden()
    assert (schemas_waiting(recording), own_server.observations(COACH)) == ([SCHEMA], 0)
    save(recording).click()
    expect(notice(recording)).to_be_visible()
    with recording.expect_navigation():
        notice(recording).get_by_role("button", name="Refresh").click()
    own_server.comes_to(COACH, 2)
    all_is_sent(recording)


@promise("SYNC-6")
def test_a_release_that_is_taken_back_touches_nothing_of_what_it_left(
    own_server: Server, recording: Page, newer: Path
) -> None:
    release(own_server, newer)
    refresh(recording)
    recording.context.set_offline(True)
    listen_in(recording, place=PLACE, heard=["Evidence"])
    release(own_server, ROOT)
    recording.context.set_offline(False)
    refresh(recording)
    listen_in(recording, place=PLACE, heard=["Evidence"])
    own_server.comes_to(COACH, 1)
    # The server stores it before the phone hears so.
    comes_true(recording, ONE_IS_LEFT)
    assert schemas_waiting(recording) == [SCHEMA + 1]
    release(own_server, newer)
    refresh(recording)
    own_server.comes_to(COACH, 2)
    all_is_sent(recording)


def release(server: Server, root: Path) -> None:
    server.stop()
    server.start(root=root)


def refresh(page: Page) -> None:
    """Finds the new version and takes it, as a person does."""
    assert page.evaluate(LOOK)
    comes_true(page, ONE_WAITS)
    with page.expect_navigation():
        notice(page).get_by_role("button", name="Refresh").click()
    expect(page.locator("form#listen")).to_be_visible()


def send_now(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/outbox")
    page.get_by_role("button", name="Send now").click()


def all_is_sent(page: Page) -> None:
    """The server may know of a listen-in a moment before its answer has come."""
    comes_true(page, NOTHING_WAITS)


def to_sync(answer: Response) -> bool:
    """Whoever asked: the page, or the worker that the browser woke for it."""
    return answer.url.endswith("/api/v1/sync")


def notice(page: Page) -> Locator:
    return page.locator("#update-notice")
