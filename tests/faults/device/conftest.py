"""Phones of Chromium, with all that belongs to one: pages, worker, database, a way of its own to the server."""

from collections.abc import Callable, Iterator

import pytest

from tests.browser.fixtures import OpenContext
from tests.faults.device.hand import Hand
from tests.faults.warm import WarmServer

TakeUp = Callable[[str], Hand]


@pytest.fixture
def take_up(open_context: OpenContext, server: WarmServer) -> Iterator[TakeUp]:
    """Takes up another phone, signed in as this person."""
    taken: list[Hand] = []

    def one(email: str) -> Hand:
        taken.append(Hand(open_context(), server))
        taken[-1].sign_in(email)
        return taken[-1]

    yield one
    for hand in taken:
        hand.between.close()


@pytest.fixture
def observer(server: WarmServer) -> str:
    """The e-mail address of an observer of our school whom no other test knows."""
    return server.newcomer()


@pytest.fixture
def hand(take_up: TakeUp, observer: str) -> Hand:
    """The observer's phone."""
    return take_up(observer)
