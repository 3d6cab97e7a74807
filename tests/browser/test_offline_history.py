"""A person's own last listen-ins can be read, mended and deleted on the phone without a network, up to two hundred."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select, update

from tests.browser.fixtures import OpenContext
from tests.browser.phone import chip, comes_true, own_list, ready_offline, save, sign_in
from tests.browser.server import Server
from tests.browser.test_accessibility import look, looking
from webapp.culture.vocabulary import PlaceKind, Trait
from webapp.extensions import new_id
from webapp.observing.models import Observation
from webapp.schools.models import Place

NOON = datetime(2026, 11, 20, 17, tzinfo=UTC)
MOST_KEPT = 200
FIRST, STEP = 20, 60

KEEPS = """
(count) => new Promise((tell) => {
  const asked = indexedDB.open("listen-in");
  asked.onsuccess = () => {
    const found = asked.result.transaction("observations").objectStore("observations").count();
    found.onsuccess = () => { asked.result.close(); tell(found.result === count); };
  };
})
"""


@pytest.fixture
def gone(server: Server) -> str:
    """A place that is not used any more."""
    name = f"Old wing {new_id().hex[-6:]}"
    kind = PlaceKind.OTHER.code
    with server.data() as session:
        session.add(Place(school_id=server.school(), name=name, kind_code=kind, position=99, adults=12))
        session.commit()
    return name


def test_two_hundred_are_read_by_day_and_by_the_clock_of_the_school(
    server: Server, open_context: OpenContext, observer: str, gone: str
) -> None:
    page = open_context(timezone_id="Asia/Tokyo").new_page()
    sign_in(page, server.url, observer)
    heard_before(page, server, observer, ["Library", gone], count=MOST_KEPT + 5)
    archive(server, gone)
    read_and_go_offline(page, server, MOST_KEPT)
    expect(own_list(page)).to_have_count(FIRST)
    expect(own_list(page).first).to_contain_text("Fri, Nov 20, 12:00")

    for shown in range(FIRST, MOST_KEPT, STEP):
        earlier(page).click()
        expect(rows(page)).to_have_count(shown + STEP)
        expect(rows(page).nth(shown).get_by_role("link")).to_be_focused()
    expect(earlier(page)).to_be_hidden()
    expect(page.get_by_text("This phone keeps your last 200 listen-ins.")).to_be_visible()
    days = own_list(page).get_by_role("heading", level=3)
    expect(days.first).to_have_text("Friday, November 20")
    expect(days.nth(1)).to_have_text("Thursday, November 19")
    friday = own_list(page).first.locator(".listen-row")
    expect(friday.locator(".listen-place")).to_have_text(["Library", gone, "Library"])
    expect(friday.locator("[data-when]")).to_have_text([re.compile(time) for time in ("^12:00", "^7:00", "^2:00")])


def test_an_earlier_one_is_mended_or_deleted_without_a_network(server: Server, page: Page, observer: str) -> None:
    sign_in(page, server.url, observer)
    heard_before(page, server, observer, ["Library"], count=FIRST + 4)
    read_and_go_offline(page, server, FIRST + 4)
    earlier(page).click()
    oldest = rows(page).nth(FIRST + 3)
    oldest.get_by_role("link").click()
    expect(chip(page, "Evidence")).to_be_checked()
    chip(page, "Action").check()
    save(page).click()
    expect(page.get_by_text("Changes saved on this phone")).to_be_visible()
    expect(oldest).to_contain_text("not sent yet")
    expect(oldest.locator("[data-heard]")).to_have_text("Evidence · Action")
    rows(page).nth(FIRST + 1).get_by_role("button", name="Delete").click()
    expect(rows(page)).to_have_count(FIRST + 3)

    page.context.set_offline(False)
    server.comes_to(observer, FIRST + 3)
    expect(page.locator("[data-unsent]:not([hidden])")).to_have_count(0)
    assert heard_first(server, observer) == Trait.EVIDENCE | Trait.ACTION


def test_the_list_by_day_has_no_finding(server: Server, chromium: Browser, observer: str) -> None:
    page = looking(chromium, None, service_workers="allow")
    sign_in(page, server.url, observer)
    heard_before(page, server, observer, ["Library", "Second-floor classrooms"], count=FIRST + 4)
    read_and_go_offline(page, server, FIRST + 4)
    earlier(page).click()
    expect(rows(page)).to_have_count(FIRST + 4)
    look(page)
    page.context.close()


def heard_before(page: Page, server: Server, email: str, places: Sequence[str], *, count: int) -> None:
    """Puts listen-ins on the server, one every five hours before noon, at these places in turn."""
    ids = [str(server.place(name)) for name in places]
    changes = [
        {
            "op": "put", "id": str(new_id()), "school": str(server.school()), "base": None,
            "place": ids[each % len(ids)], "setting": "passing", "heard": ["evidence"],
            "observed_at": (NOON - timedelta(hours=5 * each)).isoformat(),
            "note": None, "walkthrough": None,
        }
        for each in range(count)
    ]  # fmt: skip
    call = {
        "device": str(new_id()), "account": str(server.person(email)),
        "clock": datetime.now(UTC).isoformat(), "changes": changes,
    }  # fmt: skip
    answer = page.context.request.post(f"{server.url}/api/v1/sync", data=call)
    assert {each["status"] for each in answer.json()["results"]} == {"applied"}


def read_and_go_offline(page: Page, server: Server, count: int) -> None:
    """Opens the record page from the phone alone, once the phone has read so many."""
    ready_offline(page)
    page.goto(f"{server.url}/record")
    comes_true(page, f"() => ({KEEPS})({count})")
    page.context.set_offline(True)
    page.reload()
    expect(own_list(page)).to_have_count(FIRST)


def archive(server: Server, name: str) -> None:
    with server.data() as session:
        session.execute(update(Place).where(Place.id == server.place(name)).values(archived=True))
        session.commit()


def heard_first(server: Server, email: str) -> int:
    """What was heard in the person's first listen-in, as the server holds it."""
    with server.data() as session:
        mine = select(Observation.heard).where(Observation.observer_id == server.person(email))
        return session.scalars(mine.order_by(Observation.observed_at).limit(1)).one()


def rows(page: Page) -> Locator:
    return page.locator("[data-listens] .listen-row")


def earlier(page: Page) -> Locator:
    return page.get_by_role("button", name="Show earlier ones")
