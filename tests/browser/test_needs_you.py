"""What only the person can settle on a phone: two versions of a listen-in, what was refused, a role that is gone."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.browser.phone import chip, comes_true, listen_in, own_list, ready_offline, save, state, unsent
from tests.browser.server import ARRIVES_WITHIN, Server
from tests.promises import promise
from tests.world import PASSWORD
from webapp.culture.vocabulary import PlaceKind, Role, Trait
from webapp.observing.models import Observation
from webapp.people.accounts import close, open_again
from webapp.people.models import Person
from webapp.schools.models import Membership, Place

Elsewhere = Callable[..., None]


@pytest.fixture
def phone(server: Server, page: Page, observer: str) -> Page:
    """An observer's phone on the record page, where one listen-in was saved and sent."""
    answer = page.request.post(f"{server.url}/api/v1/session", data={"email": observer, "password": PASSWORD})
    assert answer.ok, answer.text()
    page.goto(f"{server.url}/record")
    ready_offline(page)
    listen_in(page, place="Library", heard=["Evidence"])
    server.comes_to(observer, 1)
    expect(own_list(page)).to_have_count(1)
    expect(unsent(page)).to_have_count(0)
    return page


@pytest.fixture
def elsewhere(server: Server, phone: Page) -> Elsewhere:
    """The same person's other device, which changes or deletes that listen-in."""
    school = str(server.school())

    def change(op: str, **more: Any) -> None:
        feed = phone.request.get(f"{server.url}/api/v1/changes?school={school}&mine=true").json()["changes"][0]
        said = {name: value for name, value in feed.items() if name not in ("revision", "mine")}
        said = {**said, "op": op, "school": school, "base": feed["revision"], **more}
        account = phone.request.get(f"{server.url}/api/v1/session").json()["account"]
        now = feed["observed_at"]
        call = {"device": "another", "account": account, "clock": now, "changes": [said]}
        answer = phone.request.post(f"{server.url}/api/v1/sync", data=call).json()
        assert [result["status"] for result in answer["results"]] == ["applied"]

    return change


@promise("SYNC-7")
def test_of_two_versions_the_person_sees_both_and_keeps_theirs_and_takes_that_back(
    server: Server, phone: Page, observer: str, elsewhere: Elsewhere
) -> None:
    mend_without_a_network(phone, "Inquiry")
    elsewhere("put", heard=["action"])
    row = settled_by_the_person(server, phone)
    mine, theirs = row.locator("[data-mine]"), row.locator("[data-theirs]")
    expect(mine.get_by_text("Inquiry only here")).to_be_visible()
    expect(theirs.get_by_text("Action only here")).to_be_visible()
    # Told in words, not by colour; and only where they differ.
    expect(mine.get_by_text("differs", exact=True).locator("visible=true")).to_have_count(1)

    row.get_by_role("button", name="Keep mine").click()
    comes_to_say(server, observer, Trait.EVIDENCE | Trait.INQUIRY)
    expect(rows(phone)).to_have_count(0)
    phone.get_by_role("button", name="Undo").click()
    comes_to_say(server, observer, Trait.ACTION)


@promise("SYNC-6")
def test_who_keeps_what_the_server_holds_can_take_that_back_too(
    server: Server, phone: Page, observer: str, elsewhere: Elsewhere
) -> None:
    mend_without_a_network(phone, "Inquiry")
    elsewhere("put", heard=["action"])
    settled_by_the_person(server, phone).get_by_role("button", name="Keep the server’s").click()
    expect(rows(phone)).to_have_count(0)
    phone.get_by_role("button", name="Undo").click()
    expect(rows(phone)).to_have_count(1)
    rows(phone).get_by_role("button", name="Keep the server’s").click()
    expect(phone.get_by_text("All sent. Nothing waits on this phone.")).to_be_visible()
    phone.goto(f"{server.url}/record")
    expect(own_list(phone).filter(has_text="Action")).to_have_count(1)
    comes_to_say(server, observer, Trait.ACTION)


def test_who_mends_a_conflict_sees_what_is_there_before_replacing_it(
    server: Server, phone: Page, observer: str, elsewhere: Elsewhere
) -> None:
    mend_without_a_network(phone, "Inquiry")
    elsewhere("put", heard=["action"])
    settled_by_the_person(server, phone).get_by_role("link", name="Mend").click()
    expect(phone.get_by_text("It was changed on another device meanwhile: Library")).to_be_visible()
    chip(phone, "Personal").check()
    save(phone).click()
    comes_to_say(server, observer, Trait.EVIDENCE | Trait.INQUIRY | Trait.PERSONAL)


