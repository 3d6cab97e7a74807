"""Databases that are locked, full, gone, or will not have it so: the server says “later”, and nothing is half done."""

import sqlite3
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import make_url

from tests.browser.fixtures import OpenContext
from tests.faults.between import SYNC, Between, passed
from tests.faults.browser_phone import HEARD, BrowserPhone
from tests.faults.inside import Inside
from tests.faults.relay import Relay, either
from tests.faults.warm import WarmServer
from tests.promises import promise

on_sqlite = pytest.mark.parametrize("kind", ["sqlite"])
on_postgresql = pytest.mark.parametrize("kind", ["postgresql"])
Operator = psycopg.Connection[tuple[object, ...]]

OURS = "SELECT 1 FROM school WHERE id = %s FOR UPDATE"
WAITING = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND backend_type = 'client backend'
"""
SERVERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> ALL(%s)"


@pytest.fixture
def operator(server: WarmServer) -> Iterator[Operator]:
    """A connection of whoever looks after the database."""
    address = make_url(server.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


def told_to_wait(phone: BrowserPhone) -> None:
    """The server answered that it cannot now; nothing of the call is stored."""
    answered_later(phone)
    assert phone.stored() == {}


def answered_later(phone: BrowserPhone) -> None:
    phone.keeps_all()
    assert phone.between.statuses(SYNC)[-1] == 503


def waits_for_a_lock(phone: BrowserPhone, operator: Operator) -> int:
    """The process of the database that holds the phone's call, which waits for a lock."""
    phone.until(lambda: operator.execute(WAITING).fetchone() is not None, "Nothing waits for a lock")
    row = operator.execute(WAITING).fetchone()
    assert row is not None
    return int(str(row[0]))


@on_sqlite
@promise("SYNC-3", "SYNC-6")
def test_the_database_is_locked_for_longer_than_the_server_waits(phone: BrowserPhone, between: Between) -> None:
    phone.save_offline()
    phone.server.arm(Inside.IMPATIENT)
    file = str(make_url(phone.server.database_url).database)
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        between.will_only(passed)
        phone.sends()
        told_to_wait(phone)
        other.execute("ROLLBACK")
    phone.all_arrives()


@on_postgresql
@promise("SYNC-3", "SYNC-4")
def test_the_database_is_locked_for_longer_than_the_phone_waits(
    phone: BrowserPhone, between: Between, operator: Operator
) -> None:
    phone.save_offline()
    with operator.transaction():
        operator.execute("LOCK TABLE observation IN ACCESS EXCLUSIVE MODE")
        between.will_only(passed)
        phone.sends()
        with psycopg.connect(operator.info.dsn, autocommit=True) as looks:
            waits_for_a_lock(phone, looks)
        phone.later(15)
    # Let go, the server does what nobody waits for any more; and the phone says it again.
    phone.keeps_all()
    phone.all_arrives()


@on_sqlite
@promise("SYNC-3", "SYNC-6")
def test_the_disk_is_full(phone: BrowserPhone, between: Between) -> None:
    phone.save_offline(HEARD[0])
    phone.save_many(400)
    phone.server.arm(Inside.DISK_FULL)
    between.will_only(passed)
    phone.sends()
    told_to_wait(phone)
    phone.server.disarm(Inside.DISK_FULL)
    phone.all_arrives()


@on_postgresql
@promise("SYNC-3", "SYNC-6")
def test_the_database_server_says_that_its_disk_is_full(
    phone: BrowserPhone, between: Between, operator: Operator
) -> None:
    phone.save_offline()
    operator.execute(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
    )
    operator.execute(
        "CREATE TRIGGER full_disk BEFORE INSERT ON observation FOR EACH STATEMENT EXECUTE FUNCTION full_disk()"
    )
    between.will_only(passed)
    phone.sends()
    told_to_wait(phone)
    operator.execute("DROP FUNCTION full_disk CASCADE")
    phone.all_arrives()


@on_postgresql
@promise("SYNC-3", "SYNC-6")
def test_the_connection_to_the_database_breaks_in_the_middle_of_a_call(
    phone: BrowserPhone, between: Between, operator: Operator
) -> None:
    phone.save_offline()
    with psycopg.connect(operator.info.dsn) as holds:
        holds.execute(OURS, [phone.server.school()])
        between.will_only(passed)
        phone.sends()
        waits_for_a_lock(phone, operator)
        operator.execute(SERVERS, [[operator.info.backend_pid, holds.info.backend_pid]])
        told_to_wait(phone)
    phone.all_arrives()


@on_postgresql
@promise("SYNC-3", "SYNC-6")
def test_the_call_would_not_be_serializable(phone: BrowserPhone, between: Between, operator: Operator) -> None:
    strict = f'ALTER DATABASE "{operator.info.dbname}" '
    operator.execute(strict + "SET default_transaction_isolation = 'repeatable read'")
    operator.execute(SERVERS, [[operator.info.backend_pid]])
    phone.save_offline()
    with psycopg.connect(operator.info.dsn) as other:
        other.execute("UPDATE school SET name = name WHERE id = %s", [phone.server.school()])
        between.will_only(passed)
        phone.sends()
        waits_for_a_lock(phone, operator)
        other.commit()
        told_to_wait(phone)
    operator.execute(strict + "RESET default_transaction_isolation")
    operator.execute(SERVERS, [[operator.info.backend_pid]])
    phone.all_arrives()


@on_postgresql
@promise("SYNC-3", "SYNC-6")
def test_the_call_and_another_wait_for_each_other(phone: BrowserPhone, between: Between, operator: Operator) -> None:
    phone.save_offline()
    with psycopg.connect(operator.info.dsn) as other:
        # Whoever looks first finds the deadlock and gives way; the other one does not look.
        other.execute("SET LOCAL deadlock_timeout = '10min'")
        other.execute("LOCK TABLE tombstone, observation IN ACCESS EXCLUSIVE MODE")
        between.will_only(passed)
        phone.sends()
        waits_for_a_lock(phone, operator)
        other.execute(OURS, [phone.server.school()])
        answered_later(phone)
    assert phone.stored() == {}
    phone.all_arrives()


@on_postgresql
@promise("SYNC-3", "SYNC-4")
def test_the_database_goes_on_at_another_port(open_context: OpenContext, server: WarmServer) -> None:
    first, second = Relay(server.database_url), Relay(server.database_url)
    first.go_up()
    moved = server.another(either(server.database_url, first, second))
    between = Between(moved.port)
    phone = BrowserPhone(open_context(service_workers="block"), between, moved, server.newcomer())
    phone.save_offline()
    first.go_down()
    between.will_only(passed)
    phone.sends()
    answered_later(phone)
    second.go_up()
    assert phone.stored() == {}
    phone.all_arrives()
    between.close()
