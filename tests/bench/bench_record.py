"""How long one waits on a phone: from opening the installed app without a network to a screen that can be used, and
from a tap on Save to “Saved on this phone”. Thirty times each, the processor slowed down four times."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.bench.stage import PASSWORD, PRINCIPAL, demo, middle_and_tail, table
from tests.browser.phone import Installed, chip, installed, ready_offline, save, sign_in

RUNS = 30
SLOWER = 4
AIM_START = 1000
AIM_SAVE = 100
# Looking costs the page time too, so not at every frame.
LOOK_EVERY = 200

# Notes when the form can be used, and when “Saved” stands there after a tap on Save: each time once it is painted.
WATCH = """
(() => {
  const painted = (tell) => requestAnimationFrame(() => setTimeout(() => tell(performance.now())));
  const look = () => {
    const form = document.querySelector("form#listen");
    if (form === null || form.hidden || window.usable !== undefined) return;
    window.usable = null;
    painted((now) => { window.usable = now; });
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
  let tapped = null;
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-save]")) { tapped = event.timeStamp; window.waited = undefined; }
  }, true);
  new MutationObserver(() => {
    const shown = document.querySelector("[data-toast][data-shown] [data-said]")?.textContent === "Saved on this phone";
    if (!shown || tapped === null) return;
    const since = tapped;
    tapped = null;
    painted((now) => { window.waited = now - since; });
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
})()
"""


def main() -> None:
    with (
        demo() as server,
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory() as folder,
        installed(playwright, Path(folder)) as phone,
    ):
        page = phone.open()
        sign_in(page, server.url, PRINCIPAL, PASSWORD)
        ready_offline(page)
        page.goto(f"{server.url}/record")
        phone.close()
        server.stop()
        starts = [cold_start(phone, server.url) for _ in range(RUNS)]
        saves = save_often(phone, server.url)
    rows = [
        figures("Cold start without a network to a form that can be used", starts, AIM_START),
        figures("Tap on Save to “Saved on this phone”", saves, AIM_SAVE),
    ]
    table(
        f"On a phone, processor {SLOWER} times slower, {RUNS} runs",
        ("", "p50 ms", "p95 ms", "aim, p95", ""),
        rows,
    )


def cold_start(phone: Installed, url: str) -> float:
    page = opened(phone)
    page.goto(f"{url}/record")
    page.wait_for_function("() => typeof window.usable === 'number'", polling=LOOK_EVERY)
    took = float(page.evaluate("() => window.usable"))
    phone.close()
    return took


def save_often(phone: Installed, url: str) -> list[float]:
    page = opened(phone)
    page.goto(f"{url}/record")
    page.wait_for_function("() => typeof window.usable === 'number'", polling=LOOK_EVERY)
    page.locator("[data-at-hand] input").first.check()
    return [saved_after(page) for _ in range(RUNS)]


def saved_after(page: Page) -> float:
    # What was said before must go first, or it would be taken for this time's answer.
    page.evaluate("() => document.querySelector('[data-said]').textContent = ''")
    # Nobody saves twice within a second; sending, redrawing and the like are done by then.
    page.wait_for_timeout(1000)
    chip(page, "Evidence").check()
    page.wait_for_timeout(500)
    save(page).click()
    page.wait_for_function("() => typeof window.waited === 'number'", polling=LOOK_EVERY)
    return float(page.evaluate("() => window.waited"))


def opened(phone: Installed) -> Page:
    page = phone.open(offline=True)
    page.add_init_script(WATCH)
    assert phone.context is not None
    phone.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def figures(what: str, times: list[float], aim: int) -> tuple[str, ...]:
    middle, tail = middle_and_tail(times)
    return what, f"{middle:.0f}", f"{tail:.0f}", str(aim), "good" if tail <= aim else "too slow"


if __name__ == "__main__":
    main()
