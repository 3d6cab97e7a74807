"""Every page, for everyone who may open it: no finding of axe (WCAG 2.2 AA) in light and dark, and at 320 px with text
twice as large and spaced widely (WCAG 1.4.4, 1.4.10, 1.4.12) nothing runs out sideways."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, StorageState, expect
from sqlalchemy import select

from tests import world
from tests.addresses import DOORS, NOBODY, PEOPLE, Examples, examples
from tests.browser.conftest import signed_in
from tests.browser.loop import set_aside
from tests.browser.phone import ready_offline, save, sign_in
from tests.browser.server import Server
from tests.conftest import new_app
from tests.house.test_doors import addresses
from webapp.people.models import Person
from webapp.schools.models import Membership, School

PASSWORD = "listen-in-demo"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OPTIONS = {"runOnly": {"type": "tag", "values": LEVELS}, "resultTypes": ["violations"]}
LARGE_AND_WIDE = """
html { font-size: 200% !important }
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }
"""
RUNS_OUT = """
() => {
  const page = document.scrollingElement;
  if (page.scrollWidth <= 320) return [];
  const out = [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > 321);
  return [page.scrollWidth, ...out.slice(0, 5).map((each) => each.outerHTML.slice(0, 120))];
}
"""
AT_REST = "* { transition: none !important }"
NO_PAGES = {
    "GET /healthz",
    "GET /heatmap.csv",
    "GET /heatmap.xlsx",
    "GET /manifest.webmanifest",
    "GET /metrics",
    "GET /readyz",
    "GET /school/listen-ins.csv",
    "GET /school/listen-ins.json",
    "GET /school/listen-ins.xlsx",
    "GET /schools/<school>/floor-plans/<floor>",
    "GET /schools/<school>/floor-plans/zones.css",
    "GET /sw.js",
}
# What is kept as a file is no page; what a PDF has for those who do not see it is looked at in tests/web/test_pdf.py.
FILES = (".csv", ".json", ".pdf", ".png", ".xlsx")
# These lead everyone else to a page that is looked at anyway.
ONLY = {"GET /": "director", "GET /sign-in": NOBODY}
DEMO = {"teacher": "staff", "coach": "coach", "principal": "principal", "director": "district", "stranger": "stranger"}


def pages() -> list[str]:
    return [line for line in DOORS if is_page(line)]


def is_page(line: str) -> bool:
    return line.startswith("GET ") and "/api/" not in line and line not in NO_PAGES and not line.endswith(FILES)


def looks() -> list[tuple[str, str]]:
    """Who opens what: everyone what is open to them, by the table of all doors."""
    people = [who for who in (*PEOPLE, NOBODY) if who != "neighbour"]
    found = [(who, line) for line in pages() for who in people if DOORS[line].refusal(who) is None]
    return [(who, line) for who, line in found if ONLY.get(line, who) == who]


@pytest.fixture(scope="session")
def demo(chromium: Browser) -> Iterator[Server]:
    """The demo school, as `make run` shows it; and the style guide."""
    server = Server(development=True)
    server.start()
    with server.data() as session:
        world.person(session, "stranger@demo.example", "Stranger").password_hash = session.scalars(
            select(Person.password_hash).where(Person.email == "coach@demo.example")
        ).one()
        session.commit()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def things(demo: Server) -> Examples:
    with demo.data() as session:
        coach, teacher = (
            session.scalars(select(Person).where(Person.email == f"{name}@demo.example")).one()
            for name in ("coach", "staff")
        )
        school = session.scalars(select(School).join(Membership).where(Membership.person_id == coach.id)).one()
        return examples(session, school, coach=coach, teacher=teacher)


@pytest.fixture(scope="session")
def eyes(chromium: Browser, demo: Server) -> Callable[[str], Page]:
    """A page of each person, opened once. What looks into it is not the product's, so the policy lets it in."""
    opened: dict[str, Page] = {}

    def of(who: str) -> Page:
        if who not in opened:
            key = None if who == NOBODY else signed_in(chromium, demo, f"{DEMO[who]}@demo.example", PASSWORD)
            opened[who] = looking(chromium, key)
        return opened[who]

    return of


def test_every_page_is_looked_at() -> None:
    with set_aside():
        app = new_app("sqlite://")
    assert {line for line in addresses(app) if is_page(line)} == {line for _who, line in looks()}


@pytest.mark.parametrize(("who", "line"), looks())
def test_a_page_has_no_finding(
    demo: Server, things: Examples, eyes: Callable[[str], Page], who: str, line: str
) -> None:
    page = eyes(who)
    path = line.removeprefix("GET ")
    page.goto(demo.url + (path if path in {"/", "/sign-in"} else things.address(path)))
    look(page)
    assert page.url.partition("?")[0].endswith(things.address(path).partition("?")[0])


@pytest.mark.parametrize("path", ["/heatmap", "/heatmap/report"])
def test_a_map_with_arrows_has_no_finding(demo: Server, eyes: Callable[[str], Page], path: str) -> None:
    page = eyes("coach")
    page.goto(f"{demo.url}{path}?compare=before")
    expect(page.get_by_text("▲").first).to_be_visible()
    look(page)