@promise("SYNC-7")
def test_what_was_deleted_elsewhere_comes_back_if_the_person_keeps_it(
    server: Server, phone: Page, observer: str, elsewhere: Elsewhere
) -> None:
    mend_without_a_network(phone, "Inquiry")
    elsewhere("delete")
    server.comes_to(observer, 0)
    row = settled_by_the_person(server, phone)
    expect(row.get_by_text("It was deleted meanwhile")).to_be_visible()
    row.get_by_role("button", name="Keep mine").click()
    comes_to_say(server, observer, Trait.EVIDENCE | Trait.INQUIRY)


@promise("SYNC-6", "SYNC-8")
def test_a_role_that_is_gone_loses_nothing_and_what_waits_goes_when_it_is_back(
    server: Server, phone: Page, observer: str
) -> None:
    give_role(server, observer, Role.STAFF)
    listen_in(phone, heard=["Action"])
    expect(state(phone)).to_have_text("1 needs you")
    phone.goto(f"{server.url}/outbox")
    expect(rows(phone).get_by_text("You do not record in this school any more")).to_be_visible()
    # The place is still known by its name.
    expect(rows(phone).get_by_role("heading", name="Library")).to_be_visible()
    comes_true(phone, ROLES_INCLUDE.replace("ROLE", "staff"))
    phone.goto(f"{server.url}/record")
    expect(phone.get_by_role("heading", name="You do not record in a school just now")).to_be_visible()

    give_role(server, observer, Role.OBSERVER)
    phone.get_by_role("link", name="See what is on this phone").click()
    rows(phone).get_by_role("button", name="Send again").click()
    server.comes_to(observer, 2)
    expect(phone.get_by_text("All sent. Nothing waits on this phone.")).to_be_visible()


@promise("SYNC-6", "SYNC-8")
def test_a_closed_account_keeps_what_waits_and_sends_it_once_it_is_open_again(
    server: Server, phone: Page, observer: str, tmp_path: Path
) -> None:
    with server.data() as session:
        close(session, account_of(session, observer), datetime.now(UTC))
        session.commit()
    listen_in(phone, heard=["Action"])
    expect(unsent(phone)).to_have_count(1)
    expect(state(phone)).to_have_text("Account closed · 1 kept")
    phone.goto(f"{server.url}/outbox")
    expect(state(phone)).to_have_text("Account closed · 1 kept")
    expect(phone.get_by_text("Your account is closed, so nothing can be sent")).to_be_visible()
    expect(phone.locator("[data-waiting] li")).to_have_count(1)
    assert [change["heard"] for change in kept_as_a_file(phone, tmp_path)["changes"]] == [["action"]]

    with server.data() as session:
        open_again(account_of(session, observer))
        session.commit()
    phone.reload()
    server.comes_to(observer, 2)
    expect(phone.get_by_text("All sent. Nothing waits on this phone.")).to_be_visible()


def test_what_waits_is_told_in_full_and_can_be_kept_as_a_file(
    server: Server, phone: Page, observer: str, tmp_path: Path
) -> None:
    phone.context.set_offline(True)
    listen_in(phone, place="North hallway", heard=["Action", "Inquiry"])
    phone.goto(f"{server.url}/outbox")
    row = phone.locator("[data-waiting] li")
    for words in ("North hallway", "In passing", "heard", "Inquiry", "Action", "Saved"):
        expect(row).to_contain_text(words)
    expect(phone.get_by_text("1 listen-in is safe on this phone and not sent yet")).to_be_visible()
    file = kept_as_a_file(phone, tmp_path)
    assert (file["format"], file["version"], file["unreadable"]) == ("listen-in-outbox", 1, [])
    (change,) = file["changes"]
    assert (change["place_name"], change["state"], change["heard"]) == (
        "North hallway",
        "waiting",
        ["inquiry", "action"],
    )
    assert file["account"] == str(server.person(observer))

    phone.context.set_offline(False)
    server.comes_to(observer, 2)
    expect(row).to_have_count(0)


def test_discarding_by_keyboard_leaves_the_keyboard_at_the_next_one_and_can_be_undone(
    server: Server, phone: Page, observer: str
) -> None:
    give_role(server, observer, Role.STAFF)
    for trait in ("Action", "Inquiry"):
        listen_in(phone, heard=[trait])
    expect(state(phone)).to_have_text("2 need you")
    phone.goto(f"{server.url}/outbox")
    rows(phone).first.get_by_role("button", name="Discard").focus()
    phone.keyboard.press("Enter")
    phone.get_by_role("dialog").get_by_role("button", name="Discard").press("Enter")
    expect(rows(phone)).to_have_count(1)
    expect(rows(phone).first).to_be_focused()
    phone.get_by_role("button", name="Undo").press("Enter")
    expect(rows(phone)).to_have_count(2)
    expect(rows(phone).first).to_contain_text("Action")


