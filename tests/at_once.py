"""Several things done at the same moment, as the threads and processes of a server do them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from flask import Flask

Found = TypeVar("Found")


def at_once(app: Flask, *works: Callable[[], Found]) -> list[Found]:
    """Does all of it at the same time, each over a connection of its own; what each found, in their order."""
    together = Barrier(len(works))

    def begin(work: Callable[[], Found]) -> Found:
        with app.app_context():
            together.wait()
            return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(begin, works))
