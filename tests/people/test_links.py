"""One-time links."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.at_once import at_once
from tests.conftest import Clock
from tests.world import World
from webapp.extensions import db as database
from webapp.people import links
from webapp.people.models import SignInLink


def test_a_link_leads_to_its_person_once(db: Session, world: World, clock: Clock) -> None:
    secret = links.make(db, world.ours.coach, clock.now)
    assert links.owner(db, secret, clock.now) == world.ours.coach
    assert links.use(db, secret, clock.now) == world.ours.coach
    assert links.use(db, secret, clock.now) is None
    assert links.owner(db, secret, clock.now) is None


def test_of_several_who_use_a_link_at_once_one_comes_in(app: Flask, db: Session, world: World, clock: Clock) -> None:
    secret = links.make(db, world.ours.coach, clock.now)
    db.commit()
    used = at_once(app, *[lambda: links.use(database.session, secret, clock.now) is not None] * 6)
    assert sorted(used) == [False] * 5 + [True]


def test_a_link_is_good_for_seven_days(db: Session, world: World, clock: Clock) -> None:
    secret = links.make(db, world.ours.coach, clock.now)
    assert links.owner(db, secret, clock.now + links.VALID - timedelta(seconds=1)) == world.ours.coach
    assert links.owner(db, secret, clock.now + links.VALID) is None
    assert links.use(db, secret, clock.now + links.VALID) is None


def test_a_new_link_ends_the_older_ones_of_its_person_only(db: Session, world: World, clock: Clock) -> None:
    older = links.make(db, world.ours.coach, clock.now)
    neighbours = links.make(db, world.neighbour.coach, clock.now)
    newer = links.make(db, world.ours.coach, clock.now)
    assert links.owner(db, older, clock.now) is None
    assert links.owner(db, newer, clock.now) == world.ours.coach
    assert links.owner(db, neighbours, clock.now) == world.neighbour.coach


def test_links_can_be_ended(db: Session, world: World, clock: Clock) -> None:
    secret = links.make(db, world.ours.coach, clock.now)
    neighbours = links.make(db, world.neighbour.coach, clock.now)
    links.end(db, world.ours.coach)
    assert links.owner(db, secret, clock.now) is None
    assert links.owner(db, neighbours, clock.now) == world.neighbour.coach


def test_somebody_deactivated_has_no_way_in(db: Session, world: World, clock: Clock) -> None:
    secret = links.make(db, world.ours.coach, clock.now)
    world.ours.coach.deactivated_at = clock.now
    assert links.owner(db, secret, clock.now) is None
    assert links.use(db, secret, clock.now) is None


def test_the_secret_is_long_and_not_in_the_table(db: Session, world: World, clock: Clock) -> None:
    secret = links.make(db, world.ours.coach, clock.now)
    assert len(secret) >= 32
    assert secret.encode() not in bytes(db.scalars(select(SignInLink.secret_hash)).one())
