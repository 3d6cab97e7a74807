"""Zones are drawn with mouse, finger and keys, and in numbers without a script; the building follows its slider."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect
from sqlalchemy import delete, select

from tests.addresses import PLAN
from tests.browser.fixtures import OpenContext
from tests.browser.phone import comes_true
from tests.browser.server import OURS, Server
from tests.observing.rows import heard
from webapp.culture.vocabulary import Trait
from webapp.people.models import Person
from webapp.schools import drawings, floor_plans
from webapp.schools.floor_plans import Area
from webapp.schools.models import Place, School, Zone

FLOOR = 2
EDITOR = f"/school/floor-plans/{FLOOR}"
CLASSROOMS, MEETING = "Second-floor classrooms", "Meeting room"
DESK = {"viewport": {"width": 1000, "height": 900}, "is_mobile": False, "has_touch": False, "device_scale_factor": 1}


@pytest.fixture
def planned(server: Server) -> Iterator[Server]:
    """The second floor has a plan, and no zone on it."""
    with server.data() as session:
        ours = session.scalars(select(School).where(School.name == OURS)).one()
        floor_plans.put(session, ours, FLOOR, drawings.drawn(PLAN))
        session.execute(delete(Zone).where(Zone.school_id == ours.id))
        session.commit()
    yield server


@pytest.fixture
def open_editor(planned: Server, open_context: OpenContext, keys: Callable[..., object]) -> Callable[..., Page]:
    def open_one(**how: object) -> Page:
        page = open_context(storage_state=keys("principal@ours.example"), service_workers="block", **how).new_page()
        page.goto(planned.url + EDITOR)
        return page

    return open_one


def stored(server: Server) -> dict[str, Area]:
    with server.data() as session:
        ours = session.scalars(select(School).where(School.name == OURS)).one()
        names = {place.id: place.name for place in session.scalars(select(Place).where(Place.school_id == ours.id))}
        return {names[place]: area for place, area in floor_plans.zones(session, ours).items()}


def zone(page: Page, name: str) -> Locator:
    return page.locator("[data-board]").get_by_role("button", name=re.compile(f"^{name}"))


def choose(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).check()


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one point of the plan to another, in shares of its sides."""
    page.locator("[data-board]").scroll_into_view_if_needed()
    box = page.locator("[data-board]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * start[0], box["y"] + box["height"] * start[1])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end[0], box["y"] + box["height"] * end[1], steps=4)
    page.mouse.up()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Floor plans")).to_be_visible()


def near(area: Area, x: int, y: int, width: int, height: int) -> bool:
    """Within a pixel or two."""
    pairs = ((area.x, x), (area.y, y), (area.width, width), (area.height, height))
    return all(abs(is_so - wanted) <= 5 for is_so, wanted in pairs)


def test_a_zone_is_drawn_moved_and_resized_with_a_mouse(planned: Server, open_editor: Callable[..., Page]) -> None:
    page = open_editor(**DESK)
    choose(page, MEETING)
    drag(page, (0.6, 0.5), (0.1, 0.2))
    expect(zone(page, MEETING)).to_be_focused()
    drag(page, (0.3, 0.3), (0.4, 0.4))
    # By its corner at the lower right.
    drag(page, (0.7, 0.6), (0.8, 0.9))
    expect(page.get_by_role("status").filter(has_text=MEETING)).to_contain_text("% wide")
    save(page)
    assert set(stored(planned)) == {MEETING}
    assert near(stored(planned)[MEETING], 200, 300, 600, 600)


def test_a_zone_is_drawn_with_a_finger(planned: Server, open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    choose(page, CLASSROOMS)
    page.locator("[data-board]").scroll_into_view_if_needed()
    box = page.locator("[data-board]").bounding_box()
    assert box is not None
    finger = page.context.new_cdp_session(page)
    for kind, at in (("touchStart", (0.1, 0.1)), ("touchMove", (0.3, 0.4)), ("touchMove", (0.5, 0.6))):
        point = {"x": box["x"] + box["width"] * at[0], "y": box["y"] + box["height"] * at[1]}
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    save(page)
    assert near(stored(planned)[CLASSROOMS], 100, 100, 400, 500)


def test_a_tap_drops_a_zone(planned: Server, open_editor: Callable[..., Page]) -> None:
    page = open_editor()
    choose(page, CLASSROOMS)
    page.locator("[data-board]").tap()
    expect(zone(page, CLASSROOMS)).to_be_visible()
    save(page)
    assert near(stored(planned)[CLASSROOMS], 420, 420, 160, 160)


def test_a_zone_is_drawn_with_keys_alone_and_each_step_is_told(
    planned: Server, open_editor: Callable[..., Page]
) -> None:
    page = open_editor(**DESK)
    page.get_by_role("radio", name=CLASSROOMS).focus()
    page.keyboard.press("ArrowDown")
    put = page.get_by_role("button", name="Put it in the middle")
    for _step in range(10):
        if put.evaluate("(button) => button === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(zone(page, MEETING)).to_be_focused()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown"):
        page.keyboard.press(key)
    told = "Meeting room: 40 % from the left, 41 % from the top, 17 % wide, 18 % high."
    expect(page.get_by_role("status").filter(has_text=told)).to_be_visible()
    expect(zone(page, MEETING)).to_have_accessible_name(told)
    page.keyboard.press("Control+z")
    expect(page.get_by_role("status").filter(has_text="17 % high")).to_be_visible()
    page.keyboard.press("Delete")
    expect(page.get_by_role("status").filter(has_text="Meeting room has no zone.")).to_be_visible()
    page.get_by_role("button", name="Undo").press("Enter")
    expect(zone(page, MEETING)).to_be_visible()
    save(page)
    assert stored(planned) == {MEETING: Area(400, 410, 170, 170)}


def test_without_a_script_four_numbers_do(planned: Server, open_editor: Callable[..., Page]) -> None:
    page = open_editor(java_script_enabled=False)
    line = page.get_by_role("group", name=MEETING)
    for label, number in (
        ("From the left, %", "95"),
        ("From the top, %", "20"),
        ("Wide, %", "30"),
        ("High, %", "12.5"),
    ):
        line.get_by_label(label).fill(number)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("This goes beyond the edge of the plan.")).to_be_visible()
    line.get_by_label("From the left, %").fill("10")
    save(page)
    assert stored(planned) == {MEETING: Area(100, 200, 300, 125)}
    page.goto(f"{planned.url}/heatmap/building")
    expect(page.locator(".plan .zone")).to_have_count(0 if page.locator(".empty").count() else 1)


def test_leaving_with_zones_unsaved_asks_first(open_editor: Callable[..., Page]) -> None:
    page = open_editor(**DESK)
    choose(page, MEETING)
    drag(page, (0.1, 0.1), (0.5, 0.5))
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Cancel").click(no_wait_after=True)
    assert asked == ["beforeunload"]
    expect(zone(page, MEETING)).to_be_visible()


def test_a_picture_is_added_and_fifty_megabytes_are_refused(
    planned: Server, open_editor: Callable[..., Page], tmp_path: Path
) -> None:
    large = tmp_path / "plan.png"
    large.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50_000_000)
    for how in (True, False):
        page = open_editor(**DESK, java_script_enabled=how)
        page.goto(f"{planned.url}{EDITOR}/picture")
        page.get_by_label("Which page of a PDF").fill("3")
        page.get_by_label("The file").set_input_files(large)
        page.get_by_role("button", name="Save the plan").click()
        expect(page.get_by_text("This file is larger than 10 MB.")).to_be_visible(timeout=30_000)
        if how:
            expect(page.get_by_label("The file")).to_have_attribute("aria-invalid", "true")
            # Nothing travelled: what was typed is still there.
            expect(page.get_by_label("Which page of a PDF")).to_have_value("3")
    small = tmp_path / "plan.svg"
    small.write_bytes(PLAN)
    page.get_by_label("The file").set_input_files(small)
    page.get_by_role("button", name="Save the plan").click()
    expect(page.get_by_text("The plan was saved.")).to_be_visible()
    expect(page.get_by_role("img", name="Plan: Floor 2")).to_be_visible()


