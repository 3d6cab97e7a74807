"""What every benchmark of pages stands on: the demo school on a real server, somebody signed in, and a table."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from statistics import quantiles

from playwright.sync_api import Browser, StorageState

from tests import databases
from tests.browser.server import Server

PASSWORD = "listen-in-demo"
PRINCIPAL = "principal@demo.example"


@contextmanager
def demo() -> Iterator[Server]:
    """The demo school, as `make run` serves it."""
    databases.begin_run()
    try:
        server = Server()
        server.start()
        try:
            yield server
        finally:
            server.kill()
    finally:
        databases.end_run()


def key(browser: Browser, server: Server) -> StorageState:
    """The principal's cookie."""
    context = browser.new_context()
    answer = context.request.post(f"{server.url}/api/v1/session", data={"email": PRINCIPAL, "password": PASSWORD})
    assert answer.ok, answer.text()
    state = context.storage_state()
    context.close()
    return state


def middle_and_tail(times: Sequence[float]) -> tuple[float, float]:
    """The median and the 95th percentile."""
    cuts = quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[94]


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Prints rows below their heads, the first column to the left and numbers to the right."""
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    print(f"\n{title}")
    for line in lines:
        cells = [
            line[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
        ]
        print("  " + "   ".join(cells))
