"""What `doctor` looks at: each check answers with what it found, in a line that says what to do."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from webapp import settings as places
from webapp.observing import moving, retention
from webapp.ops import database
from webapp.ops.demo_school import seeding
from webapp.people.models import SignIn
from webapp.schools.models import School
from webapp.settings import Settings
from webapp.trends import published
from webapp.web import pdf

TOO_LITTLE_DISK: Final = 500 * 1024 * 1024
CONNECTIONS: Final = 16
CLOCKS_APART: Final = timedelta(seconds=5)
HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
FROZEN: Final = ("publication", "closing")


class Weight(StrEnum):
    """How much a finding matters."""

    FINE = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line."""

    weight: Weight
    line: str


def fine(line: str) -> Finding:
    return Finding(Weight.FINE, line)


def note(line: str) -> Finding:
    return Finding(Weight.NOTE, line)


def problem(line: str) -> Finding:
    return Finding(Weight.PROBLEM, line)


def all_of(session: Session, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Every finding, in order; what asks the database only when the database can be asked."""
    yield fine(f"Settings are read; the database is {database.shown()}")
    for check in (secret_key, front_end, paper, address, disk):
        yield from check(settings)
    fault = database.fault()
    if fault is not None:
        yield problem(fault)
        return
    yield fine("The database answers and is migrated")
    checks: tuple[Callable[[Session], Iterator[Finding]], ...] = (
        durability,
        connections,
        append_only,
        time_zones,
        chains,
        places_left,
    )
    for ask in checks:
        yield from ask(session)
    yield from nightly(session, now)
    yield from clock(session, now)
    yield from demo(session, settings)


def secret_key(settings: Settings) -> Iterator[Finding]:
    file = places.INSTANCE / "secret_key"
    if settings.secret_key is not None:
        yield fine("Cookies are signed with SECRET_KEY")
    elif not file.exists():
        yield note(f"There is no key to sign cookies yet; one is made at the first start, in {file}")
    elif file.stat().st_mode & 0o077:
        yield problem(f"Others may read {file}, which signs cookies; run: chmod 600 {file}")
    elif not os.access(file, os.R_OK):
        yield problem(f"{file} cannot be read by whoever runs this")
    else:
        yield fine(f"Cookies are signed with the key in {file}")


def front_end(_settings: Settings) -> Iterator[Finding]:
    missing = [name for name in ("manifest.json", "sw.js") if not (places.STATIC / name).is_file()]
    yield (
        problem(f"The front end is not built ({missing[0]} is missing); run: make build")
        if missing
        else fine("The front end is built")
    )


def paper(_settings: Settings) -> Iterator[Finding]:
    fault = pdf.fault()
    yield (
        note(f"Reports can be printed, but not made into PDF or pictures: {fault}; see the README")
        if fault
        else fine("Reports can be made into PDF and pictures")
    )


def address(settings: Settings) -> Iterator[Finding]:
    parts = urlsplit(settings.base_url or "")
    if settings.base_url is None:
        yield note(f"BASE_URL is not set: links and QR codes lead to http://localhost:{settings.port}")
        return
    here = parts.hostname in HERE
    if parts.scheme == "http" and not here:
        yield problem("BASE_URL is not https, so phones cannot record without a network; put a proxy with TLS in front")
    elif parts.scheme == "https" and not settings.trusted_proxies:
        yield problem("BASE_URL is https, so a proxy stands in front: set TRUSTED_PROXIES=1, or all look like one")
    else:
        yield fine(f"People open {settings.base_url}")
    if settings.listenin_development and not here:
        yield problem("LISTENIN_DEVELOPMENT is on; unset it where people work")


def disk(settings: Settings) -> Iterator[Finding]:
    url = make_url(settings.database_url)
    folder = Path(url.database).resolve().parent if url.drivername == "sqlite" and url.database else None
    if folder is None or not folder.is_dir():
        return
    free = shutil.disk_usage(folder).free
    say = problem if free < TOO_LITTLE_DISK else fine
    yield say(f"{free // 1024**2} MB are free in {folder}")


def durability(session: Session) -> Iterator[Finding]:
    """What was answered as saved must be on the disk (SYNC-3)."""
    if session.get_bind().dialect.name == "sqlite":
        asked = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
        found = {name: str(session.scalar(text(f"PRAGMA {name}"))).lower() for name in asked}
    else:
        asked = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}
        found = {name: str(session.scalar(text(f"SHOW {name}"))) for name in asked}
    wrong = [f"{name} is {found[name]}, not {asked[name]}" for name in asked if found[name] != asked[name]]
    yield (
        problem(f"What is saved may be lost when the power goes: {', '.join(wrong)}")
        if wrong
        else fine("What is saved is on the disk before it is answered")
    )


def connections(session: Session) -> Iterator[Finding]:
    """Two workers of four threads each hold one; twice that while a release takes over from another."""
    if session.get_bind().dialect.name == "sqlite":
        return
    most = int(session.scalar(text("SHOW max_connections")) or 0)
    kept = int(session.scalar(text("SHOW superuser_reserved_connections")) or 0)
    say = fine if most - kept >= CONNECTIONS else problem
    yield say(f"PostgreSQL takes {most - kept} connections; the server needs {CONNECTIONS}")


def places_left(session: Session) -> Iterator[Finding]:
    count = moving.left_behind(session)
    yield (
        problem(f"Listen-ins filed under a place that is part of another: {count}; restore a backup")
        if count
        else fine("Every listen-in is filed under a place that is there")
    )


def nightly(session: Session, now: datetime) -> Iterator[Finding]:
    """What should be gone by now; a day is left to the timer."""
    late = retention.forgotten_late(session, now - timedelta(days=1))
    yield (
        problem(f"Deletions that should be forgotten by now: {late}; let a timer run listenin publish every night")
        if late
        else fine("What is kept for a time only is forgotten when it is due")
    )


def append_only(session: Session) -> Iterator[Finding]:
    if session.get_bind().dialect.name == "sqlite":
        needed = {f"{table}_no_{verb}" for table in FROZEN for verb in ("update", "delete")}
        there = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    else:
        needed = {f"{table}_frozen" for table in FROZEN}
        there = session.scalars(text("SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'"))
    missing = needed - set(there)
    yield (
        problem(f"What was published could be changed: the trigger {min(missing)} is missing")
        if missing
        else fine("The database refuses to change what was published")
    )


def time_zones(session: Session) -> Iterator[Finding]:
    unknown = [school for school in session.scalars(select(School)) if not _is_zone(school.timezone)]
    for school in unknown:
        yield problem(f"{school.name} is in {school.timezone}, a time zone that this system does not know")
    if not unknown:
        yield fine("Every school's time zone is known")


def chains(session: Session) -> Iterator[Finding]:
    schools = session.scalars(select(School).order_by(School.name)).all()
    broken = [school for school in schools if not _is_whole(session, school)]
    for school in broken:
        yield problem(f"What was published of {school.name} is not what was sealed; restore a backup")
    if not broken:
        yield fine("What was published is as it was sealed")


def clock(session: Session, now: datetime) -> Iterator[Finding]:
    latest = session.scalar(select(func.max(SignIn.created_at)))
    if session.get_bind().dialect.name != "sqlite":
        # When this statement began, not the transaction.
        said = session.scalar(text("SELECT statement_timestamp()"))
        apart = abs(said - datetime.now(UTC)) if isinstance(said, datetime) else timedelta(0)
        if apart > CLOCKS_APART:
            yield problem(f"The database's clock is {apart.total_seconds():.0f} seconds away from this server's")
            return
    if latest is not None and latest > now + CLOCKS_APART:
        yield problem(f"Somebody signed in at {latest:%Y-%m-%d %H:%M} UTC, which is still to come: set the clock")
    else:
        yield fine(f"It is {now:%Y-%m-%d %H:%M} UTC")


def demo(session: Session, settings: Settings) -> Iterator[Finding]:
    public = settings.base_url is not None and urlsplit(settings.base_url).hostname not in HERE
    if public and seeding.is_there(session):
        yield problem("The demo is here, and its password is known to many: begin with an empty database")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return False
    return True


def _is_whole(session: Session, school: School) -> bool:
    try:
        return published.chain_is_whole(session, school)
    except (KeyError, ValueError, TypeError):
        # Its content is not even what this release writes.
        return False
