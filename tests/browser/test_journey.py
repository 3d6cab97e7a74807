"""The whole job on a phone: sign in, lose the network, record three, close, come back, see the map change."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.conftest import signed_in
from tests.browser.journey import whole_job
from tests.browser.phone import PHONE, Installed, installed, listen_in, own_list, ready_offline, sign_in, state, unsent
from tests.browser.server import Server
from tests.faults.device.hand import Hand
from tests.faults.warm import WarmServer
from tests.promises import promise
from tests.world import PLACES

PRINCIPAL = "principal@ours.example"
TEACHER = "teacher@ours.example"
THREE = (
    ("Library", ("Evidence", "Inquiry")),
    ("North hallway", ("None of these",)),
    ("Library", ("Action",)),
)


@promise("SYNC-1", "SYNC-4", "SYNC-7")
@pytest.mark.parametrize(("kind", "cut"), [("sqlite", "network"), ("postgresql", "server")])
def test_three_listen_ins_made_without_a_network_arrive_once(
    playwright: Playwright, chromium: Browser, tmp_path: Path, kind: str, cut: str
) -> None:
    server = Server(kind)
    server.fill()
    server.start()
    try:
        with installed(playwright, tmp_path / "phone") as phone:
            page = signed_in_and_closed(phone, server)
            cut_off(phone, server, cut)
            record_three(page)
            assert server.observations(PRINCIPAL) == 0

            phone.kill()
            # The browser wakes the worker before a test can cut it off again; so the server is gone as well.
            server.stop()
            page = phone.open(offline=cut == "network")
            page.goto(f"{server.url}/record")
            three_wait(page)

            server.start()
            if phone.context is not None:
                phone.context.set_offline(False)
            page.reload()
            server.comes_to(PRINCIPAL, 3)
            expect(state(page)).to_have_text("All sent")
            map_shows_three(page, server)
        staff_see_nothing_that_names_anyone(chromium, server)
    finally:
        server.kill()


@promise("SYNC-1", "SYNC-4", "SYNC-5", "SYNC-8")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_whole_job_on_chromium(playwright: Playwright, tmp_path: Path, kind: str) -> None:
    server = WarmServer(kind)
    server.fill()
    server.start()
    with installed(playwright, tmp_path / "phone") as phone:

        def restarted(hand: Hand) -> Hand:
            phone.kill()
            return hand.switched_on_again(phone.open().context)

        hand = Hand(phone.open().context, server)
        hand.sign_in(server.newcomer())
        whole_job(hand, restarted, server.newcomer())
    server.close()


def signed_in_and_closed(phone: Installed, server: Server) -> Page:
    """Signed in yesterday: the browser was closed since, and has written its cookies down."""
    page = phone.open()
    sign_in(page, server.url, PRINCIPAL)
    ready_offline(page)
    phone.close()
    page = phone.open()
    page.goto(f"{server.url}/record")
    return page


def cut_off(phone: Installed, server: Server, cut: str) -> None:
    if cut == "server":
        server.stop()
    elif phone.context is not None:
        phone.context.set_offline(True)


def record_three(page: Page) -> None:
    for place, heard in THREE:
        listen_in(page, place=place, heard=heard)
        expect(page.get_by_text("Saved on this phone")).to_be_visible()
    three_wait(page)


def three_wait(page: Page) -> None:
    expect(state(page)).to_contain_text("3 waiting since")
    expect(own_list(page)).to_have_count(3)
    expect(unsent(page)).to_have_count(3)
    expect(own_list(page).first).to_contain_text("Library")
    expect(own_list(page).first).to_contain_text("Action")


def map_shows_three(page: Page, server: Server) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Map").click()
    expect(page).to_have_title(re.compile("Listen In"))
    table = page.get_by_role("table").first
    expect(table).to_contain_text("Library")
    expect(table).to_contain_text("North hallway")
    answer = page.request.get(f"{server.url}/api/v1/schools/{server.school()}/heatmap?rows=place")
    assert answer.json()["total"]["n"] == 3


def staff_see_nothing_that_names_anyone(chromium: Browser, server: Server) -> None:
    context = chromium.new_context(**PHONE, storage_state=signed_in(chromium, server, TEACHER))
    page = context.new_page()
    page.goto(f"{server.url}/")
    expect(page).to_have_url(re.compile("/trends"))
    source = page.content()
    named = ["principal@", "Principal", "coach@", "Coach", *(name for name, _kind, _floor in PLACES)]
    assert [name for name in named if name in source] == []
    refused(page, server)
    context.close()


def refused(page: Page, server: Server) -> None:
    """No address gives staff more than the trends."""
    school = server.school()
    for path in (
        "/record",
        "/heatmap",
        "/school",
        f"/api/v1/schools/{school}/heatmap?rows=place",
        f"/api/v1/schools/{school}/setup",
        f"/api/v1/changes?school={school}",
    ):
        assert page.request.get(f"{server.url}{path}").status == 403, path