@promise("SYNC-6")
def test_what_was_done_first_can_still_be_undone_after_something_else_was_done(
    server: Server, phone: Page, observer: str
) -> None:
    give_role(server, observer, Role.STAFF)
    for trait in ("Action", "Inquiry"):
        listen_in(phone, heard=[trait])
    expect(state(phone)).to_have_text("2 need you")
    phone.goto(f"{server.url}/outbox")
    toast = phone.locator("[data-toast]")
    for left in (1, 0):
        rows(phone).first.get_by_role("button", name="Discard").click()
        phone.get_by_role("dialog").get_by_role("button", name="Discard").click()
        expect(rows(phone)).to_have_count(left)
    toast.get_by_role("button", name="Undo").click()
    expect(rows(phone)).to_have_count(1)
    expect(rows(phone).first).to_contain_text("Inquiry")
    # Of what can still be undone it is said what it was; a tap that needs no Undo takes none away.
    expect(toast).to_contain_text("Undone · Discarded")
    expect(state(phone)).to_have_text("1 needs you")
    rows(phone).first.get_by_role("button", name="Keep as a file").click()
    expect(toast).to_contain_text("The file is saved with your downloads · Discarded")
    toast.get_by_role("button", name="Undo").click()
    expect(rows(phone)).to_have_count(2)
    expect(toast.get_by_role("button", name="Undo")).to_be_hidden()
    expect(state(phone)).to_have_text("2 need you")


def test_the_door_of_an_archived_place_says_that_nobody_listens_there_any_more(server: Server, phone: Page) -> None:
    name = f"Old gym {uuid4().hex[:6]}"
    with server.data() as session:
        kind = PlaceKind.OTHER.code
        place = Place(school_id=server.school(), name=name, kind_code=kind, position=99, adults=12, archived=True)
        session.add(place)
        session.commit()
        door = f"{server.url}/record?place={place.id}"
    phone.reload()
    comes_true(phone, KNOWS_THE_PLACE.replace("NAME", name))
    phone.goto(door)
    expect(phone.get_by_text(f"“{name}” is archived")).to_be_visible()


def rows(page: Page) -> Locator:
    return page.locator("[data-needs-you] li")


def mend_without_a_network(page: Page, trait: str) -> None:
    """The last listen-in hears one trait more, on this phone only."""
    page.context.set_offline(True)
    own_list(page).first.get_by_role("link").click()
    chip(page, trait).check()
    save(page).click()
    expect(unsent(page)).to_have_count(1)


def settled_by_the_person(server: Server, page: Page) -> Locator:
    """The network is back, and the server holds another version: the row that asks."""
    page.context.set_offline(False)
    expect(state(page)).to_have_text("1 needs you")
    page.goto(f"{server.url}/outbox")
    expect(rows(page)).to_have_count(1)
    return rows(page).first


def comes_to_say(server: Server, email: str, heard: Trait) -> None:
    """Waits until the one listen-in of this person says this on the server."""
    deadline = time.monotonic() + ARRIVES_WITHIN
    while (said := stored(server, email)) != [heard]:
        assert time.monotonic() < deadline, f"{said} is stored, not {heard}"
        time.sleep(0.05)


def stored(server: Server, email: str) -> list[Trait]:
    with server.data() as session:
        mine = select(Observation.heard).where(Observation.observer_id == server.person(email))
        return [Trait(heard) for heard in session.scalars(mine)]


def give_role(server: Server, email: str, role: Role) -> None:
    with server.data() as session:
        mine = Membership.person_id == server.person(email)
        session.execute(update(Membership).where(mine).values(role_word=role))
        session.commit()


def account_of(session: Session, email: str) -> Person:
    return session.scalars(select(Person).where(Person.email == email)).one()


def kept_as_a_file(page: Page, folder: Path) -> dict[str, Any]:
    with page.expect_download() as begun:
        page.locator("[data-keep-all]").click()
    assert begun.value.suggested_filename.startswith("listen-in-unsent-")
    begun.value.save_as(folder / "kept.json")
    read: dict[str, Any] = json.loads((folder / "kept.json").read_text())
    return read


ASK = """
() => new Promise((tell) => {
  const asked = indexedDB.open("listen-in");
  asked.onsuccess = () => {
    const got = asked.result.transaction(["meta", "setup"]).objectStore("STORE").getAll();
    got.onsuccess = () => { asked.result.close(); tell(JSON.stringify(got.result).includes('WORD')); };
  };
})
"""
ROLES_INCLUDE = ASK.replace("STORE", "meta").replace("WORD", '"role":"ROLE"')
KNOWS_THE_PLACE = ASK.replace("STORE", "setup").replace("WORD", "NAME")
