"""One Chromium and one server a process; a fresh context a test; a picture of what failed."""

import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, StorageState, sync_playwright

from tests.browser import loop
from tests.browser.phone import PHONE, launch
from tests.browser.server import ROOT, Server
from tests.world import PASSWORD

HERE = Path(__file__).parent
RESULTS = ROOT / "test-results"
FAILED = pytest.StashKey[bool]()

# What scripts/test-needs could not install, and has said so.
collect_ignore = [] if shutil.which("firefox-esr") else ["test_on_firefox.py"]
collect_ignore += [] if shutil.which("WebKitWebDriver") and shutil.which("Xvfb") else ["test_on_webkit.py"]

OpenContext = Callable[..., BrowserContext]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
    """Tests of other folders run in the same process, and know nothing of an event loop."""
    # pytest asks this of every test, wherever it stands.
    if HERE not in item.path.parents:
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


@contextmanager
def filled_server() -> Iterator[Server]:
    serving = Server()
    serving.fill()
    serving.start()
    yield serving
    serving.kill()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Our school and its neighbour, served. For tests that leave it running, and count only what is theirs."""
    with filled_server() as serving:
        yield serving


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server that the test may stop, start again and change."""
    with filled_server() as serving:
        yield serving


@pytest.fixture
def observer(server: Server) -> str:
    """The e-mail address of an observer of our school whom no other test knows."""
    return server.newcomer()


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


@pytest.fixture
def page(open_context: OpenContext) -> Page:
    """A page of somebody signed out, on a phone."""
    return open_context().new_page()


@pytest.fixture(scope="session")
def keys(chromium: Browser, server: Server) -> Callable[[str], StorageState]:
    """The cookie of a person of the shared server, who signs in once a process."""
    kept: dict[str, StorageState] = {}

    def key(email: str) -> StorageState:
        if email not in kept:
            kept[email] = signed_in(chromium, server, email)
        return kept[email]

    return key


def signed_in(chromium: Browser, server: Server, email: str, password: str = PASSWORD) -> StorageState:
    context = chromium.new_context()
    answer = context.request.post(f"{server.url}/api/v1/session", data={"email": email, "password": password})
    assert answer.ok, answer.text()
    cookies = context.storage_state()
    context.close()
    return cookies


def keep_pictures(context: BrowserContext, test: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    name = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in test)
    for number, page in enumerate(context.pages):
        picture = Path(RESULTS / f"{name}-{number}.png")
        page.screenshot(path=picture, timeout=5_000)
