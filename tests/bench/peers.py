"""Who takes the same listen-ins: Listen In, and what one might take instead of it, each as its makers serve it.

A peer says where it listens, how a call is put (as tests/bench/load.lua wants it), and how many records it holds.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg
from sqlalchemy import func, make_url, select

from tests import databases, world
from tests.browser.server import ROOT, Server, _free_port
from webapp.culture.vocabulary import Role
from webapp.extensions import new_id
from webapp.observing.models import Observation
from webapp.schools.models import District

BENCH = ROOT / "tests" / "bench"
KINTO = ROOT / ".cache" / "kinto"
SCHOOLS = 8
STARTS_WITHIN = 60.0
KINTO_INI = """
[app:main]
use = egg:kinto
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {database}
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {database}
kinto.cache_backend = kinto.core.cache.memory
kinto.userid_hmac_secret = only for the benchmark
multiauth.policies = basicauth
kinto.bucket_create_principals = system.Authenticated
"""
KINTO_SERVED = "from pyramid.paster import get_app\n\napplication = get_app('kinto.ini')\n"


@dataclass
class Client:
    """One phone: what its calls begin with, and a record up to its id and after it."""

    headers: dict[str, str]
    opening: str
    before: str
    after: str


@dataclass
class Peer:
    """A server that runs; `most` is how many records it takes a call, when that is fewer than are wanted."""

    name: str
    url: str
    path: str
    quiet: str
    acknowledged: str
    closing: str
    clients: list[Client]
    count: Callable[[], int]
    pid: int
    most: int | None = None
    is_ours: bool = False


def facts(school: str, place: str) -> dict[str, Any]:
    """What is said of a listen-in."""
    return {
        "school": school,
        "base": None,
        "place": place,
        "setting": "passing",
        "heard": ["evidence", "action"],
        "observed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "group_size": "4-7",
        "note": None,
        "walkthrough": None,
    }


@contextmanager
def listen_in(kind: str, phones: int) -> Iterator[Peer]:
    """Listen In as `make run` serves it: two gunicorn workers. Every phone is another observer, in eight schools."""
    server = Server(kind)
    people = _fill(server, phones)
    server.start()
    # wrk takes what a name leads to first, be it IPv6.
    url = f"http://127.0.0.1:{server.port}"
    try:
        clients = []
        for school, place, person, email in people:
            clients.append(
                Client(
                    {"Content-Type": "application/json", "Cookie": _sign_in(url, email)},
                    call(person)[:-2],
                    '{"op":"put","id":"',
                    '",' + compact(facts(school, place))[1:],
                )
            )

        def count() -> int:
            with server.data() as session:
                return session.scalar(select(func.count()).select_from(Observation)) or 0

        yield Peer(
            f"Listen In, {'PostgreSQL' if kind == 'postgresql' else 'SQLite'}", url, "/api/v1/sync", "/healthz",
            '"status":"applied"', "]}", clients, count, server.pid, is_ours=True,
        )  # fmt: skip
    finally:
        server.kill()


@contextmanager
def pouchdb(folder: Path, phones: int) -> Iterator[Peer]:
    """pouchdb-server on LevelDB, which answers before anything is flushed to the disk."""
    port = _free_port()
    program = BENCH / "node_modules" / ".bin" / "pouchdb-server"
    data = folder / "pouchdb"
    data.mkdir()
    with _running(["node", str(program), "--host", "127.0.0.1", "--port", str(port), "--dir", str(data)], data) as pid:
        url = f"http://127.0.0.1:{port}"
        _until_it_answers(url)
        _ask("PUT", f"{url}/heard")
        said = compact(facts(str(new_id()), str(new_id())))[1:]
        client = Client({"Content-Type": "application/json"}, '{"docs":[', '{"_id":"', '",' + said)
        yield Peer(
            "pouchdb-server 4.2", url, "/heard/_bulk_docs", "/", '"ok":true', "]}", [client] * phones,
            lambda: int(json.loads(_ask("GET", f"{url}/heard"))["doc_count"]), pid,
        )  # fmt: skip


@contextmanager
def kinto(folder: Path, phones: int) -> Iterator[Peer]:
    """Kinto on PostgreSQL, two gunicorn workers, 25 records a call: the most that it takes."""
    database = postgresql()
    port = _free_port()
    home = folder / "kinto"
    home.mkdir()
    settings = KINTO_INI.format(database=database.replace("%", "%%"))
    (home / "kinto.ini").write_text(settings, encoding="utf-8")
    (home / "served.py").write_text(KINTO_SERVED, encoding="utf-8")
    bin_ = _kintos_own_packages() / "bin"
    subprocess.run([bin_ / "kinto", "migrate", "--ini", "kinto.ini"], cwd=home, check=True, capture_output=True)
    server = [str(bin_ / "gunicorn"), "-w", "2", "-b", f"127.0.0.1:{port}", "--no-control-socket", "served:application"]
    with _running(server, home) as pid:
        url = f"http://127.0.0.1:{port}"
        _until_it_answers(f"{url}/v1/")
        somebody = {"Content-Type": "application/json", "Authorization": "Basic YmVuY2g6YmVuY2g="}
        for made in ("/v1/buckets/bench", "/v1/buckets/bench/collections/heard"):
            _ask("PUT", url + made, somebody)
        said = compact(facts(str(new_id()), str(new_id())))
        client = Client(
            somebody,
            '{"defaults":{"method":"PUT"},"requests":[',
            '{"path":"/buckets/bench/collections/heard/records/',
            f'","body":{{"data":{said}}}}}',
        )

        def count() -> int:
            with psycopg.connect(database) as connection:
                rows = connection.execute("SELECT count(*) FROM objects WHERE resource_name = 'record' AND NOT deleted")
                return int(rows.fetchone()[0])  # type: ignore[index]  # a count is always there

        yield Peer(
            "Kinto 26", url, "/v1/batch", "/v1/__heartbeat__", '"status":%s*201', "]}", [client] * phones, count, pid,
            most=25,
        )  # fmt: skip


def call(person: str) -> str:
    """A call without changes."""
    return compact({"device": "bench", "account": person, "clock": facts("", "")["observed_at"], "changes": []})


def compact(said: Any) -> str:
    return json.dumps(said, separators=(",", ":"))


def postgresql() -> str:
    """A new database, as libpq reads it."""
    return make_url(databases.new_url("postgresql")).set(drivername="postgresql").render_as_string(hide_password=False)


def memory(pid: int) -> list[int]:
    """Megabytes in memory of each process under this one, of itself when there is none."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    pages = [int(Path(f"/proc/{each}/statm").read_text(encoding="ascii").split()[1]) for each in children or [str(pid)]]
    return [page * os.sysconf("SC_PAGE_SIZE") // 2**20 for page in pages]


def _fill(server: Server, phones: int) -> list[tuple[str, str, str, str]]:
    made = []
    with server.data() as session:
        district = District(id=new_id(), name="Bench")
        session.add(district)
        session.flush()
        casts = [world._cast(session, district, f"School {number}", f"s{number}") for number in range(SCHOOLS)]
        for phone in range(phones):
            cast = casts[phone % SCHOOLS]
            email = f"observer-{phone}@bench.example"
            person = world.member(session, cast.school, Role.OBSERVER, email)
            made.append((str(cast.school.id), str(cast.places[phone % len(cast.places)].id), str(person.id), email))
        session.commit()
    return made


def _sign_in(url: str, email: str) -> str:
    body = compact({"email": email, "password": world.PASSWORD}).encode()
    with urlopen(Request(f"{url}/api/v1/session", body, {"Content-Type": "application/json"})) as answer:
        return str(answer.headers["Set-Cookie"]).partition(";")[0]


def _kintos_own_packages() -> Path:
    """An environment apart: what Kinto needs is no business of ours."""
    lock = BENCH / "kinto.txt"
    stamp = KINTO / ".installed"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        shutil.rmtree(KINTO, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", KINTO], check=True)
        install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(lock),
        ]
        subprocess.run([KINTO / "bin" / "python", *install], check=True, stderr=subprocess.DEVNULL)
        stamp.touch()
    return KINTO


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[int]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=STARTS_WITHIN)


def _until_it_answers(url: str) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            _ask("GET", url)
        except OSError:
            if time.monotonic() > deadline:
                raise
            # Between two looks at a peer that is starting.
            time.sleep(0.1)
        else:
            return


def _ask(method: str, url: str, headers: dict[str, str] | None = None) -> str:
    with urlopen(Request(url, method=method, headers=headers or {}), timeout=30) as answer:
        return str(answer.read().decode())
