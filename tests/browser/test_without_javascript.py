"""The same without JavaScript: everything that is not offline works as plain pages."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update

from tests.browser.fixtures import OpenContext
from tests.browser.phone import chip, choose_place, own_list, save, sign_in
from tests.browser.server import Server
from tests.promises import promise
from tests.world import PASSWORD
from webapp.culture.vocabulary import Role
from webapp.people.models import SignIn


@pytest.fixture
def plain(open_context: OpenContext) -> Iterator[BrowserContext]:
    yield open_context(java_script_enabled=False)


def test_the_whole_job_is_done_with_plain_pages(server: Server, plain: BrowserContext, observer: str) -> None:
    page = plain.new_page()
    sign_in(page, server.url, observer)

    record(page, "Library", "Evidence")
    record(page, "North hallway", "None of these")
    assert server.observations(observer) == 2

    mend(page)
    delete(page)
    assert server.observations(observer) == 1

    page.get_by_role("navigation").get_by_role("link", name="Map").click()
    expect(page.get_by_role("table").first).to_contain_text("Library")
    page.get_by_role("navigation").get_by_role("link", name="Trends").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    page.get_by_role("navigation").get_by_role("link", name="You").click()
    page.get_by_role("button", name="Sign out").first.click()
    page.goto(f"{server.url}/record")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_a_file_of_past_listen_ins_comes_in_and_is_taken_back(server: Server, plain: BrowserContext) -> None:
    page = plain.new_page()
    sign_in(page, server.url, server.newcomer(Role.ADMIN))
    page.goto(f"{server.url}/school/listen-ins")
    page.get_by_role("link", name="Bring in past listen-ins").click()
    form = "Timestamp,Where,Heard\n3/14/2026 9:15:00,Library,Evidence\n3/15/2026 9:15:00,The attic,Action\n"
    page.get_by_label("CSV file").set_input_files({"name": "form.csv", "mimeType": "text/csv", "buffer": form.encode()})
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Place")).to_have_value("1")
    expect(page.get_by_label("Evidence")).to_be_hidden()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("The attic").select_option("Leave these lines out")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("1 line is left out, as you said.")).to_be_visible()
    page.get_by_role("button", name="Bring in 1 listen-in").click()
    expect(page.get_by_role("heading", name="1 listen-in came in")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Taken back")).to_be_visible()


def test_undo_takes_back_what_was_just_saved(server: Server, plain: BrowserContext, observer: str) -> None:
    page = plain.new_page()
    sign_in(page, server.url, observer)
    record(page, "Library", "Evidence")
    page.get_by_role("button", name="Undo").click()
    expect(own_list(page)).to_have_count(0)
    assert server.observations(observer) == 0


@promise("SYNC-8")
def test_a_sign_in_that_ended_meanwhile_loses_nothing(server: Server, plain: BrowserContext, observer: str) -> None:
    page = plain.new_page()
    sign_in(page, server.url, observer)
    page.goto(f"{server.url}/record")
    choose_place(page, "Library")
    chip(page, "Inquiry").check()
    person = server.person(observer)
    with server.data() as session:
        ended = update(SignIn).where(SignIn.person_id == person)
        session.execute(ended.values(expires_at=datetime.now(UTC)))
        session.commit()
    save(page).click()
    expect(page.get_by_text("what you filled in stands there again")).to_be_visible()
    page.get_by_label("E-mail").fill(observer)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("radio", name="Library", exact=True)).to_be_checked()
    save(page).click()
    server.comes_to(observer, 1)


def test_what_was_chosen_stands_when_something_is_missing(server: Server, plain: BrowserContext, observer: str) -> None:
    page = plain.new_page()
    sign_in(page, server.url, observer)
    page.goto(f"{server.url}/record")
    choose_place(page, "Library")
    save(page).click()
    expect(page.get_by_text("Choose what you heard").first).to_be_visible()
    expect(page.get_by_role("radio", name="Library", exact=True)).to_be_checked()
    assert server.observations(observer) == 0


def record(page: Page, place: str, heard: str) -> None:
    choose_place(page, place)
    chip(page, heard).check()
    save(page).click()
    expect(page.get_by_role("status")).to_have_text("Saved")
    expect(own_list(page).first).to_contain_text(place)


def mend(page: Page) -> None:
    own_list(page).filter(has_text="Library").get_by_role("link").click()
    expect(chip(page, "Evidence")).to_be_checked()
    chip(page, "Action").check()
    save(page).click()
    expect(own_list(page).filter(has_text="Library")).to_contain_text("Action")


def delete(page: Page) -> None:
    own_list(page).filter(has_text="North hallway").get_by_role("button", name=re.compile("^Delete")).click()
    expect(own_list(page)).to_have_count(1)
