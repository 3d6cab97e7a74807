"""Wrong passwords are slowed down, and nobody else is."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.at_once import at_once
from tests.conftest import Clock
from webapp.extensions import db as database
from webapp.people.models import FailedSignIn
from webapp.people.throttle import (
    FOR_ONE_PERSON,
    FROM_ONE_ADDRESS,
    FROM_ONE_ADDRESS_FOR_ONE_PERSON,
    REMEMBERED,
    Throttle,
)
from webapp.web.problems import TooManyTriesError

KEY = "a key that signs"
HERE = "192.0.2.1"


def guard(db: Session, *, email: str = "coach@ours.example", address: str = HERE) -> Throttle:
    return Throttle(db, KEY, email=email, address=address)


def guess(db: Session, clock: Clock, *, times: int, email: str = "coach@ours.example", address: str = HERE) -> None:
    for _ in range(times):
        guard(db, email=email, address=address).begin_try(clock.now)


def test_a_few_wrong_passwords_pass(db: Session, clock: Clock) -> None:
    guess(db, clock, times=FROM_ONE_ADDRESS_FOR_ONE_PERSON)


def test_one_more_has_to_wait_until_the_oldest_is_forgotten(db: Session, clock: Clock) -> None:
    guess(db, clock, times=1)
    clock.forward(minutes=5)
    guess(db, clock, times=FROM_ONE_ADDRESS_FOR_ONE_PERSON - 1)
    with pytest.raises(TooManyTriesError) as wait:
        guess(db, clock, times=1)
    assert wait.value.seconds == 600
    clock.forward(seconds=599)
    with pytest.raises(TooManyTriesError):
        guess(db, clock, times=1)
    clock.forward(seconds=1)
    guess(db, clock, times=1)


def test_tries_that_had_to_wait_do_not_make_the_wait_longer(db: Session, clock: Clock) -> None:
    guess(db, clock, times=FROM_ONE_ADDRESS_FOR_ONE_PERSON)
    for _ in range(5):
        with pytest.raises(TooManyTriesError) as wait:
            guess(db, clock, times=1)
    assert wait.value.seconds == REMEMBERED.total_seconds()


def test_a_colleague_behind_the_same_address_is_not_slowed_down(db: Session, clock: Clock) -> None:
    guess(db, clock, times=FROM_ONE_ADDRESS_FOR_ONE_PERSON)
    guess(db, clock, times=1, email="principal@ours.example")


def test_many_tries_at_once_find_no_more_room_than_one_after_the_other(app: Flask, db: Session, clock: Clock) -> None:
    db.rollback()

    def passes() -> bool:
        try:
            guess(database.session, clock, times=1)
        except TooManyTriesError:
            return False
        return True

    tries = FROM_ONE_ADDRESS_FOR_ONE_PERSON + 4
    assert sum(at_once(app, *[passes] * tries)) == FROM_ONE_ADDRESS_FOR_ONE_PERSON


def test_many_addresses_together_do_not_get_around_it(db: Session, clock: Clock) -> None:
    for number in range(FOR_ONE_PERSON):
        guess(db, clock, times=1, address=f"192.0.2.{number}")
    with pytest.raises(TooManyTriesError):
        guess(db, clock, times=1, address="198.51.100.1")


def test_one_address_cannot_try_all_persons(db: Session, clock: Clock) -> None:
    for number in range(FROM_ONE_ADDRESS):
        guess(db, clock, times=1, email=f"person{number}@ours.example")
    with pytest.raises(TooManyTriesError):
        guess(db, clock, times=1, email="one-more@ours.example")


def test_all_addresses_of_one_network_of_version_6_count_as_one(db: Session, clock: Clock) -> None:
    for number in range(FROM_ONE_ADDRESS_FOR_ONE_PERSON):
        guess(db, clock, times=1, address=f"2001:db8::{number:x}")
    with pytest.raises(TooManyTriesError):
        guess(db, clock, times=1, address="2001:db8::ffff")
    guess(db, clock, times=1, address="2001:db8:0:1::1")


def test_an_address_that_is_none_counts_all_the_same(db: Session, clock: Clock) -> None:
    guess(db, clock, times=FROM_ONE_ADDRESS_FOR_ONE_PERSON, address="")
    with pytest.raises(TooManyTriesError):
        guess(db, clock, times=1, address="")


def test_success_forgets_what_failed_before_it(db: Session, clock: Clock) -> None:
    guess(db, clock, times=FROM_ONE_ADDRESS_FOR_ONE_PERSON - 1)
    passed = guard(db)
    passed.begin_try(clock.now)
    passed.succeeded()
    guess(db, clock, times=FROM_ONE_ADDRESS_FOR_ONE_PERSON)


def test_ones_own_success_forgets_nothing_about_others(db: Session, clock: Clock) -> None:
    guess(db, clock, times=FROM_ONE_ADDRESS_FOR_ONE_PERSON)
    mine = guard(db, email="somebody@ours.example")
    mine.begin_try(clock.now)
    mine.succeeded()
    with pytest.raises(TooManyTriesError):
        guess(db, clock, times=1)


def test_what_no_longer_counts_is_not_kept(db: Session, clock: Clock) -> None:
    guess(db, clock, times=3)
    clock.now += REMEMBERED + timedelta(seconds=1)
    guess(db, clock, times=1)
    assert db.scalar(select(func.count()).select_from(FailedSignIn)) == 3


def test_the_table_names_neither_person_nor_address(db: Session, clock: Clock) -> None:
    guess(db, clock, times=1)
    kept = [bytes(key) for key in db.scalars(select(FailedSignIn.key_hash))]
    assert all(len(key) == 32 for key in kept)
    assert not any(b"coach" in key or b"192" in key for key in kept)
