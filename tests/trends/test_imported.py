"""What came in from a file never changes what staff were shown, and never makes a publication weaker."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.promises import promise
from tests.trends.schooldays import AUTUMN, FIRST, SECOND, SETTINGS, closing, noon, plenty
from tests.world import Cast, World
from webapp.culture.school_time import Period
from webapp.culture.vocabulary import Trait
from webapp.observing import imports
from webapp.observing.importing import Line
from webapp.observing.models import Observation
from webapp.trends.models import Closing, Publication
from webapp.trends.publishing import publish_due


def import_into(db: Session, here: Cast, window: Period, now: datetime, n: int = 40) -> None:
    """Listen-ins on different days of the window, in different places and settings; knowledge was heard in all."""
    lines = [
        Line(
            number,
            noon(here, window.first + timedelta(days=number * window.days // n)) + timedelta(minutes=number),
            here.places[number % len(here.places)].id,
            SETTINGS[number % len(SETTINGS)],
            Trait.KNOWLEDGE,
            None,
        )
        for number in range(n)
    ]
    assert imports.bring_in(db, here.school, lines, file_name="form.csv", now=now).n == n
    db.commit()


def told(db: Session, here: Cast) -> list[tuple[date, date, str, bytes]]:
    asked = select(Publication).where(Publication.school_id == here.school.id).order_by(Publication.number)
    return [(each.first_day, each.last_day, each.content, each.hash) for each in db.scalars(asked)]


def closings(db: Session, here: Cast) -> list[tuple[date, date, str]]:
    asked = select(Closing).where(Closing.school_id == here.school.id).order_by(Closing.first_day)
    return [(each.first_day, each.last_day, each.outcome) for each in db.scalars(asked)]


@promise("PRIVACY-2")
def test_an_import_into_published_weeks_changes_nothing_that_was_published(db: Session, world: World) -> None:
    here = world.ours
    plenty(db, here, FIRST)
    publish_due(db, here.school, closing(here, FIRST))
    before = told(db, here)
    import_into(db, here, FIRST, closing(here, FIRST) + timedelta(days=1))
    assert publish_due(db, here.school, closing(here, FIRST) + timedelta(days=2)) == []
    plenty(db, here, SECOND)
    publish_due(db, here.school, closing(here, SECOND))
    assert (len(before), told(db, here)[:1]) == (1, before)


@promise("PRIVACY-2")
@pytest.mark.parametrize("years_ago", [0, 6])
def test_a_run_after_an_import_decides_as_one_before_it_would_have(db: Session, world: World, years_ago: int) -> None:
    """Both schools hear the same; one publishes in time, the other only after a file came in."""
    in_time, late = world.ours, world.neighbour
    for here in (in_time, late):
        plenty(db, here, SECOND)
    after = closing(in_time, SECOND) + timedelta(hours=5)
    publish_due(db, in_time.school, after)
    past = Period(date(FIRST.first.year - years_ago, 8, 3), date(FIRST.first.year - years_ago, 8, 30))
    import_into(db, late, past, after)
    publish_due(db, late.school, after)
    assert [each[:3] for each in told(db, in_time)] == [each[:3] for each in told(db, late)]
    assert closings(db, in_time) == closings(db, late)
    assert told(db, in_time)


@promise("PRIVACY-4")
def test_nobody_of_a_file_is_no_second_observer(db: Session, world: World) -> None:
    here = world.ours
    plenty(db, here, FIRST, alone=True)
    import_into(db, here, FIRST, noon(here, FIRST.last))
    assert publish_due(db, here.school, closing(here, FIRST)) == []
    assert [each.last_day for each in publish_due(db, here.school, closing(here, AUTUMN))] == [AUTUMN.last]


@promise("PRIVACY-4")
def test_a_file_may_all_be_of_whoever_heard_most(db: Session, world: World) -> None:
    """Two heard as much each; with as many again of anybody, one of them may have heard three of four."""
    here = world.ours
    plenty(db, here, FIRST)
    import_into(db, here, FIRST, noon(here, FIRST.last), n=24)
    assert publish_due(db, here.school, closing(here, FIRST)) == []
    assert closings(db, here) == [(FIRST.first, FIRST.last, "waits")]


def test_what_came_in_while_its_weeks_were_open_is_told_with_the_rest(db: Session, world: World) -> None:
    here = world.ours
    plenty(db, here, FIRST, evidence=24)
    import_into(db, here, FIRST, noon(here, FIRST.last), n=6)
    (publication,) = publish_due(db, here.school, closing(here, FIRST))
    assert '"of":5' in publication.content.replace(" ", "")


def test_what_came_in_and_was_taken_back_in_time_is_not_told(db: Session, world: World) -> None:
    here = world.ours
    plenty(db, here, FIRST, 9)
    import_into(db, here, FIRST, noon(here, FIRST.last), n=2)
    (done,) = imports.past(db, here.school)
    imports.take_back(db, here.school, done.id, noon(here, FIRST.last) + timedelta(hours=1))
    db.commit()
    assert publish_due(db, here.school, closing(here, FIRST)) == []
    assert len(db.scalars(select(Observation.id)).all()) == 9
