"""Prove who you are, by a password."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.world import PASSWORD, World
from webapp.people import passwords, proving, throttle
from webapp.people.models import Person
from webapp.web.problems import TooManyTriesError


def proven(db: Session, clock: Clock, email: str, password: str = PASSWORD) -> Person | None:
    return proving.by_password(db, email, password, signing_key="key", address="192.0.2.1", now=clock.now)


def test_e_mail_and_password_prove_a_person(db: Session, world: World, clock: Clock) -> None:
    assert proven(db, clock, world.ours.coach.email) == world.ours.coach
    assert proven(db, clock, " Coach@Ours.Example ") == world.ours.coach


def test_anything_else_proves_nobody(db: Session, world: World, clock: Clock) -> None:
    assert proven(db, clock, world.ours.coach.email, "a closed window") is None
    assert proven(db, clock, "nobody@ours.example") is None
    world.neighbour.coach.deactivated_at = clock.now
    assert proven(db, clock, world.neighbour.coach.email) is None


def test_the_right_password_has_to_wait_too(
    db: Session, world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "FROM_ONE_ADDRESS_FOR_ONE_PERSON", 2)
    for _ in range(2):
        proven(db, clock, world.ours.coach.email, "a closed window")
    with pytest.raises(TooManyTriesError):
        proven(db, clock, world.ours.coach.email)
    clock.now += throttle.REMEMBERED
    assert proven(db, clock, world.ours.coach.email) == world.ours.coach


def test_a_hash_made_with_less_work_is_made_anew_at_sign_in(db: Session, world: World, clock: Clock) -> None:
    dated = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    world.ours.coach.password_hash = dated
    assert proven(db, clock, world.ours.coach.email, "a closed window") is None
    assert world.ours.coach.password_hash == dated
    proven(db, clock, world.ours.coach.email)
    renewed = world.ours.coach.password_hash
    assert renewed is not None
    assert not passwords.is_dated(renewed)
    assert passwords.matches(renewed, PASSWORD)
