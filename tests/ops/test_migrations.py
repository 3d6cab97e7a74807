"""A release can be gone back from: the tables of each release can be made again from those of the next."""

import pytest

from tests import databases
from tests.conftest import new_app
from webapp.extensions import alembic, db

FIRST = "0001"


@pytest.mark.parametrize("kind", databases.KINDS)
def test_every_migration_can_be_gone_back_from_and_made_again(kind: str) -> None:
    with new_app(databases.new_url(kind)).app_context():
        alembic.upgrade()
        alembic.downgrade(FIRST)
        assert [each.revision for each in alembic.current()] == [FIRST]
        assert alembic.compare_metadata()
        alembic.upgrade()
        assert alembic.compare_metadata() == []
        db.engine.dispose()
