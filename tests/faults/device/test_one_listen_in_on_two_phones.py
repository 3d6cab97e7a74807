"""Two phones of one person who changes the same listen-in on both: nobody's words go without being asked."""

import pytest

from tests.faults.device.conftest import TakeUp
from tests.faults.device.hand import Hand
from tests.promises import promise


@pytest.fixture
def other(take_up: TakeUp, hand: Hand) -> Hand:
    """The person's other phone, on which stands what was recorded on the first."""
    hand.record(note="Said twice")
    hand.all_arrives()
    other = take_up(hand.email)
    other.saved = dict(hand.saved)
    other.until(lambda: other.known() == hand.saved, "The other phone does not know it")
    return other


@promise("SYNC-6", "SYNC-7")
@pytest.mark.parametrize("choice", ["keep", "theirs"])
def test_two_phones_that_mend_the_same_listen_in(hand: Hand, other: Hand, choice: str) -> None:
    (id_,) = hand.saved
    other.lose_network()
    other.mend(id_, "inquiry", "action")
    hand.mend(id_, "evidence")
    hand.all_arrives()
    other.find_network()
    other.decide(choice)
    wanted = other.saved if choice == "keep" else hand.saved
    both_show(hand, other, wanted)


@promise("SYNC-6", "SYNC-7")
@pytest.mark.parametrize("choice", ["keep", "let-go"])
def test_a_change_of_what_was_deleted_meanwhile(hand: Hand, other: Hand, choice: str) -> None:
    (id_,) = hand.saved
    other.lose_network()
    other.mend(id_, "inquiry", "action")
    hand.delete(id_)
    hand.all_arrives()
    other.find_network()
    # The deletion wins until the person says otherwise.
    other.until(lambda: len(other.needs_you()) == 1, "The change does not wait for its person")
    other.comes_to({})
    other.decide(choice)
    both_show(hand, other, other.saved if choice == "keep" else {})


@promise("SYNC-6", "SYNC-7")
@pytest.mark.parametrize("choice", ["delete", "theirs"])
def test_a_deletion_of_what_was_changed_meanwhile(hand: Hand, other: Hand, choice: str) -> None:
    (id_,) = hand.saved
    other.lose_network()
    other.delete(id_)
    hand.mend(id_, "evidence")
    hand.all_arrives()
    other.find_network()
    other.until(lambda: len(other.needs_you()) == 1, "The deletion does not wait for its person")
    hand.comes_to()
    other.decide(choice)
    both_show(hand, other, {} if choice == "delete" else hand.saved)


def both_show(hand: Hand, other: Hand, wanted: object) -> None:
    """Once both have talked, server and phones tell the same (SYNC-7)."""
    for one in (other, hand):
        one.until(lambda one=one: one.stored() == wanted, "The server holds something else")  # type: ignore[misc]
        one.open()
        one.until(lambda one=one: one.known() == wanted and not one.outbox(), "A phone tells otherwise")  # type: ignore[misc]
        one.until(lambda one=one: one.shown() == list(one.known()), "The list shows otherwise")  # type: ignore[misc]
    hand.server.books_balance()
