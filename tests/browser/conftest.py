"""What tests of pages share: one server a process, its people, a page on a phone."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, StorageState

from tests.browser.fixtures import OpenContext
from tests.browser.server import Server
from tests.world import PASSWORD

# What scripts/test-needs could not install, and has said so.
collect_ignore = [] if shutil.which("firefox-esr") else ["test_on_firefox.py"]
collect_ignore += [] if shutil.which("WebKitWebDriver") and shutil.which("Xvfb") else ["test_on_webkit.py"]


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
