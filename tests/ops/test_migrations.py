"""A release can be gone back from: the tables of each release can be made again from those of the next."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from tests import databases, world
from tests.conftest import new_app
from tests.observing.rows import check_weeks, heard
from webapp.culture.vocabulary import Trait
from webapp.extensions import alembic, db

FIRST = "0001"
WHAT_IS_HELD = "SELECT id, school_id, observer_id, place_id, heard, observed_at, said_at, revision FROM observation"


@pytest.mark.parametrize("kind", databases.KINDS)
def test_every_migration_can_be_gone_back_from_and_made_again(kind: str) -> None:
    with new_app(databases.new_url(kind)).app_context():
        alembic.upgrade()
        ours = world.build(db.session).ours
        at = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
        heard(db.session, ours.school, ours.places[0], ours.principal, at, Trait.EVIDENCE, times=3)
        # On Sunday evening in New York, when it is Monday in UTC.
        heard(db.session, ours.school, ours.places[0], ours.coach, datetime(2026, 11, 23, 1, tzinfo=UTC), times=2)
        db.session.commit()
        before = db.session.execute(text(WHAT_IS_HELD)).all()
        db.session.rollback()

        alembic.downgrade(FIRST)
        assert [each.revision for each in alembic.current()] == [FIRST]
        assert alembic.compare_metadata()
        alembic.upgrade()
        assert alembic.compare_metadata() == []
        assert len(before) == 5
        assert sorted(db.session.execute(text(WHAT_IS_HELD)).all()) == sorted(before)
        check_weeks(db.session)
        assert [n for (n,) in db.session.execute(text("SELECT n FROM school_week ORDER BY monday"))] == [2, 3]
        db.session.rollback()
        db.engine.dispose()