def test_a_plan_that_ran_would_run_nowhere(planned: Server, open_editor: Callable[..., Page]) -> None:
    """Even opened by itself, the picture is in a box of its own."""
    page = open_editor(**DESK)
    answer = page.goto(f"{planned.url}/schools/{planned.school()}/floor-plans/{FLOOR}")
    assert answer is not None
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert page.evaluate("self.origin") == "null"


def test_rooms_and_zones_follow_the_slider_and_their_links_too(
    planned: Server, open_editor: Callable[..., Page]
) -> None:
    now = datetime.now(UTC)
    with planned.data() as session:
        ours = session.scalars(select(School).where(School.name == OURS)).one()
        meeting = session.scalars(select(Place).where(Place.school_id == ours.id, Place.name == MEETING)).one()
        coach = session.scalars(select(Person).where(Person.email == "coach@ours.example")).one()
        for weeks, traits in ((3, [Trait.ACTION]), (2, []), (1, [Trait.ACTION])):
            heard(session, ours, meeting, coach, now - timedelta(weeks=weeks), *traits, times=12)
        floor_plans.draw_zones(session, floor_plans.get(session, ours, FLOOR), {meeting.id: Area(0, 0, 500, 500)})
        session.commit()
    page = open_editor(**DESK)
    page.goto(f"{planned.url}/heatmap/building?period=30-days&trait=action&kind=meeting_room")
    in_zone, room = page.locator(".in-zone"), page.locator(".rooms .room")
    slider = page.get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^All weeks"))
    slider.focus()
    page.keyboard.press("ArrowRight")
    for each in (in_zone, room):
        expect(each).to_contain_text("100 %")
        expect(each).to_have_class(re.compile("shade-5"))
    page.keyboard.press("ArrowRight")
    for each in (in_zone, room):
        expect(each).to_contain_text("0 %")
        expect(each).to_have_attribute("href", re.compile("period=dates"))
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^Week of .*: 12 listen-ins"))
    expect(page).to_have_url(re.compile("at=2"))
    page.get_by_role("link", name="Later week").click()
    expect(in_zone).to_contain_text("100 %")
    in_zone.click()
    expect(page.locator("#figures")).to_contain_text("Heard in 12 of 12.")
    page.go_back()
    comes_true(page, "() => document.querySelector('.in-zone')?.textContent.includes('100 %')")
