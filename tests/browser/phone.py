"""A phone in the hand: Chromium as it is installed, and what a thumb does on the pages."""

import os
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from glob import glob
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, Playwright, expect

from tests.world import PASSWORD

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DOWNLOADED = "chromium-*/chrome-linux*/chrome"
COMES_WITHIN = 30.0
BETWEEN_LOOKS = 50
GONE_UNDER_IT = "Execution context was destroyed"
NONE_FOUND = "There is no Chromium: run `make test`, which installs it, or install Chromium or Google Chrome"
# What a desktop's Chromium draws around a page costs as much as the page, and no phone has it: lists below the line of
# the address, each a page of its own. Of two such switches the last one counts, so what Playwright turns off is said
# again.
WITHOUT = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    "AimEnabled", "AutoDeElevate", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "BlockOriginHeaderModificationOnRedirect", "DestroyProfileOnBrowserClose", "DialMediaRouteProvider",
    "GlobalMediaControls", "HttpsUpgrades", "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying",
    "OptimizationHints", "PaintHolding", "ThirdPartyStoragePartitioning", "Translate",
)  # fmt: skip
QUIET = (
    f"--disable-features={','.join(WITHOUT)}",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-dev-shm-usage",
)
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "en-US",
    "timezone_id": "America/New_York",
}


def executable() -> str:
    """The path of an installed Chromium, or of Playwright's own."""
    downloads = os.environ.get("PLAYWRIGHT_BROWSERS_PATH", str(Path.home() / ".cache/ms-playwright"))
    found = [path for name in NAMES if (path := shutil.which(name))] + sorted(glob(f"{downloads}/{DOWNLOADED}"))
    if not found:
        pytest.exit(NONE_FOUND, returncode=1)
    return found[0]


def flags() -> list[str]:
    # Chromium's sandbox refuses to start as root.
    return [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=executable(), args=flags())


class Installed:
    """A browser with a profile on disk, that can be closed, killed, and opened again on the same profile."""

    def __init__(self, playwright: Playwright, profile: Path) -> None:
        self.playwright = playwright
        self.profile = profile
        self.context: BrowserContext | None = None

    def open(self, **how: Any) -> Page:
        """Starts the browser; its first page."""
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile, executable_path=executable(), args=flags(), **{**PHONE, **how}
        )
        return self.context.pages[0]

    def close(self) -> None:
        """As a person closes it. What it holds in memory, cookies for one, is written down."""
        if self.context is not None:
            self.context.close()
        self.context = None

    def kill(self) -> None:
        """As a battery at its end does it."""
        assert self.context is not None
        with self.context.expect_event("close"):
            os.kill(self.process(), SIGKILL)
        self.context = None

    def process(self) -> int:
        """The browser notes its process in the profile, so that no second one opens it."""
        return int(os.readlink(self.profile / "SingletonLock").rpartition("-")[2])


@contextmanager
def installed(playwright: Playwright, profile: Path) -> Iterator[Installed]:
    phone = Installed(playwright, profile)
    try:
        yield phone
    finally:
        phone.close()


def sign_in(page: Page, url: str, email: str, password: str = PASSWORD) -> None:
    """On the page, as a person does it."""
    page.goto(f"{url}/sign-in")
    page.get_by_label(re.compile("e-?mail", re.I)).fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"/(record|trends|$)"))


def ready_offline(page: Page) -> None:
    """Waits until the worker is in charge of its pages and the phone knows its places."""
    comes_true(page, WORKER_IS_THERE)
    comes_true(page, KNOWS_ITS_PLACES)


def comes_true(page: Page, question: str) -> None:
    """Waits until a script that takes its time answers yes, on whichever page is there by then.

    Playwright's own `wait_for_function` takes the promise itself for a yes, and waits for nothing.
    """
    deadline = time.monotonic() + COMES_WITHIN
    while not answers(page, question):
        assert time.monotonic() < deadline, f"This never came true: {question.strip()}"
        page.wait_for_timeout(BETWEEN_LOOKS)


def answers(page: Page, question: str) -> Any:
    """What the script answers, or nothing where the page went away under it."""
    try:
        return page.evaluate(question)
    except Error as error:
        if GONE_UNDER_IT not in error.message:
            raise
        return None


def listen_in(page: Page, *, heard: Sequence[str], place: str | None = None) -> None:
    """Records one: the place if it is not the last used, chips, Save."""
    if place is not None:
        choose_place(page, place)
    for name in heard:
        chip(page, name).check()
    save(page).click()
    expect(page.get_by_role("status").filter(has_text=re.compile("Saved"))).to_be_visible()


def choose_place(page: Page, name: str) -> None:
    button = page.get_by_role("radio", name=name, exact=True)
    if not button.is_visible():
        page.locator("place-picker summary").click()
    button.check()


def chip(page: Page, name: str) -> Locator:
    """One of the seven traits, or “None of these”."""
    return page.get_by_role("group", name="What did you hear?").get_by_role("checkbox", name=name)


def save(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile(r"^Save"))


def state(page: Page) -> Locator:
    """The sentence that says how sending stands, as soon as the phone has looked."""
    return page.locator("sync-state[data-known]")


def own_list(page: Page) -> Locator:
    """The person's own last listen-ins on the record page."""
    return page.locator("[data-listens] > li")


def unsent(page: Page) -> Locator:
    """Those of the own list that say “not sent yet”; the words stand hidden in all others."""
    return own_list(page).filter(has=page.locator("[data-unsent]:not([hidden])"))


WORKER_IS_THERE = "() => navigator.serviceWorker.ready.then((found) => found.active?.state === 'activated')"
# Asks the phone's own database.
KNOWS_ITS_PLACES = """
() => new Promise((tell) => {
  const asked = indexedDB.open("listen-in");
  asked.onupgradeneeded = () => asked.transaction.abort();
  asked.onerror = () => tell(false);
  asked.onsuccess = () => {
    const setup = asked.result.transaction("setup").objectStore("setup").count();
    setup.onsuccess = () => { asked.result.close(); tell(setup.result > 0); };
  };
})
"""
# Takes all the room there is, in ever smaller pieces: for half a minute Chromium lets small things in unasked, until
# something was too large.
FILL = """
async () => {
  const asked = indexedDB.open("filler", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("pieces", { autoIncrement: true });
  const database = await new Promise((tell) => { asked.onsuccess = () => tell(asked.result); });
  const put = (size) => new Promise((tell) => {
    const piece = new Uint8Array(size);
    for (let at = 0; at < size; at += 65536) crypto.getRandomValues(piece.subarray(at, at + 65536));
    const work = database.transaction("pieces", "readwrite");
    work.oncomplete = () => tell(true);
    work.onabort = () => tell(false);
    work.objectStore("pieces").put(piece);
  });
  for (const size of [1_000_000, 100_000, 10_000, 1_000, 100]) while (await put(size));
  database.close();
}
"""
