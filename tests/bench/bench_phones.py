"""Phones under load: one that was away for long sends five thousand listen-ins and must not stutter meanwhile; and two
hundred come back to a server that was away."""

import tempfile
import time
from collections import Counter
from pathlib import Path

from playwright.sync_api import Page, Playwright, sync_playwright

from tests import databases
from tests.bench.stage import PASSWORD, PRINCIPAL, demo, middle_and_tail, table
from tests.browser.phone import Installed, chip, installed, ready_offline, sign_in
from tests.browser.server import Server
from tests.browser.waiting import let_wait, still_waiting
from tests.outage import come_back

MANY = 5000
SLOWER = 4
AIM_SENT = 20.0
AIM_TAP = 100.0
TAP_EVERY = 0.15
LEAST_TAPS = 30
PHONES = 200
EACH = 3

# Notes of every tap how long it took until the page had answered and was drawn, and every task that held it up.
WATCH = """
(() => {
  window.answered = [];
  window.tasks = [];
  addEventListener("click", (event) => {
    requestAnimationFrame(() => setTimeout(() => window.answered.push(performance.now() - event.timeStamp)));
  }, true);
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) window.tasks.push(task.duration);
  }).observe({ type: "longtask" });
})()
"""


def main() -> None:
    with demo() as server, sync_playwright() as playwright:
        rows = [at_rest(server, playwright), send_many(server, playwright)]
    heads = ("", "sent after s", "aim", "taps", "p50 ms", "p95 ms", "longest", "aim", "longest task ms", "")
    table(f"{MANY} waiting listen-ins, processor {SLOWER} times slower", heads, rows)
    of_phones = ("", "p50 s", "p95 s", "last s", "calls", "most in a second", "no answer in time", "errors", "")
    outages = [outage(kind, together=together) for kind in databases.KINDS for together in (True, False)]
    table(f"{PHONES} phones with {EACH} listen-ins each, after the server was away", of_phones, outages)


def at_rest(server: Server, playwright: Playwright) -> tuple[str, ...]:
    """The same taps with nothing to send: what the page and this machine need for themselves."""
    with tempfile.TemporaryDirectory() as folder, installed(playwright, Path(folder)) as phone:
        page = phone.open()
        sign_in(page, server.url, PRINCIPAL, PASSWORD)
        ready_offline(page)
        where = slowed(phone, page, server)
        for _ in range(LEAST_TAPS):
            page.touchscreen.tap(*where)
            page.wait_for_timeout(1000 * TAP_EVERY)
        page.wait_for_timeout(1000)
        taps, tasks = page.evaluate("() => [window.answered, window.tasks]")
        return figures("with nothing to send", None, taps, tasks)


def send_many(server: Server, playwright: Playwright) -> tuple[str, ...]:
    """Sends them from the record page of a new phone, while somebody taps on it all along."""
    with tempfile.TemporaryDirectory() as folder, installed(playwright, Path(folder)) as phone:
        page = phone.open()
        sign_in(page, server.url, PRINCIPAL, PASSWORD)
        ready_offline(page)
        return figures("while somebody taps on the record page", *sent_from(server, phone, page))


def sent_from(server: Server, phone: Installed, page: Page) -> tuple[float, list[float], list[float]]:
    """How long it took in seconds, and in milliseconds each tap and each task that held the page up."""
    before = server.observations(PRINCIPAL)
    assert phone.context is not None
    phone.context.set_offline(True)
    page.goto(f"{server.url}/record")
    let_wait(page, MANY)
    where = slowed(phone, page, server)
    began = time.monotonic()
    phone.context.set_offline(False)
    sent, tapped = None, 0
    while (sent is None and time.monotonic() < began + 6 * AIM_SENT) or tapped < LEAST_TAPS:
        page.touchscreen.tap(*where)
        page.wait_for_timeout(1000 * TAP_EVERY)
        tapped += 1
        if sent is None and server.observations(PRINCIPAL) == before + MANY:
            sent = time.monotonic() - began
    assert sent is not None, f"{server.observations(PRINCIPAL) - before} of {MANY} arrived"
    page.wait_for_timeout(1000)
    left = still_waiting(page)
    assert left == 0, f"{left} still wait"
    taps, tasks = page.evaluate("() => [window.answered, window.tasks]")
    return sent, taps, tasks


def slowed(phone: Installed, page: Page, server: Server) -> tuple[float, float]:
    """The record page on a slow processor, at rest and watched; and where to tap on it."""
    assert phone.context is not None
    page.add_init_script(WATCH)
    phone.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(f"{server.url}/record")
    page.wait_for_timeout(3000)
    page.evaluate("() => { window.answered.length = window.tasks.length = 0; }")
    return middle_of_a_chip(page)


def middle_of_a_chip(page: Page) -> tuple[float, float]:
    box = chip(page, "Evidence").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def outage(kind: str, *, together: bool) -> tuple[str, ...]:
    """All hear at once that there is a network again, or each comes by its own clock."""
    databases.begin_run()
    try:
        server = Server(kind)
        server.fill()
        people = [server.newcomer() for _ in range(8)]
        server.start()
        try:
            went = come_back(server, people, phones=PHONES, each=EACH, together=together, within=120)
            arrived = sum(server.observations(email) for email in people)
        finally:
            server.kill()
    finally:
        databases.end_run()
    middle, tail = middle_and_tail([call.at for call in went.calls])
    seconds = Counter(int(call.at) for call in went.calls)
    lost = sum(call.status is None for call in went.calls)
    errors = sum((call.status or 200) >= 500 for call in went.calls)
    good = arrived == PHONES * EACH and errors == 0 and went.same_workers and not went.waiting
    return (
        f"{kind}, {'all at once' if together else 'each by its own clock'}", f"{middle:.1f}", f"{tail:.1f}",
        f"{went.took:.1f}", str(len(went.calls)), str(max(seconds.values())), str(lost), str(errors),
        "good" if good else f"{arrived} arrived",
    )  # fmt: skip


def figures(what: str, sent: float | None, taps: list[float], tasks: list[float]) -> tuple[str, ...]:
    middle, tail = middle_and_tail(taps)
    good = (sent or 0) <= AIM_SENT and max(taps) <= AIM_TAP
    return (
        what, "-" if sent is None else f"{sent:.1f}", f"{AIM_SENT:.0f}", str(len(taps)), f"{middle:.0f}", f"{tail:.0f}",
        f"{max(taps):.0f}",
        f"{AIM_TAP:.0f}", f"{max(tasks, default=0):.0f}", "good" if good else "too slow",
    )  # fmt: skip


if __name__ == "__main__":
    main()
