"""How long one waits for a heat map of 60 places by 7 traits on a phone, its processor slowed down four times: until it
was answered, and until it stands there painted. And how much of it goes over the network, compressed."""

from datetime import UTC, datetime, timedelta
from random import Random

from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from tests.bench.stage import demo, key, middle_and_tail, table
from tests.browser.phone import PHONE, executable, flags
from tests.browser.server import Server
from tests.observing.rows import heard
from webapp.culture.vocabulary import TRAITS, PlaceKind, Trait
from webapp.people.models import Person
from webapp.schools import places
from webapp.schools.models import Place, School

RUNS = 20
SLOWER = 4
PLACES = 60
A_PLACE = 40
FLOORS = 5
MOST_MS = 1000
MOST_KB = 40

# When the whole page has been painted for the first time, and what came over the network for the page itself.
WATCH = """
document.addEventListener("DOMContentLoaded", () => requestAnimationFrame(() => setTimeout(() => {
  const [asked] = performance.getEntriesByType("navigation");
  window.told = [asked.responseEnd, performance.now(), asked.encodedBodySize / 1024];
})))
"""


def main() -> None:
    with demo() as server, sync_playwright() as playwright:
        fill(server)
        browser = playwright.chromium.launch(executable_path=executable(), args=flags())
        page = opened(browser, server)
        runs = [look(page, server) for _ in range(RUNS)]
        browser.close()
    answered, painted = ([run[at] for run in runs] for at in (0, 1))
    size = max(run[2] for run in runs)
    rows = [
        told("answered", answered),
        told("painted", painted),
        ("the page, compressed", f"{size:.1f} KB", "", f"{MOST_KB} KB", verdict(size, MOST_KB)),
    ]
    heads = ("", "p50", "p95", "at most", "")
    table(f"A map of {PLACES} places by 7 traits on a phone, processor {SLOWER} times slower, {RUNS} runs", heads, rows)


def fill(server: Server) -> None:
    """As many places as a large building has, each listened to often enough to be coloured."""
    chance = Random(7)
    now = datetime.now(UTC)
    with server.data() as session:
        school = session.scalars(select(School)).one()
        coach = session.scalars(select(Person).where(Person.email == "coach@demo.example")).one()
        there = len(places.all_of(session, school))
        for number in range(there, PLACES):
            place: Place = places.add(
                session,
                school,
                name=f"Room by the stairs {number}",
                kind=PlaceKind.OTHER,
                floor=number % FLOORS,
                adults=9,
            )
            for _time in range(A_PLACE):
                said = [trait for trait in TRAITS if chance.random() < 0.2 + number % FLOORS / FLOORS / 2]
                at = now - timedelta(hours=chance.randrange(24 * 20))
                heard(session, school, place, coach, at, *map(Trait, said))
        session.commit()


def opened(browser: Browser, server: Server) -> Page:
    context = browser.new_context(**PHONE, storage_state=key(browser, server), service_workers="block")
    context.add_init_script(WATCH)
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def look(page: Page, server: Server) -> list[float]:
    page.goto(f"{server.url}/heatmap?period=30-days")
    assert page.locator(".heat tbody tr:not(.group)").count() >= PLACES
    page.wait_for_function("() => window.told !== undefined")
    return list(map(float, page.evaluate("() => window.told")))


def told(what: str, times: list[float]) -> tuple[str, ...]:
    middle, tail = middle_and_tail(times)
    return what, f"{middle:.0f} ms", f"{tail:.0f} ms", f"{MOST_MS} ms", verdict(tail, MOST_MS)


def verdict(is_: float, at_most: float) -> str:
    return "good" if is_ <= at_most else "too much"


if __name__ == "__main__":
    main()
