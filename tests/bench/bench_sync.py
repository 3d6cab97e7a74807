"""How many listen-ins a second the server takes, beside Kinto 26, pouchdb-server 4.2 and bare inserts, in one run; and
how long one saved listen-in takes to reach it meanwhile. PostgreSQL and SQLite flush every commit to the disk.

Cells can be named for a trial run, as batch and clients: `.venv/bin/python -m tests.bench.bench_sync 100x1 500x8`.
"""

import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

import psycopg

from tests import databases
from tests.bench import peers
from tests.bench.stage import table
from webapp.extensions import new_id

BATCHES = (100, 500)
CLIENTS = (1, 8, 32)
SECONDS = 5
# After the last call nothing is sent any more, so that each was answered when wrk ends.
REST = 4
AT_LEAST = {"Kinto 26": 100, "pouchdb-server 4.2": 2}
AIM = {"Kinto 26": 150, "pouchdb-server 4.2": 3}
SCRIPT = Path(__file__).with_name("load.lua")
BARE = """
CREATE TABLE heard (id uuid PRIMARY KEY, school_id uuid NOT NULL, observer_id uuid, place_id uuid NOT NULL,
  setting smallint NOT NULL, heard smallint NOT NULL, observed_at bigint NOT NULL, said_at varchar(40) NOT NULL,
  skew integer NOT NULL, group_size smallint, note varchar(280), walkthrough uuid, revision integer NOT NULL,
  received_at bigint NOT NULL, changed_at bigint NOT NULL, digest bytea)
"""


@dataclass(frozen=True)
class Ran:
    """What came of one load: records a second; void when not all that was sent is acknowledged, and held once."""

    rate: float
    void: bool
    singles: Sequence[float]

    def __str__(self) -> str:
        return "void" if self.void else f"{self.rate:,.0f}"


def main() -> None:
    if shutil.which("wrk") is None:
        sys.exit("The benchmark of sync needs wrk: install the package wrk (Debian: apt install wrk), and run again.")
    named = [tuple(map(int, cell.split("x"))) for cell in sys.argv[1:]]
    cells = [(each[0], each[1]) for each in named] or list(product(BATCHES, CLIENTS))
    databases.begin_run(durable=True)
    try:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
            ours = running.enter_context(peers.listen_in("postgresql", max(CLIENTS) + 1))
            light = running.enter_context(peers.listen_in("sqlite", max(CLIENTS) + 1))
            others = [make(Path(folder), max(CLIENTS)) for make in (peers.pouchdb, peers.kinto)]
            compare(ours, light, [running.enter_context(other) for other in others], Path(folder), cells)
    finally:
        databases.end_run()


def compare(
    ours: peers.Peer, light: peers.Peer, others: list[peers.Peer], folder: Path, cells: list[tuple[int, int]]
) -> None:
    rows: list[Sequence[str]] = []
    waits: list[Sequence[str]] = []
    ratios: dict[str, list[float]] = {other.name: [] for other in others}
    for batch, clients in cells:
        mine, lite = (load(peer, clients, batch, folder) for peer in (ours, light))
        theirs = {other.name: load(other, clients, batch, folder) for other in others}
        for name, ran in theirs.items():
            ratios[name].append(0 if mine.void or ran.void else mine.rate / max(ran.rate, 1))
        bare = bare_inserts(clients, batch)
        cell = f"{batch} a call, {clients} client{'s' if clients > 1 else ''}"
        told = [part for name, ran in theirs.items() for part in (str(ran), f"{ratios[name][-1]:.1f}×")]
        rows.append((cell, str(mine), *told, f"{bare:,.0f}", str(lite)))
        waits.append((cell, *(part for ran in (mine, lite, *theirs.values()) for part in tail(ran.singles))))
    heads = [part for other in others for part in (other.name, "ratio")]
    table(
        f"Listen-ins taken a second ({durability()}; two gunicorn workers; {os.cpu_count()} processors, load"
        f" {os.getloadavg()[0]:.1f} at the end; eight schools; Kinto takes {others[-1].most} a call at most;"
        " of peers the larger of what they acknowledged and what they hold counts)",
        ("", ours.name, *heads, "bare executemany", light.name),
        rows,
    )
    table(
        "One saved listen-in reaching the server while that load runs, ms",
        ("", *(part for peer in (ours, light, *others) for part in (f"{peer.name}: p50", "p99"))),
        waits,
    )
    resident = ((peer.name, ", ".join(map(str, peers.memory(peer.pid)))) for peer in (ours, light, *others))
    table("Memory of each worker after the load, MB", ("", "resident"), resident)
    for name, found in ratios.items():
        least = min(found)
        verdict = "as aimed for" if least >= AIM[name] else "good" if least >= AT_LEAST[name] else "too slow"
        reached = f"at least {least:.1f}×" if least else "void: not all that was sent was answered"
        print(f"  {name}: {reached}, wanted {AT_LEAST[name]}×, aim {AIM[name]}×: {verdict}")


