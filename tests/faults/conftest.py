"""One server a process and database, that may be killed; a way to it for each test, and a phone at its other end."""

from collections.abc import Callable, Iterator

import pytest

from tests import databases
from tests.browser.fixtures import OpenContext
from tests.faults.between import Between
from tests.faults.browser_phone import BrowserPhone
from tests.faults.inside import Inside
from tests.faults.warm import WarmServer


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that uses `server` runs on each database, unless it is marked `one_database`."""
    chosen = any(mark.args[0] == "kind" for mark in metafunc.definition.iter_markers("parametrize"))
    if "kind" in metafunc.fixturenames and not chosen:
        one = metafunc.definition.get_closest_marker("one_database")
        metafunc.parametrize("kind", databases.KINDS[:1] if one else databases.KINDS)


@pytest.fixture(scope="session")
def warm() -> Iterator[Callable[[str], WarmServer]]:
    """The servers of this process."""
    kept: dict[str, WarmServer] = {}

    def of(kind: str) -> WarmServer:
        if kind not in kept:
            kept[kind] = WarmServer(kind)
            kept[kind].fill()
        return kept[kind]

    yield of
    for server in kept.values():
        server.close()


@pytest.fixture
def server(warm: Callable[[str], WarmServer], kind: str) -> Iterator[WarmServer]:
    """It runs, with our school and its neighbour. A test may stop, kill and start it, and arm faults inside."""
    serving = warm(kind)
    serving.start()
    yield serving
    for fault in Inside:
        serving.disarm(fault)


@pytest.fixture
def between(server: WarmServer) -> Iterator[Between]:
    """The way to the server; a test says what happens on it."""
    way = Between(server.port)
    yield way
    way.close()


@pytest.fixture
def phone(open_context: OpenContext, between: Between, server: WarmServer) -> BrowserPhone:
    """The phone of an observer whom no other test knows. Its pages send; its worker has tests of its own."""
    return BrowserPhone(open_context(service_workers="block"), between, server, server.newcomer())
