"""Databases for tests: SQLite files in memory where the system has such a folder, and a PostgreSQL server of our own.

One server for a run, shared by all its processes and gone afterwards; one database a process; the tables made once,
by the migrations; between tests only rows go.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from glob import glob
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import make_url

KINDS = ("sqlite", "postgresql")
FOLDER = "TEST_DATABASES"
OPTIONS = "TEST_DATABASES_OPTIONS"
ROLE = "listenin"
QUICK_AND_FORGETFUL = "-c fsync=off -c full_page_writes=off -c max_connections=80 -c shared_buffers=64MB"
DURABLE = "-c max_connections=80 -c shared_buffers=256MB -c max_wal_size=4GB"


def begin_run(*, durable: bool = False) -> None:
    """Chooses the folder of this run's databases; its processes find it in their environment.

    With `durable` it is on the disk, and PostgreSQL flushes what it commits, for benchmarks.
    """
    quick = "/dev/shm" if os.access("/dev/shm", os.W_OK) and not durable else None
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="listenin-tests-", dir=quick)
    os.environ[OPTIONS] = DURABLE if durable else QUICK_AND_FORGETFUL


def end_run() -> None:
    """Stops the server, if one was started, and removes the folder."""
    folder = Path(os.environ.pop(FOLDER))
    if (folder / "postgresql" / "postmaster.pid").exists():
        _as_server("pg_ctl", "stop", "-m", "immediate", "-D", str(folder / "postgresql"))
    shutil.rmtree(folder, ignore_errors=True)


def new_url(kind: str) -> str:
    """The address of a new, empty database that is there until the run ends."""
    name = f"listenin_test_{uuid4().hex[:12]}"
    if kind == "sqlite":
        return f"sqlite:///{os.environ[FOLDER]}/{name}.db"
    server = _server()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return make_url(server).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)


def _server() -> str:
    """The address of the server's own database, as libpq reads it; starts the server if nobody did."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        return given.replace("postgresql+psycopg://", "postgresql://")
    folder = Path(os.environ[FOLDER])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "postgresql" / "postmaster.pid").exists():
            _start(folder / "postgresql")
    return f"postgresql://{ROLE}@/postgres?host={folder}"


def _start(data: Path) -> None:
    folder = data.parent
    account = _account()
    if account:
        # The server refuses to run as root; what it runs as must reach its folder.
        os.chown(folder, account.pw_uid, account.pw_gid)
    _as_server("initdb", "-D", str(data), "-U", ROLE, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
    options = f"-c listen_addresses='' -k {folder} {os.environ[OPTIONS]}"
    _as_server("pg_ctl", "start", "-w", "-D", str(data), "-l", str(folder / "postgresql.log"), "-o", options)


def _as_server(program: str, *arguments: str) -> None:
    account = _account()
    identity: dict[str, Any] = {}
    if account:
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    # The server inherits what it is given, and would keep a pipe open for as long as it runs.
    done = subprocess.run(
        [_find(program), *arguments], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, check=False, **identity,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{program} failed; see {os.environ.get(FOLDER)}/postgresql.log, if it is there")


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _find(program: str) -> str:
    packaged = sorted(glob(f"/usr/lib/postgresql/*/bin/{program}"), key=_version)
    found = packaged[-1] if packaged else shutil.which(program)
    if not found:
        raise RuntimeError("PostgreSQL is not installed: run `make test`, or set TEST_POSTGRES_URL")
    return found


def _version(path: str) -> float:
    return float(Path(path).parts[-3])
