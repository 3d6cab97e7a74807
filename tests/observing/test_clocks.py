"""Under which time an observation is filed, whatever the clock of the phone says."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.observing.phone import deletion, put, read, results, send, statuses
from tests.world import World, sign_in
from webapp.observing.models import Observation
from webapp.observing.retention import forget


def test_a_clock_that_is_off_is_put_right_and_the_skew_is_kept(client: FlaskClient, world: World, db: Session) -> None:
    coach, now = world.ours.coach, datetime.now(UTC).replace(microsecond=0)
    for skew, corrected in ((timedelta(hours=1), True), (timedelta(days=-1), True), (timedelta(seconds=90), False)):
        phone = (now + skew).isoformat()
        said = put(world.ours, observed_at=phone)
        assert statuses(send(sign_in(client, coach), coach, said, clock=phone)) == ["applied"]
        db.rollback()
        stored = db.scalars(select(Observation).order_by(Observation.revision.desc()).limit(1)).one()
        expected = now if corrected else now + skew
        assert abs(stored.observed_at - expected) < timedelta(seconds=30)
        assert abs(stored.skew - skew.total_seconds()) < 30
        assert stored.said_at == phone


def test_mending_the_words_under_another_clock_leaves_the_time_where_it_is(
    client: FlaskClient, world: World, db: Session
) -> None:
    coach, now = world.ours.coach, datetime.now(UTC).replace(microsecond=0)
    fast = (now + timedelta(hours=1)).isoformat()
    first = put(world.ours, observed_at=fast)
    assert statuses(send(sign_in(client, coach), coach, first, clock=fast)) == ["applied"]
    filed, skew = when(db)
    [told] = read(client, world.ours).get_json()["changes"]
    mended = first | {"base": 1, "heard": ["inquiry"], "observed_at": told["observed_at"]}
    assert statuses(send(client, coach, mended)) == ["applied"]
    assert when(db) == (filed, skew)
    moved = mended | {"base": 2, "observed_at": now.isoformat()}
    assert statuses(send(client, coach, moved)) == ["applied"]
    assert when(db)[0] == now
    assert abs(when(db)[1]) < 30


def test_mending_what_is_known_to_the_hour_leaves_it_in_its_hour(
    client: FlaskClient, world: World, db: Session
) -> None:
    coach, long_ago = world.ours.coach, datetime.now(UTC) - timedelta(days=40)
    first = put(world.ours, observed_at=long_ago.isoformat(timespec="seconds"))
    assert statuses(send(sign_in(client, coach), coach, first)) == ["applied"]
    forget(db, datetime.now(UTC))
    filed, _skew = when(db)
    [told] = read(client, world.ours).get_json()["changes"]
    fast = (datetime.now(UTC) + timedelta(hours=2)).isoformat(timespec="seconds")
    mended = first | {"base": 1, "heard": [], "observed_at": told["observed_at"]}
    assert statuses(send(client, coach, mended, clock=fast)) == ["applied"]
    assert when(db)[0] == filed


def when(db: Session) -> tuple[datetime, int]:
    """The time that the only observation is filed under, and the skew beside it."""
    db.rollback()
    observed_at, skew = db.execute(select(Observation.observed_at, Observation.skew)).one()
    return observed_at, skew


def test_a_clock_a_day_ahead_does_not_make_its_times_too_far_ahead(client: FlaskClient, world: World) -> None:
    coach = world.ours.coach
    ahead = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    assert statuses(send(sign_in(client, coach), coach, put(world.ours, observed_at=ahead), clock=ahead)) == ["applied"]
    assert statuses(send(client, coach, put(world.ours, observed_at=ahead))) == ["rejected"]
    assert statuses(send(client, coach, put(world.ours), clock="0001-01-01T00:00:00Z")) == ["rejected"]


@pytest.mark.parametrize("clock", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_a_clock_that_no_calendar_has_harms_only_what_it_tells_the_time_of(
    client: FlaskClient, world: World, clock: str
) -> None:
    coach = world.ours.coach
    first, second = put(world.ours), put(world.ours)
    assert statuses(send(sign_in(client, coach), coach, second)) == ["applied"]
    for changes in ([first], [first, deletion(second, 1)]):
        found = results(send(client, coach, *changes, clock=clock))
        assert (found[0]["status"], found[0]["problem"]["field"]) == ("rejected", "observed_at")
        assert [each["status"] for each in found[1:]] == ["applied"] * (len(changes) - 1)
