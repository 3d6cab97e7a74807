"""Lighthouse on the pages that people open, on a phone; and how much the first visit to /record moves.

The scores for accessibility, best practices and search engines do not vary; performance does, so it is the median of
five.
"""

import json
import os
import subprocess
from pathlib import Path
from statistics import median
from typing import Any

from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import Browser, StorageState, sync_playwright

from tests.bench.stage import demo, key, table
from tests.browser.phone import PHONE, executable, flags, launch
from tests.browser.server import ROOT, Server

PAGES = ("/sign-in", "/record", "/heatmap", "/trends")
KINDS = ("performance", "accessibility", "best-practices", "seo")
RUNS = 5
TRIES = 3
MOST_KILOBYTES = 60
LIGHTHOUSE = ROOT / "tests/bench/node_modules/lighthouse/cli/index.js"


def main() -> None:
    with demo() as server:
        with sync_playwright() as playwright:
            browser = launch(playwright)
            cookies = key(browser, server)
            moved = first_visit(browser, server, cookies)
            browser.close()
        reports = {path: look(server, path, cookies) for path in PAGES}
    scores = [(path, *(f"{score:.0f}" for score in reports[path][0])) for path in PAGES]
    table(f"Lighthouse, on a phone, signed in (performance: median of {RUNS})", ("", *KINDS), scores)
    rows = [(name, f"{size / 1024:.1f}") for name, size in moved.items()]
    total = sum(moved.values()) / 1024
    good = "good" if total <= MOST_KILOBYTES else "too much"
    rows.append((f"together (aim: {MOST_KILOBYTES}, {good})", f"{total:.1f}"))
    table("First visit to /record, compressed", ("", "KB"), rows)
    for path in PAGES:
        for finding in reports[path][1]:
            print(f"  {path}: {finding}")


def look(server: Server, path: str, cookies: StorageState) -> tuple[list[float], list[str]]:
    """The four scores, and what keeps one of them from being whole."""
    headers = {} if path == "/sign-in" else {"Cookie": _cookie(cookies)}
    whole = _run(f"{server.url}{path}", headers, KINDS)
    runs = [whole, *(_run(f"{server.url}{path}", headers, KINDS[:1]) for _ in range(RUNS - 1))]
    quick = median(run["categories"]["performance"]["score"] or 0 for run in runs)
    scores = [100 * quick, *(100 * (whole["categories"][kind]["score"] or 0) for kind in KINDS[1:])]
    return scores, sorted({finding for run in runs for finding in _findings(run)})


def first_visit(browser: Browser, server: Server, cookies: StorageState) -> dict[str, int]:
    """Bytes over the network by kind, up to the moment when the network has nothing more to do for the page."""
    context = browser.new_context(**{**PHONE, "service_workers": "block"}, storage_state=cookies)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    moved: dict[str, int] = {}

    def finished(event: dict[str, Any]) -> None:
        kind = kinds.get(event["requestId"], "Other")
        moved[kind] = moved.get(kind, 0) + int(event["encodedDataLength"])

    devtools.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    devtools.on("Network.loadingFinished", finished)
    devtools.send("Network.enable")
    page.goto(f"{server.url}/record", wait_until="networkidle")
    context.close()
    return moved


def _run(url: str, headers: dict[str, str], kinds: tuple[str, ...]) -> dict[str, Any]:
    """One report. Now and then Lighthouse misses the beginning of a page and asks to be run again."""
    for _ in range(TRIES):
        report = _try(url, headers, kinds)
        if report is not None:
            return report
    raise RuntimeError(f"Lighthouse could not look at {url}, {TRIES} times")


def _try(url: str, headers: dict[str, str], kinds: tuple[str, ...]) -> dict[str, Any] | None:
    done = subprocess.run(
        [
            compute_driver_executable()[0], str(LIGHTHOUSE), url, "--quiet", "--output=json", "--output-path=stdout",
            f"--only-categories={','.join(kinds)}", f"--extra-headers={json.dumps(headers)}",
            f"--chrome-flags={' '.join(['--headless=new', *flags()])}", "--no-enable-error-reporting",
        ],
        cwd=Path(LIGHTHOUSE).parents[3], env={**os.environ, "CHROME_PATH": executable()},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        print(done.stderr[-300:].strip())
        return None
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _findings(run: dict[str, Any]) -> list[str]:
    audits = run["audits"]
    found = []
    for kind in run["categories"]:
        for part in run["categories"][kind]["auditRefs"]:
            audit = audits[part["id"]]
            score = audit.get("score")
            if part["weight"] and score is not None and score < (0.9 if kind == "performance" else 1):
                found.append(f"{kind}: {audit['id']} {audit.get('displayValue', '')}".rstrip())
    return found


def _cookie(cookies: StorageState) -> str:
    return "; ".join(f"{each['name']}={each['value']}" for each in cookies["cookies"])


if __name__ == "__main__":
    main()
