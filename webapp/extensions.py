"""Made once: the database with its base class and column types, sign-in, languages."""

import time
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from select import POLLIN, poll
from typing import Any, ClassVar, Final

import psycopg
import uuid_utils
from flask_alembic import Alembic
from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import BigInteger, Dialect, Engine, LargeBinary, MetaData, TypeDecorator, Uuid, event, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.types import TypeEngine

LONGEST_REST: Final = 60.0
"""After so many seconds a connection may have been forgotten on the way, and nobody said so."""

db = SQLAlchemy()
babel = Babel()
csrf = CSRFProtect()
sign_in_manager = LoginManager()


class Id(TypeDecorator[uuid.UUID]):
    """A UUID in sixteen bytes: the native type on PostgreSQL, a BLOB on SQLite (half as large as text in an index)."""

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(LargeBinary(16) if dialect.name == "sqlite" else Uuid())

    def process_bind_param(self, value: uuid.UUID | None, dialect: Dialect) -> Any:
        return value.bytes if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> uuid.UUID | None:
        return uuid.UUID(bytes=value) if isinstance(value, bytes) else value


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as whole seconds since 1970 in UTC.

    Integers, so that a school's local day, week and hour are the same arithmetic on both databases.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return int(value.timestamp())

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value, UTC)


class Base(DeclarativeBase):
    """Base of all tables. Constraints are named, so that migrations can find them again."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {uuid.UUID: Id, datetime: Instant}


alembic = Alembic(metadatas=Base.metadata)


def new_id() -> uuid.UUID:
    """A fresh UUID of version 7: ordered by time, so that indexes grow at one end."""
    return uuid.UUID(bytes=uuid_utils.uuid7().bytes)


def begin_writing(session: Session) -> None:
    """Goes over from reading to writing, at the beginning of a transaction or instead of one that only read.

    On SQLite a transaction that read first and writes later fails when somebody else wrote between; so a
    writer takes the lock at its beginning. On PostgreSQL each statement sees what was committed before it, so
    the transaction can go on; what it read is read anew.
    """
    if session.get_bind().dialect.name == "sqlite":
        session.commit()
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    else:
        # What was changed already is kept: to expire an object forgets what was not written yet.
        session.flush()
        session.expire_all()


def take_turns(session: Session, keys: Iterable[bytes]) -> None:
    """Waits until no other transaction holds one of these keys, and holds them until the end of this one.

    For a check of rows that are not there yet, which PostgreSQL cannot lock; on SQLite there is one writer anyway.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    # In one order for all, so that no two wait for each other.
    for number in sorted(int.from_bytes(key[:8], signed=True) for key in keys):
        session.execute(select(func.pg_advisory_xact_lock(number)))


@event.listens_for(Engine, "connect")
def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    if type(connection).__module__.startswith("sqlite3"):
        # Transactions are begun by _begin below, not by the driver's guess.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
    else:
        cursor.execute("SET synchronous_commit = on")
        # As long as a writer waits on SQLite; then the caller is told to try again, and a thread is free for others.
        cursor.execute("SET lock_timeout = '10s'")
        connection.commit()
    cursor.close()


@event.listens_for(Engine, "checkin")
def _lay_down(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info["rests_since"] = time.monotonic()


@event.listens_for(Engine, "checkout")
def _take_up(connection: DBAPIConnection, record: ConnectionPoolEntry, _fairy: PoolProxiedConnection) -> None:
    """Replaces a connection whose server has gone since: it is closed from there, or was not used for long.

    A server that ends, however hard, closes its connections, and nothing else is to be read from one at rest. So the
    system tells what a question to the server would cost a turn to find out.
    """
    rests_since = record.info.pop("rests_since", None)
    if rests_since is None or not isinstance(connection, psycopg.Connection):
        return
    if time.monotonic() - rests_since > LONGEST_REST or _has_something_to_say(connection.fileno()):
        raise DisconnectionError("the connection is of a server that went")


def _has_something_to_say(descriptor: int) -> bool:
    looking = poll()
    looking.register(descriptor, POLLIN)
    return bool(looking.poll(0))


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {kind}")
