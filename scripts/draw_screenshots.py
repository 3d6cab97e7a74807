"""Draws the pictures of README and of the install sheet anew, from a demo that is served (needs ImageMagick).

`python -m scripts.draw_screenshots http://localhost:8000`; what it draws is kept in git.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.phone import PHONE, chip, launch

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "docs" / "screenshots"
INSTALL = ROOT / "static" / "src" / "app-screenshots"
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "locale": "en-US"}
HEARD = ("Evidence", "Inquiry", "Action")


def main(url: str) -> None:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for how, form in ((PHONE, "narrow"), (DESK, "wide")):
            page = signed_in(browser, url, how)
            keep(record(page, url), [INSTALL / f"record-{form}.webp"] + [README / "record.webp"] * (form == "narrow"))
            keep(opened(page, f"{url}/heatmap"), [INSTALL / f"map-{form}.webp"])
        phone = signed_in(browser, url, PHONE)
        keep(opened(phone, f"{url}/heatmap"), [README / "heatmap.webp"])
        keep(opened(phone, f"{url}/trends"), [README / "trends.webp"])
        browser.close()


def signed_in(browser: Browser, url: str, how: dict[str, Any]) -> Page:
    context = browser.new_context(**how)
    said = {"email": "principal@demo.example", "password": "listen-in-demo"}
    assert context.request.post(f"{url}/api/v1/session", data=said).ok, "is it the demo that is served?"
    return context.new_page()


def record(page: Page, url: str) -> Page:
    opened(page, f"{url}/record")
    for name in HEARD:
        chip(page, name).check()
    return page


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    page.locator("sync-state[data-state=sent]").wait_for()
    return page


def keep(page: Page, files: list[Path]) -> None:
    with TemporaryDirectory() as folder:
        drawn = Path(folder) / "page.png"
        page.screenshot(path=drawn, animations="disabled")
        for file in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["convert", str(drawn), "-quality", "82", str(file)], check=True)


if __name__ == "__main__":
    main(sys.argv[1])
