"""`recount`: what districts see is counted anew, and where it was different is said."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.observing.rows import check_weeks, heard
from tests.ops.commands import run
from tests.world import World
from webapp.culture.vocabulary import Trait
from webapp.observing.models import SchoolWeek


def test_nothing_was_different_and_so_it_says(app: Flask, db: Session, world: World) -> None:
    for at in (world.ours, world.neighbour):
        heard(db, at.school, at.places[0], at.coach, datetime(2026, 11, 4, 15, tzinfo=UTC), Trait.ACTION)
    db.commit()
    said = run(app, "recount")
    assert (said.code, said.out, said.err) == (0, ["2 weeks counted, 0 different"], [])


def test_what_was_different_is_mended_and_ends_with_an_error(app: Flask, db: Session, world: World) -> None:
    for at in (world.ours, world.neighbour):
        heard(db, at.school, at.places[0], at.coach, datetime(2026, 11, 4, 15, tzinfo=UTC), Trait.ACTION)
    db.execute(update(SchoolWeek).where(SchoolWeek.school_id == world.ours.school.id).values(n=4))
    db.commit()
    said = run(app, "recount")
    assert said.code == 1
    assert said.out == [
        "Our School: 1 of 1 weeks were different, and are counted anew",
        "2 weeks counted, 1 different",
    ]
    db.rollback()
    check_weeks(db)
    assert run(app, "recount").code == 0
