"""What commands meet in the field."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session


@pytest.fixture
def not_migrated(db: Session) -> Iterator[None]:
    """The database says that no migration was run on it."""
    version = db.scalar(text("SELECT version_num FROM alembic_version"))
    db.execute(text("DELETE FROM alembic_version"))
    db.commit()
    yield
    db.rollback()
    db.execute(text("INSERT INTO alembic_version (version_num) VALUES (:version)"), {"version": version})
    db.commit()
