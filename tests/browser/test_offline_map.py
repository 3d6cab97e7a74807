"""The map that was last seen can be read without a network: by who saw it, marked with its time, and by nobody else."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, update

from tests.browser.phone import WORKER_IS_THERE, comes_true, listen_in, ready_offline, sign_in
from tests.browser.server import Server
from tests.browser.test_accessibility import look, looking
from webapp.culture.vocabulary import Role
from webapp.people.models import SignIn
from webapp.schools.models import Membership

COACH = "coach@ours.example"
NEEDS_A_NETWORK = "Needs a network to be read anew."
NEVER = "No map on this phone yet"

# Whose maps this phone keeps.
KEPT = """
() => new Promise((tell) => {
  const asked = indexedDB.open("listen-in");
  asked.onsuccess = () => {
    const all = asked.result.transaction("seen").objectStore("seen").getAll();
    all.onsuccess = () => { asked.result.close(); tell(all.result.map(({ account }) => account)); };
  };
})
"""
KEEPS_NONE = f"() => ({KEPT})().then((kept) => kept.length === 0)"
KEEPS_ONE = f"() => ({KEPT})().then((kept) => kept.length === 1)"
# Puts something else where the map is kept.
PLANT = """
(page) => new Promise((tell) => {
  const asked = indexedDB.open("listen-in");
  asked.onsuccess = () => {
    const work = asked.result.transaction("seen", "readwrite");
    const all = work.objectStore("seen").getAll();
    all.onsuccess = () => work.objectStore("seen").put({ ...all.result[0], page });
    work.oncomplete = () => { asked.result.close(); tell(null); };
  };
})
"""


@pytest.fixture
def seen(server: Server, page: Page, observer: str) -> Page:
    """The phone of an observer who has just seen the map, with a network."""
    sign_in(page, server.url, observer)
    see_the_map(page, server, observer)
    return page


def test_it_is_shown_as_it_was_when_the_server_is_gone(own_server: Server, page: Page) -> None:
    sign_in(page, own_server.url, COACH)
    see_the_map(page, own_server, COACH)
    shown, figures = page.locator(".heat").inner_text(), page.locator(".sample").inner_text()
    own_server.kill()

    page.goto(f"{own_server.url}/heatmap?rows=week")
    expect(page.get_by_text(NEEDS_A_NETWORK)).to_be_visible()
    expect(page.get_by_text(re.compile(r"^As it was on \w+ \d+"))).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where we hear it")
    assert page.locator(".heat").inner_text() == shown
    assert page.locator(".sample").inner_text() == figures
    expect(page.get_by_role("row").filter(has_text="Library").locator(".cell")).to_have_count(7)
    # What needs the server is not offered: neither other views, nor the figures of a cell.
    expect(page.get_by_role("main").get_by_role("link")).to_have_text(["Try again"])
    expect(page.get_by_role("link", name="Map")).to_have_attribute("aria-current", "page")

    own_server.start()
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_role("link", name="Weekdays")).to_be_visible()


def test_the_figures_of_a_cell_are_not_kept_with_it(server: Server, seen: Page) -> None:
    seen.locator("a.cell").first.click()
    expect(seen.locator("#figures")).to_be_visible()
    without_a_network(seen, server)
    expect(seen.locator(".heat")).to_be_visible()
    expect(seen.locator(".figures")).to_have_count(0)


def test_a_map_that_was_never_opened_says_how_to_have_one(server: Server, page: Page, observer: str) -> None:
    sign_in(page, server.url, observer)
    ready_offline(page)
    without_a_network(page, server)
    expect(page.get_by_role("heading", name=NEVER)).to_be_visible()
    expect(page.get_by_role("main").get_by_role("link", name="Listen in")).to_be_visible()


def test_it_is_gone_with_who_signs_out(server: Server, seen: Page) -> None:
    seen.goto(f"{server.url}/account")
    seen.get_by_role("main").get_by_role("button", name="Sign out", exact=True).first.click()
    seen.wait_for_url(re.compile("/sign-in"))
    assert seen.evaluate(KEPT) == []
    without_a_network(seen, server)
    expect(seen.get_by_role("heading", name="No network here")).to_be_visible()


def test_somebody_else_on_the_same_phone_does_not_see_it(server: Server, seen: Page, observer: str) -> None:
    end_sign_ins(server, observer)
    sign_in(seen, server.url, server.newcomer())
    comes_true(seen, KEEPS_NONE)
    without_a_network(seen, server)
    expect(seen.get_by_role("heading", name=NEVER)).to_be_visible()


def test_a_sign_in_that_was_ended_elsewhere_ends_it_too(server: Server, seen: Page, observer: str) -> None:
    end_sign_ins(server, observer)
    seen.goto(f"{server.url}/record")
    listen_in(seen, place="Library", heard=["Evidence"])
    expect(seen.locator("sync-state[data-state=sign-in]")).to_be_visible()
    without_a_network(seen, server)
    expect(seen.get_by_role("heading", name="Sign in to see the map")).to_be_visible()
    expect(seen.locator(".heat")).to_have_count(0)


def test_who_may_see_it_no_more_has_it_no_more(server: Server, seen: Page, observer: str) -> None:
    with server.data() as session:
        mine = Membership.person_id == server.person(observer)
        session.execute(update(Membership).where(mine).values(role_word=Role.STAFF))
        session.commit()
    seen.goto(f"{server.url}/trends")
    comes_true(seen, KEEPS_NONE)
    without_a_network(seen, server)
    expect(seen.get_by_role("heading", name="No network here")).to_be_visible()


def test_staff_get_no_map_with_a_network_or_without(server: Server, page: Page) -> None:
    sign_in(page, server.url, server.newcomer(Role.STAFF))
    page.goto(f"{server.url}/heatmap")
    expect(page.locator(".heat")).to_have_count(0)
    comes_true(page, WORKER_IS_THERE)
    without_a_network(page, server)
    expect(page.get_by_role("heading", name="No network here")).to_be_visible()
    assert page.evaluate(KEPT) == []


def test_nothing_that_was_put_in_its_place_runs_or_leads_anywhere(server: Server, seen: Page) -> None:
    def piece(tag: str, *children: object, **attributes: str) -> dict[str, object]:
        return {"tag": tag, "attributes": attributes, "children": list(children)}

    runs = "globalThis.ran = true"
    seen.evaluate(
        PLANT,
        piece(
            "div",
            piece("p", "<b onclick=x>Plain words</b>", onclick=runs, style="color: red", id="main"),
            piece("script", runs),
            piece("img", src="/nowhere", onerror=runs),
            piece("a", "Press me", href="javascript:" + runs),
            piece("svg", piece("script", runs), piece("path", d="M0 0"), onload=runs),
            piece("iframe", srcdoc=f"<script>parent.{runs}</script>"),
            piece("form", piece("input", name="password"), action="https://elsewhere.example"),
        ),
    )
    without_a_network(seen, server)
    expect(seen.get_by_text("<b onclick=x>Plain words</b>")).to_be_visible()
    built = seen.locator("main > .notice + div").evaluate("(page) => page.outerHTML")
    assert built == '<div><p>&lt;b onclick=x&gt;Plain words&lt;/b&gt;</p><svg><path d="M0 0"></path></svg></div>'
    assert seen.evaluate("() => globalThis.ran") is None


def test_it_has_no_finding(server: Server, chromium: Browser, observer: str) -> None:
    page = looking(chromium, None, service_workers="allow")
    sign_in(page, server.url, observer)
    ready_offline(page)
    without_a_network(page, server)
    expect(page.get_by_role("heading", name=NEVER)).to_be_visible()
    look(page)
    page.context.set_offline(False)
    see_the_map(page, server, observer)
    without_a_network(page, server)
    expect(page.locator(".heat")).to_be_visible()
    look(page)
    page.context.close()


def see_the_map(page: Page, server: Server, email: str) -> None:
    """With something on it; returns when the phone has kept it."""
    ready_offline(page)
    page.goto(f"{server.url}/record")
    listen_in(page, place="Library", heard=["Evidence"])
    server.comes_to(email, 1)
    page.goto(f"{server.url}/heatmap")
    expect(page.get_by_role("row").filter(has_text="Library").locator(".cell")).to_have_count(7)
    comes_true(page, KEEPS_ONE)


def without_a_network(page: Page, server: Server) -> None:
    page.context.set_offline(True)
    page.goto(f"{server.url}/heatmap")


def end_sign_ins(server: Server, email: str) -> None:
    with server.data() as session:
        session.execute(delete(SignIn).where(SignIn.person_id == server.person(email)))
        session.commit()
