"""What an administrator does while a listen-in waits on somebody's phone: nothing of it is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from tests.browser.phone import choose_place, save
from tests.browser.server import OURS
from tests.faults.device.hand import Hand
from tests.faults.warm import WarmServer
from tests.promises import promise
from webapp.culture.vocabulary import PlaceKind, Role
from webapp.people import accounts
from webapp.people.models import Person
from webapp.schools import merging, people, places
from webapp.schools.models import Membership, Place, School

Rooms = tuple[UUID, UUID]


@pytest.fixture
def rooms(server: WarmServer) -> Rooms:
    """Two places that no other test knows; the phone that is taken up afterwards does."""
    names = [f"Room {uuid4().hex[:6]}" for _ in range(2)]
    with server.data() as session:
        school = session.get_one(School, server.school())
        for name in names:
            kind = PlaceKind.OFFICE.code
            session.add(Place(school_id=school.id, name=name, kind_code=kind, floor=1, position=99, adults=12))
        session.commit()
    return server.place(names[0]), server.place(names[1])


@promise("SYNC-6", "SYNC-8")
def test_an_account_that_is_closed_meanwhile(hand: Hand) -> None:
    hand.lose_network()
    hand.record(note="Before the account was closed")
    with administering(hand) as (session, _school, person):
        accounts.close(session, person, datetime.now(UTC))
    hand.find_network()
    hand.until(lambda: bool(hand.between.sent()), "Nothing was tried")
    # Saving goes on, sending does not.
    hand.record()
    hand.open()
    hand.until(lambda: len(hand.outbox()) == 2, "What waited is gone")
    assert hand.stored() == {}
    with administering(hand) as (_session, _school, person):
        accounts.open_again(person)
    hand.open()
    hand.all_arrives()


@promise("SYNC-4", "SYNC-6")
def test_a_place_that_is_archived_meanwhile(rooms: Rooms, hand: Hand) -> None:
    place, _ = rooms
    hand.lose_network()
    record_at(hand, place)
    with administering(hand) as (session, school, _person):
        places.archive(session, school, session.get_one(Place, place))
    hand.find_network()
    hand.all_arrives()


@promise("SYNC-4", "SYNC-6")
def test_a_place_that_is_merged_meanwhile(rooms: Rooms, hand: Hand) -> None:
    place, survivor = rooms
    record_at(hand, place)
    hand.all_arrives()
    hand.lose_network()
    record_at(hand, place)
    with administering(hand) as (session, school, _person):
        one, into = session.get_one(Place, place), session.get_one(Place, survivor)
        merging.merge(session, school, one, into, now=datetime.now(UTC))
    hand.saved = {id_: replace(said, place=survivor) for id_, said in hand.saved.items()}
    hand.find_network()
    hand.all_arrives()
    # The phone learns where both are filed.
    hand.open()
    hand.until(lambda: hand.known() == hand.saved, "The phone has not learned of it")


@promise("SYNC-6")
def test_a_role_that_is_lost_meanwhile(hand: Hand) -> None:
    hand.lose_network()
    hand.record(note="While still an observer")
    with administering(hand) as (session, school, person):
        people.change_role(session, school, person, Role.STAFF)
    refused_for_the_school(hand)
    with administering(hand) as (session, school, person):
        people.change_role(session, school, person, Role.OBSERVER)
    hand.decide("again")
    hand.all_arrives()


@promise("SYNC-6")
def test_a_school_that_is_left_meanwhile(hand: Hand) -> None:
    with administering(hand) as (session, _school, person):
        # Whoever belongs nowhere any more is forgotten, and nobody could come back.
        neighbour = hand.server.school("Neighbour School")
        session.add(Membership(person_id=person.id, school_id=neighbour, role_word=Role.OBSERVER))
    hand.lose_network()
    hand.record(note="While still in the school")
    with administering(hand) as (session, school, person):
        people.remove(session, school, person)
    refused_for_the_school(hand)
    with administering(hand) as (session, school, person):
        session.add(Membership(person_id=person.id, school_id=school.id, role_word=Role.OBSERVER))
    hand.decide("again")
    hand.all_arrives()


def refused_for_the_school(hand: Hand) -> None:
    """What waits is before its person, with words, and stored nowhere."""
    hand.find_network()
    hand.until(lambda: len(hand.needs_you()) == 1, "It is not before its person")
    [row] = hand.needs_you()
    assert row["why"]["problem"]["field"] == "school"
    assert hand.stored() == {}
    hand.page.goto(f"{hand.url}/outbox")
    expect(hand.page.locator('[data-do="again"]:visible')).to_have_count(1)


def record_at(hand: Hand, place: UUID) -> None:
    known = hand.known()
    chosen = replace(hand.fill(), place=place)
    choose_place(hand.page, name_of(hand, place))
    # The setting follows from the place only where nobody has chosen it.
    save(hand.page).click()
    hand.new_one(chosen, known)


def name_of(hand: Hand, place: UUID) -> str:
    with hand.server.data() as session:
        return session.get_one(Place, place).name


@contextmanager
def administering(hand: Hand) -> Iterator[tuple[Session, School, Person]]:
    """Our school and the holder of this phone, in a transaction of an administrator's."""
    with hand.server.data() as session:
        school, person = hand.server.school(OURS), hand.server.person(hand.email)
        yield session, session.get_one(School, school), session.get_one(Person, person)
        session.commit()
