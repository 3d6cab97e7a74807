"""One Chromium a process, for whichever folder asks; a fresh context a test; a picture of what failed."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.browser import loop
from tests.browser.phone import PHONE, launch

RESULTS = Path(__file__).resolve().parents[2] / "test-results"
FAILED = pytest.StashKey[bool]()

OpenContext = Callable[..., BrowserContext]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
    """Tests that drive no browser run in the same process, and know nothing of an event loop."""
    if "playwright" not in getattr(item, "fixturenames", ()):
        return (yield)
    with loop.brought_back():
        return (yield)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    started = sync_playwright().start()
    yield started
    with loop.brought_back():
        started.stop()
    loop.forget()


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Browser:
    """It ends with Playwright."""
    return launch(playwright)


@pytest.fixture
def open_context(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[OpenContext]:
    """Opens a fresh context, as another phone would be; a failed test leaves a picture of each page."""
    opened: list[BrowserContext] = []

    def open_one(**how: Any) -> BrowserContext:
        opened.append(chromium.new_context(**{**PHONE, **how}))
        return opened[-1]

    yield open_one
    for context in opened:
        if request.node.stash.get(FAILED, False):
            keep_pictures(context, request.node.name)
        context.close()


def keep_pictures(context: BrowserContext, test: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    name = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in test)
    for number, page in enumerate(context.pages):
        picture = Path(RESULTS / f"{name}-{number}.png")
        page.screenshot(path=picture, timeout=5_000)
