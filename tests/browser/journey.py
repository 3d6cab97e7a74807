"""The heart of the job, whatever the browser: record, mend and delete without a network, lose power, come back, sign in
again on a phone that somebody else has held meanwhile, and find everything where it belongs."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete

from tests.faults.device.hand import Hand
from webapp.people.models import SignIn


def whole_job(hand: Hand, restarted: Callable[[Hand], Hand], other: str) -> None:
    """`restarted` takes the power from the phone and switches it on again."""
    owner = hand.email
    sent = hand.record(note="Sent on a good day")
    hand.all_arrives()
    of_before = dict(hand.saved)

    hand.lose_network()
    first, second = hand.record(), hand.record(note="Gone again before anybody heard of it")
    hand.mend(first, "evidence", "action")
    hand.mend(sent, "inquiry")
    hand.delete(second)
    hand = restarted(hand)
    hand.until(lambda: set(hand.shown()) == {sent, first}, "The list shows something else")
    assert hand.known() == hand.saved
    assert hand.stored() == of_before

    of_owner, waits = hand.saved, changes(hand)
    end_sign_ins(hand)
    hand.find_network()
    hand.sign_in(other)
    hand.record()
    hand.comes_to()
    # The server stores it before the phone hears so.
    hand.until(lambda: changes(hand) == waits, "Something of the owner is gone, or of the other still waits")

    hand.sign_in(owner)
    hand.saved = of_owner
    hand.all_arrives()


def changes(hand: Hand) -> list[Any]:
    return [row["change"] for row in hand.outbox()]


def end_sign_ins(hand: Hand) -> None:
    with hand.server.data() as session:
        session.execute(delete(SignIn))
        session.commit()
