"""`publish`: what a timer runs, so that staff see the windows that have closed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.observing.rows import heard
from tests.ops.commands import run
from tests.world import Cast, World
from webapp.culture.vocabulary import Setting, Trait
from webapp.trends.models import Closing, Publication

# The first window of the cast's year is 3 to 30 August; it closes on 7 September, as New York's day begins.
FIRST = datetime(2026, 8, 3, 14, 0, tzinfo=UTC)


def _listen(db: Session, at: Cast) -> None:
    """Enough, and varied enough, in the first window."""
    for number in range(20):
        person = (at.principal, at.coach)[number % 2]
        setting = list(Setting)[number % 3]
        when = FIRST + timedelta(days=number % 12)
        heard(db, at.school, at.places[number % 5], person, when, Trait.EVIDENCE, setting=setting)
    db.commit()


def _published(db: Session) -> list[tuple[date, date]]:
    found = db.execute(select(Publication.first_day, Publication.last_day).order_by(Publication.first_day))
    return [(first, last) for first, last in found]


def test_each_school_has_a_line_and_a_closed_window_is_published(app: Flask, db: Session, world: World) -> None:
    _listen(db, world.ours)
    said = run(app, "publish", "--now", "2026-09-07")
    assert (said.code, said.err) == (0, [])
    assert said.out[:2] == ["Neighbour School: nothing new", "Our School: published 2026-08-03 to 2026-08-30"]
    assert _published(db) == [(date(2026, 8, 3), date(2026, 8, 30))]


def test_the_day_is_the_schools_own(app: Flask, db: Session, world: World) -> None:
    _listen(db, world.ours)
    assert run(app, "publish", "--now", "2026-09-06").out[1] == "Our School: nothing new"
    # Midnight in London is still the evening before in New York.
    assert run(app, "publish", "--now", "2026-09-07T00:00:00+00:00").out[1] == "Our School: nothing new"
    assert run(app, "publish", "--now", "2026-09-07T00:00:00-04:00").out[1].endswith("2026-08-30")


def test_what_was_kept_long_enough_is_forgotten_in_every_school(app: Flask, db: Session, world: World) -> None:
    _listen(db, world.neighbour)
    said = run(app, "publish", "--now", "2026-12-24")
    assert said.out[-1] == "Forgotten: 0 notes, the minute of 20 observations, and that 0 were deleted"
    assert run(app, "publish", "--now", "2026-12-24").out[-1] == "Our School: nothing new"


def test_one_school_alone_can_be_published(app: Flask, db: Session, world: World) -> None:
    _listen(db, world.ours)
    _listen(db, world.neighbour)
    said = run(app, "publish", "--school", str(world.ours.school.id), "--now", "2026-09-07")
    assert said.out == ["Our School: published 2026-08-03 to 2026-08-30"]
    assert db.scalars(select(Closing.school_id).distinct()).all() == [world.ours.school.id]


def test_without_a_day_it_is_today(app: Flask, db: Session, world: World) -> None:
    assert run(app, "publish").out == ["Neighbour School: nothing new", "Our School: nothing new"]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--now", "yesterday"), "Error: --now: 'yesterday' is no date; it looks like 2026-11-24"),
        (("--now", "2026-02-30"), "Error: --now: '2026-02-30' is no date; it looks like 2026-11-24"),
        (
            ("--school", "00000000-0000-7000-8000-000000000000"),
            "Error: --school: there is no school with the id 00000000-0000-7000-8000-000000000000",
        ),
    ],
)
def test_bad_input_ends_with_2_and_one_line_and_publishes_nothing(
    app: Flask, db: Session, world: World, words: tuple[str, ...], line: str
) -> None:
    _listen(db, world.ours)
    said = run(app, "publish", *words)
    assert (said.code, said.out, said.err) == (2, [], [line])
    assert _published(db) == []


def test_twice_does_no_more_than_once(app: Flask, db: Session, world: World) -> None:
    _listen(db, world.ours)
    run(app, "publish", "--now", "2026-09-07")
    before = db.scalars(select(Publication.hash)).all()
    assert run(app, "publish", "--now", "2026-09-07").out[1] == "Our School: nothing new"
    assert db.scalars(select(Publication.hash)).all() == before
    assert db.scalar(select(func.count()).select_from(Closing)) == len(before)