def test_the_style_guide_has_no_finding(demo: Server, eyes: Callable[[str], Page]) -> None:
    page = eyes(NOBODY)
    page.goto(f"{demo.url}/styleguide")
    look(page)


@pytest.mark.parametrize(
    "path",
    [
        "/record",
        "/account/password",
        "/school/places/new",
        "/school/people/new",
        "/school/settings",
        "/school/years/new",
        "/school/listening-plan",
        "/next-steps/new",
        "/school/floor-plans/2/picture",
    ],
)
def test_a_form_that_complains_has_no_finding(demo: Server, eyes: Callable[[str], Page], path: str) -> None:
    page = eyes("principal")
    page.goto(demo.url + path)
    if path == "/record":
        # This page answers by itself.
        empty_and_send(page)
    else:
        # The others come anew, and nothing is looked at before they have.
        with page.expect_navigation():
            empty_and_send(page)
    complaints = page.locator(".problem, [role=alert], .notice").filter(has_text=" ", visible=True)
    expect(complaints.first).to_be_visible()
    look(page)


@pytest.mark.parametrize("step", ["", "/<upload>/words", "/<upload>/preview"])
def test_an_import_that_complains_has_no_finding(
    demo: Server, things: Examples, eyes: Callable[[str], Page], step: str
) -> None:
    page = eyes("principal")
    page.goto(demo.url + things.address(f"/school/listen-ins/import{step}"))
    with page.expect_navigation():
        page.locator("main form.form").evaluate("(form) => form.requestSubmit()")
    expect(page.locator(".field .problem").first).to_be_visible()
    look(page)


def test_a_sign_in_that_complains_has_no_finding(demo: Server, eyes: Callable[[str], Page]) -> None:
    page = eyes(NOBODY)
    page.goto(f"{demo.url}/sign-in")
    with page.expect_navigation():
        empty_and_send(page)
    look(page)


@pytest.mark.parametrize(
    "path",
    [
        "/heatmap",
        "/heatmap/building",
        "/heatmap/change",
        "/heatmap/coverage",
        "/next-steps",
        "/trends",
        "/trends/report",
        "/record",
        "/outbox",
        "/nowhere",
    ],
)
def test_a_page_with_nothing_on_it_has_no_finding(
    server: Server, chromium: Browser, keys: Callable[[str], StorageState], path: str
) -> None:
    page = looking(chromium, keys("principal@neighbour.example"))
    page.goto(server.url + path)
    look(page)
    page.context.close()


def test_the_page_that_works_without_a_network_has_no_finding(server: Server, chromium: Browser, observer: str) -> None:
    page = looking(chromium, None, service_workers="allow")
    sign_in(page, server.url, observer)
    ready_offline(page)
    for path in ("/record", "/outbox"):
        page.goto(server.url + path)
        expect(page.locator("sync-state[data-known]")).to_be_visible()
        look(page)
    page.context.close()


def test_save_and_chips_are_as_large_as_thumbs(demo: Server, eyes: Callable[[str], Page]) -> None:
    page = eyes("coach")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{demo.url}/record")
    chips = page.locator(".chip")
    assert chips.count() == 8
    for chip in chips.all():
        box = chip.bounding_box()
        assert box is not None
        assert (box["width"] >= 150, box["height"] >= 56) == (True, True), box
    box = save(page).bounding_box()
    assert box is not None
    assert box["height"] >= 48
    # Where the thumb is: in the lower half, and above the tabs.
    assert 422 < box["y"] < 844 - box["height"]


def looking(chromium: Browser, key: StorageState | None, **how: Any) -> Page:
    settings: dict[str, Any] = {"service_workers": "block", "bypass_csp": True, "reduced_motion": "reduce", **how}
    return chromium.new_context(storage_state=key, locale="en-US", **settings).new_page()


def look(page: Page) -> None:
    """What axe says in light and dark at the size of a phone, then what runs out of a narrow one."""
    page.set_viewport_size({"width": 390, "height": 844})
    # Colours that are still on their way are nobody's.
    page.add_style_tag(content=AT_REST)
    found: list[str] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        answer = Axe().run(page, options=OPTIONS)
        found += [
            f"{scheme}: {violation['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for violation in answer.response["violations"]
            for node in violation["nodes"][:3]
        ]
    page.set_viewport_size({"width": 320, "height": 640})
    page.add_style_tag(content=LARGE_AND_WIDE)
    found += [f"runs out: {each}" for each in page.evaluate(RUNS_OUT)]
    assert found == [], "\n".join(found)


def empty_and_send(page: Page) -> None:
    """The page's main form, emptied and sent past the browser's own checks."""
    form = page.locator("main form[method=post]:not([data-sign-out])").first
    for field in form.locator("input[type=text], input[type=email], input:not([type]), input[type=password]").all():
        if field.is_visible():
            field.fill("")
    form.evaluate("(form) => { form.noValidate = true; form.requestSubmit(); }")