def load(peer: peers.Peer, clients: int, batch: int, folder: Path) -> Ran:
    """Sends for some seconds, and counts what was acknowledged against what is held."""
    plan = folder / "plan.lua"
    plan.write_text(planned(peer, clients, min(batch, peer.most or batch)), encoding="utf-8")
    before = peer.count()
    with one_by_one(peer) as singles:
        done = subprocess.run(
            ["wrk", f"-t{clients}", f"-c{clients}", f"-d{SECONDS + REST}s", "--timeout", "60s", "-s", str(SCRIPT)]
            + [peer.url, "--", str(plan)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    results = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("RESULT")]
    if not results:
        raise RuntimeError(done.stdout + done.stderr)
    acknowledged, _answered, refused, seconds = (float(each) for each in results[0])
    held = peer.count() - before - sum(kept for _took, kept in singles)
    if refused or held != acknowledged:
        print(f"  {peer.name}: {held} held, {acknowledged:.0f} acknowledged, {refused:.0f} calls refused")
    took = [ms for ms, _kept in singles]
    if peer.is_ours:
        lost = held != acknowledged or bool(refused) or not all(kept for _took, kept in singles)
        return Ran(acknowledged / max(seconds, 1), lost, took)
    # Kinto refuses calls that meet another, and takes back what it had acknowledged in them: not held against it.
    return Ran(max(acknowledged, held) / max(seconds, 1), False, took)


def planned(peer: peers.Peer, clients: int, batch: int) -> str:
    """The plan that load.lua reads."""
    phones = (
        f"{{headers={{{', '.join(f'[ {quoted(name)} ]={quoted(value)}' for name, value in client.headers.items())}}},"
        f" open={quoted(client.opening)}, before={quoted(client.before)}, after={quoted(client.after)}}}"
        for client in peer.clients[:clients]
    )
    return (
        f"return {{seconds={SECONDS}, batch={batch}, path={quoted(peer.path)}, quiet={quoted(peer.quiet)},"
        f" acknowledged={quoted(peer.acknowledged)}, close={quoted(peer.closing)}, clients={{{', '.join(phones)}}}}}"
    )


def quoted(text: str) -> str:
    return f"[==[{text}]==]"


@contextmanager
def one_by_one(peer: peers.Peer) -> Iterator[list[tuple[float, bool]]]:
    """Meanwhile another phone saves a listen-in, and another, each sent by itself: ms it took, whether it was kept."""
    sent: list[tuple[float, bool]] = []
    over = threading.Event()
    # Lua's way to write white space.
    kept = re.compile(peer.acknowledged.replace("%s", r"\s").encode())

    def send() -> None:
        phone = peer.clients[-1]
        address = urlsplit(peer.url)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and not over.wait(0.02):
            body = f"{phone.opening}{phone.before}{new_id()}{phone.after}{peer.closing}"
            since = time.perf_counter()
            connection.request("POST", peer.path, body, phone.headers)
            answer = connection.getresponse().read()
            sent.append((1000 * (time.perf_counter() - since), bool(kept.search(answer))))

    phone = threading.Thread(target=send)
    phone.start()
    try:
        yield sent
    finally:
        over.set()
        phone.join()


def bare_inserts(clients: int, batch: int) -> float:
    """The same rows by psycopg alone: executemany, one commit a batch, a process a client."""
    database = peers.postgresql()
    with psycopg.connect(database) as connection:
        connection.execute(BARE)
    with get_context("spawn").Pool(clients) as pool:
        since = time.perf_counter()
        inserted = sum(pool.starmap(insert_bare, [(database, batch)] * clients))
        took = time.perf_counter() - since
    with psycopg.connect(database) as connection:
        held = connection.execute("SELECT count(*) FROM heard").fetchone()
    return inserted / took if held == (inserted,) else 0


def insert_bare(database: str, batch: int) -> int:
    inserted = 0
    school, person, place, second = new_id(), new_id(), new_id(), int(time.time())
    said_at, digest = datetime.now(UTC).isoformat(timespec="seconds"), bytes(16)
    with psycopg.connect(database) as connection:
        until = time.monotonic() + SECONDS / 2
        while time.monotonic() < until:
            rows = [
                (
                    new_id(),
                    school,
                    person,
                    place,
                    1,
                    5,
                    second,
                    said_at,
                    0,
                    1,
                    None,
                    None,
                    each,
                    second,
                    second,
                    digest,
                )
                for each in range(batch)
            ]
            connection.cursor().executemany(f"INSERT INTO heard VALUES ({', '.join(['%s'] * 16)})", rows)
            connection.commit()
            inserted += batch
    return inserted


def tail(took: Sequence[float]) -> tuple[str, str]:
    """The median and the 99th percentile."""
    if len(took) < 2:
        return ("-", "-")
    cuts = quantiles(took, n=100, method="inclusive")
    return f"{cuts[49]:.0f}", f"{cuts[98]:.0f}"


def durability() -> str:
    """What PostgreSQL itself says of its commits."""
    with psycopg.connect(peers.postgresql()) as connection:
        said = [
            f"{name} {connection.execute(f'SHOW {name}').fetchone()[0]}"  # type: ignore[index]  # each has a value
            for name in ("fsync", "synchronous_commit", "full_page_writes")
        ]
        return f"PostgreSQL {connection.info.server_version // 10000}: {', '.join(said)}"


if __name__ == "__main__":
    main()
