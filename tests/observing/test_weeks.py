"""The weeks of a school are true after every change, in whatever week, and wherever the school's clock is set."""

from datetime import UTC, date, datetime

from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.observing.phone import deletion, put, results, send, statuses
from tests.observing.rows import check_weeks, heard
from tests.world import World, sign_in
from webapp.culture.vocabulary import Trait
from webapp.observing.models import SchoolWeek
from webapp.observing.weeks import rebuild
from webapp.schools.models import School

FIRST, SECOND = date(2026, 10, 26), date(2026, 11, 2)


def counts(db: Session, school: School) -> dict[date, tuple[int, int, int]]:
    """How many listen-ins each week has, and in how many evidence and inquiry were heard."""
    db.rollback()
    check_weeks(db)
    rows = db.scalars(select(SchoolWeek).where(SchoolWeek.school_id == school.id, SchoolWeek.n > 0))
    return {row.monday: (row.n, row.evidence, row.inquiry) for row in rows}


def test_a_listen_in_counts_in_the_week_of_the_schools_own_clock(
    client: FlaskClient, world: World, db: Session
) -> None:
    # Clocks went back in New York on the first of November 2026, a Sunday.
    times = ("2026-11-01T23:59:59-05:00", "2026-11-02T04:59:59Z", "2026-11-02T05:00:00Z", "2026-10-26T00:00:00-04:00")
    changes = [put(world.ours, observed_at=at, heard=["evidence"]) for at in times]
    assert statuses(send(sign_in(client, world.ours.coach), world.ours.coach, *changes)) == ["applied"] * 4
    assert counts(db, world.ours.school) == {FIRST: (3, 3, 0), SECOND: (1, 1, 0)}
    assert counts(db, world.neighbour.school) == {}


def test_what_is_mended_leaves_the_one_week_and_enters_the_other(
    client: FlaskClient, world: World, db: Session
) -> None:
    phone, coach = sign_in(client, world.ours.coach), world.ours.coach
    said = put(world.ours, observed_at="2026-10-28T10:00:00-04:00", heard=["evidence"])
    first = results(send(phone, coach, said, put(world.ours, observed_at="2026-10-28T11:00:00-04:00", heard=[])))
    assert counts(db, world.ours.school) == {FIRST: (2, 1, 0)}
    mended = said | {"base": first[0]["revision"], "observed_at": "2026-11-03T10:00:00-05:00", "heard": ["inquiry"]}
    second = results(send(phone, coach, mended))
    assert counts(db, world.ours.school) == {FIRST: (1, 0, 0), SECOND: (1, 0, 1)}
    # The same week, and more in it; then other traits: what one gains the other loses.
    second = results(send(phone, coach, mended | {"base": second[0]["revision"], "heard": ["inquiry", "evidence"]}))
    assert counts(db, world.ours.school) == {FIRST: (1, 0, 0), SECOND: (1, 1, 1)}
    third = results(send(phone, coach, mended | {"base": second[0]["revision"], "heard": ["evidence"]}))
    assert counts(db, world.ours.school) == {FIRST: (1, 0, 0), SECOND: (1, 1, 0)}
    assert statuses(send(phone, coach, deletion(said, third[0]["revision"]))) == ["applied"]
    assert counts(db, world.ours.school) == {FIRST: (1, 0, 0)}


def test_what_is_said_twice_or_refused_counts_once_or_not(client: FlaskClient, world: World, db: Session) -> None:
    phone, coach = sign_in(client, world.ours.coach), world.ours.coach
    said = put(world.ours, observed_at="2026-10-28T10:00:00-04:00")
    elsewhere = put(world.ours, place=str(world.neighbour.places[0].id))
    assert statuses(send(phone, coach, said, said)) == ["applied", "unchanged"]
    assert statuses(send(phone, coach, said, elsewhere)) == ["unchanged", "rejected"]
    assert counts(db, world.ours.school) == {FIRST: (1, 1, 0)}


def test_weeks_are_counted_anew_where_the_schools_clock_or_week_moves(
    client: FlaskClient, world: World, db: Session
) -> None:
    ours = world.ours
    # A Sunday evening in New York, when it is Monday in Madrid.
    heard(db, ours.school, ours.places[0], ours.coach, datetime(2026, 11, 2, 1, tzinfo=UTC), Trait.EVIDENCE, times=3)
    heard(db, world.neighbour.school, world.neighbour.places[0], None, datetime(2026, 11, 2, 1, tzinfo=UTC))
    db.commit()
    assert counts(db, ours.school) == {FIRST: (3, 3, 0)}
    typed = {"name": "Our School", "timezone": "Europe/Madrid", "week_start": "1", "staff_size": "30"}
    assert sign_in(client, ours.principal).post("/school/settings", data=typed).status_code == 303
    assert counts(db, ours.school) == {SECOND: (3, 3, 0)}
    # From Sunday on the week is known by the Monday in it.
    typed |= {"timezone": "America/New_York", "week_start": "7"}
    assert client.post("/school/settings", data=typed).status_code == 303
    assert counts(db, ours.school) == {SECOND: (3, 3, 0)}
    assert counts(db, world.neighbour.school) == {FIRST: (1, 0, 0)}


def test_counting_anew_says_how_many_weeks_were_different(db: Session, world: World) -> None:
    ours = world.ours
    for day in (27, 28):
        heard(db, ours.school, ours.places[0], ours.coach, datetime(2026, 10, day, 15, tzinfo=UTC), Trait.INQUIRY)
    heard(db, ours.school, ours.places[0], ours.coach, datetime(2026, 11, 4, 15, tzinfo=UTC))
    assert rebuild(db, ours.school) == 0
    db.execute(update(SchoolWeek).where(SchoolWeek.monday == FIRST).values(n=7))
    db.add(SchoolWeek(school_id=ours.school.id, monday=date(2026, 9, 7), n=1, **dict.fromkeys(WORDS, 0)))
    db.flush()
    db.expire_all()
    assert rebuild(db, ours.school) == 2
    check_weeks(db)


WORDS = ("substantive", "evidence", "inquiry", "nondefensive", "personal", "knowledge", "action")
