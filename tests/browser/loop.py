"""Playwright's synchronous API leaves its event loop marked as running between two calls; Flask refuses to work then.

So the mark is taken away wherever Playwright has nothing to do, and put back before it is called again.
"""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Iterator
from contextlib import contextmanager

_kept: AbstractEventLoop | None = None


@contextmanager
def set_aside() -> Iterator[None]:
    """Within, no loop runs."""
    global _kept  # noqa: PLW0603 - a thread has one running loop, and so this module has one
    # Both functions are there for those who write loops, and Playwright is one of them.
    running = asyncio._get_running_loop()
    _kept = running or _kept
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(running)


@contextmanager
def brought_back() -> Iterator[None]:
    """Within, Playwright may be called, if it was started before; afterwards no loop runs."""
    asyncio._set_running_loop(_kept)
    try:
        yield
    finally:
        with set_aside():
            pass
        asyncio._set_running_loop(None)


def forget() -> None:
    """Playwright was stopped."""
    global _kept  # noqa: PLW0603 - as above
    _kept = None
    asyncio._set_running_loop(None)
