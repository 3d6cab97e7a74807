"""Publishing: once, when a window has closed, and never again."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.at_once import at_once
from tests.observing.rows import heard
from tests.promises import promise
from tests.trends.schooldays import AUTUMN, FIRST, LAST, SECOND, THIRD, closing, noon, plenty
from tests.world import World
from webapp.culture.school_time import DAY, Period
from webapp.culture.vocabulary import Trait
from webapp.extensions import db as database
from webapp.schools.models import School, SchoolYear
from webapp.trends import published
from webapp.trends.models import Closing, Publication
from webapp.trends.publishing import publish_due


def bytes_of(session: Session, school: School) -> list[tuple[str, bytes]]:
    rows = select(Publication.content, Publication.hash).where(Publication.school_id == school.id)
    return [(content, seal) for content, seal in session.execute(rows.order_by(Publication.number))]


def periods(session: Session, school: School) -> list[Period]:
    return [window.period for window in published.windows(session, school)]


def outcomes(session: Session, school: School) -> list[str]:
    return list(
        session.scalars(select(Closing.outcome).where(Closing.school_id == school.id).order_by(Closing.first_day))
    )


def test_a_window_with_enough_in_it_is_published_when_it_has_closed(db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST, 24, evidence=12)
    (told,) = publish_due(db, world.ours.school, closing(world.ours, FIRST))
    assert (told.number, told.first_day, told.last_day) == (1, FIRST.first, FIRST.last)
    assert told.content == (
        '{"bands":{"action":0,"evidence":2,"inquiry":0,"knowledge":0,"nondefensive":0,"personal":0,"substantive":0},'
        '"end":"2026-08-30","of":5,"rhythm":"by_window","start":"2026-08-03"}'
    )


@promise("PRIVACY-2")
def test_nothing_is_published_a_second_before_it_closes(db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST)
    assert publish_due(db, world.ours.school, closing(world.ours, FIRST) - timedelta(seconds=1)) == []
    assert outcomes(db, world.ours.school) == []


@promise("PRIVACY-2")
def test_publishing_again_publishes_nothing_more(db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST)
    publish_due(db, world.ours.school, closing(world.ours, FIRST))
    before = bytes_of(db, world.ours.school)
    assert publish_due(db, world.ours.school, closing(world.ours, FIRST) + DAY) == []
    assert bytes_of(db, world.ours.school) == before


@promise("PRIVACY-2")
def test_what_arrives_is_mended_or_deleted_later_leaves_every_byte_as_it_was(db: Session, world: World) -> None:
    rows = plenty(db, world.ours, FIRST)
    now = closing(world.ours, FIRST)
    publish_due(db, world.ours.school, now)
    before = bytes_of(db, world.ours.school)
    for late in plenty(db, world.ours, FIRST, 40, evidence=40):
        late.received_at = now + DAY
    rows[0].heard = int(Trait.ACTION)
    db.delete(rows[1])
    world.ours.places[0].archived = True
    world.ours.school.timezone = "Pacific/Auckland"
    db.commit()
    publish_due(db, world.ours.school, now + 14 * DAY)
    assert bytes_of(db, world.ours.school) == before


@promise("PRIVACY-2")
def test_a_window_decided_late_holds_only_what_had_arrived_when_it_closed(db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST, 12, evidence=0)
    for late in plenty(db, world.ours, FIRST, 30, evidence=30):
        late.received_at = closing(world.ours, FIRST)
    publish_due(db, world.ours.school, closing(world.ours, FIRST) + 3 * DAY)
    (window,) = published.windows(db, world.ours.school)
    assert (window.of, window.as_wire()["bands"]["evidence"]) == (3, 0)


@promise("PRIVACY-1", "PRIVACY-2")
def test_run_once_at_the_end_it_publishes_what_it_would_have_at_each_closing(db: Session, world: World) -> None:
    for here in (world.ours, world.neighbour):
        plenty(db, here, FIRST, 4)
        plenty(db, here, SECOND, 30)
        plenty(db, here, THIRD, 50, evidence=45)
    for window in (FIRST, SECOND, THIRD):
        publish_due(db, world.ours.school, closing(world.ours, window))
    publish_due(db, world.neighbour.school, closing(world.ours, THIRD) + 5 * DAY)
    in_steps, at_once = (bytes_of(db, here.school) for here in (world.ours, world.neighbour))
    assert [content for content, _hash in in_steps] == [content for content, _hash in at_once]
    assert len(in_steps) == 2


@promise("PRIVACY-3")
def test_a_window_with_too_little_waits_and_joins_the_next(db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST, 9)
    plenty(db, world.ours, SECOND, 9)
    assert publish_due(db, world.ours.school, closing(world.ours, FIRST)) == []
    publish_due(db, world.ours.school, closing(world.ours, SECOND))
    assert periods(db, world.ours.school) == [Period(FIRST.first, SECOND.last)]
    assert outcomes(db, world.ours.school) == ["waits", "published"]


@promise("PRIVACY-3")
def test_what_waited_and_was_published_joins_nothing_more(db: Session, world: World) -> None:
    for window, n in ((FIRST, 9), (SECOND, 9), (THIRD, 15)):
        plenty(db, world.ours, window, n)
    publish_due(db, world.ours.school, closing(world.ours, THIRD))
    assert periods(db, world.ours.school) == [Period(FIRST.first, SECOND.last), THIRD]


@promise("PRIVACY-3")
def test_what_waits_at_the_years_end_is_never_published(db: Session, world: World) -> None:
    plenty(db, world.ours, LAST, 9)
    following = Period(date(2027, 8, 2), date(2027, 8, 29))
    plenty(db, world.ours, following, 15)
    publish_due(db, world.ours.school, closing(world.ours, LAST))
    add_year(db, world.ours.school, following.first)
    publish_due(db, world.ours.school, closing(world.ours, following))
    assert periods(db, world.ours.school) == [following]


def add_year(session: Session, school: School, first: date) -> None:
    session.add(SchoolYear(school_id=school.id, first_day=first, last_day=first + timedelta(days=363)))
    session.flush()


@promise("PRIVACY-3")
def test_the_last_window_of_a_year_is_decided_in_the_next(db: Session, world: World) -> None:
    plenty(db, world.ours, LAST, 20)
    add_year(db, world.ours.school, LAST.last + DAY)
    publish_due(db, world.ours.school, closing(world.ours, LAST))
    assert periods(db, world.ours.school) == [LAST]


@promise("PRIVACY-4")
def test_with_one_observer_a_term_is_published_and_no_window(db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST, 20, alone=True)
    assert publish_due(db, world.ours.school, closing(world.ours, THIRD)) == []
    publish_due(db, world.ours.school, closing(world.ours, AUTUMN))
    (window,) = published.windows(db, world.ours.school)
    assert (window.period, window.rhythm) == (AUTUMN, "by_term")


@promise("PRIVACY-4")
def test_two_observers_of_whom_one_gave_nearly_all_are_not_enough(db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST, 20, alone=True)
    heard(db, world.ours.school, world.ours.places[0], world.ours.principal, noon(world.ours, FIRST.last))
    assert publish_due(db, world.ours.school, closing(world.ours, FIRST)) == []


@promise("PRIVACY-4")
@pytest.mark.parametrize(("staff", "told"), [(None, []), (7, []), (8, [AUTUMN]), (14, [AUTUMN]), (15, [FIRST])])
def test_a_small_staff_is_told_by_term_and_a_smaller_nothing(
    db: Session, world: World, staff: int | None, told: list[Period]
) -> None:
    world.ours.school.staff_size = staff
    plenty(db, world.ours, FIRST)
    publish_due(db, world.ours.school, closing(world.ours, AUTUMN))
    assert periods(db, world.ours.school) == told


@promise("PRIVACY-1")
def test_a_school_that_goes_over_to_windows_publishes_no_day_twice(db: Session, world: World) -> None:
    world.ours.school.staff_size = 14
    for window in (FIRST, SECOND, THIRD):
        plenty(db, world.ours, window)
    publish_due(db, world.ours.school, closing(world.ours, AUTUMN))
    world.ours.school.staff_size = 15
    spring = Period(date(2027, 1, 18), date(2027, 2, 14))
    plenty(db, world.ours, spring)
    publish_due(db, world.ours.school, closing(world.ours, spring))
    assert periods(db, world.ours.school) == [AUTUMN, spring]


@promise("PRIVACY-3")
def test_windows_that_wait_join_no_term(db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST, 9)
    publish_due(db, world.ours.school, closing(world.ours, FIRST))
    world.ours.school.staff_size = 14
    spring = Period(date(2027, 1, 4), date(2027, 8, 1))
    plenty(db, world.ours, spring, 12)
    publish_due(db, world.ours.school, closing(world.ours, spring))
    assert periods(db, world.ours.school) == [spring]


def test_windows_from_before_anything_was_heard_are_no_part_of_the_first(db: Session, world: World) -> None:
    plenty(db, world.ours, THIRD)
    publish_due(db, world.ours.school, closing(world.ours, THIRD))
    assert periods(db, world.ours.school) == [THIRD]


def test_nothing_is_decided_where_nothing_was_heard(db: Session, world: World) -> None:
    assert publish_due(db, world.ours.school, closing(world.ours, AUTUMN)) == []
    assert outcomes(db, world.ours.school) == []


@promise("PRIVACY-2")
def test_a_clock_set_back_changes_nothing(db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST)
    plenty(db, world.ours, SECOND)
    publish_due(db, world.ours.school, closing(world.ours, SECOND))
    before = bytes_of(db, world.ours.school)
    assert publish_due(db, world.ours.school, closing(world.ours, FIRST)) == []
    assert publish_due(db, world.ours.school, datetime(2020, 1, 1, tzinfo=UTC)) == []
    assert bytes_of(db, world.ours.school) == before


def test_a_school_without_a_year_of_its_own_has_the_usual_one(db: Session, world: World) -> None:
    db.execute(text("DELETE FROM term"))
    db.execute(text("DELETE FROM school_year"))
    plenty(db, world.ours, LAST)
    publish_due(db, world.ours.school, closing(world.ours, LAST))
    assert periods(db, world.ours.school) == [LAST]


def test_every_school_is_published_by_itself(db: Session, world: World) -> None:
    for here in (world.ours, world.neighbour):
        plenty(db, here, FIRST)
    for here in (world.ours, world.neighbour):
        (told,) = publish_due(db, here.school, closing(here, FIRST))
        assert (told.school_id, told.number, told.hash_before) == (here.school.id, 1, published.NONE_BEFORE)


def test_another_schools_conversations_do_not_count(db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST, 9)
    plenty(db, world.neighbour, FIRST, 30)
    assert publish_due(db, world.ours.school, closing(world.ours, FIRST)) == []


@promise("PRIVACY-2", "PRIVACY-8")
def test_two_that_publish_at_once_publish_once(app: Flask, db: Session, world: World) -> None:
    for window in (FIRST, SECOND, THIRD):
        plenty(db, world.ours, window)
    db.commit()
    school_id, now = world.ours.school.id, closing(world.ours, THIRD)

    def publish() -> list[int]:
        school = database.session.get_one(School, school_id)
        return [each.number for each in publish_due(database.session, school, now)]

    db.rollback()
    assert sorted(at_once(app, *[publish] * 4)) == [[], [], [], [1, 2, 3]]
    db.rollback()
    assert outcomes(db, world.ours.school) == ["published"] * 3
    assert published.chain_is_whole(db, world.ours.school)


@promise("PRIVACY-8")
@pytest.mark.parametrize("table", ["publication", "closing"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET last_day = last_day", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete_what_was_decided(
    db: Session, world: World, table: str, statement: str
) -> None:
    plenty(db, world.ours, FIRST)
    publish_due(db, world.ours.school, closing(world.ours, FIRST))
    with pytest.raises(DBAPIError, match="append-only"):
        db.execute(text(statement.format(table)))


@promise("PRIVACY-8")
def test_the_database_refuses_to_put_another_publication_in_its_place(db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST)
    publish_due(db, world.ours.school, closing(world.ours, FIRST))
    replace = "INSERT OR REPLACE" if db.get_bind().dialect.name == "sqlite" else "INSERT"
    columns = "school_id, number, first_day, last_day, content, hash_before, hash"
    for row in ("id, " + columns, f"{'randomblob(16)' if 'OR' in replace else 'gen_random_uuid()'}, " + columns):
        with pytest.raises(DBAPIError):
            db.execute(text(f"{replace} INTO publication (id, {columns}) SELECT {row} FROM publication"))
        db.rollback()


@promise("PRIVACY-8")
def test_a_school_with_publications_cannot_be_deleted(db: Session, world: World) -> None:
    plenty(db, world.ours, FIRST)
    publish_due(db, world.ours.school, closing(world.ours, FIRST))
    with pytest.raises(DBAPIError):
        db.execute(delete(School).where(School.id == world.ours.school.id))
