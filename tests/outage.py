"""Many phones whose server was away and comes back: the code that phones run, in Node, against a real server."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from tests.browser.server import ROOT, Server
from tests.world import PASSWORD

PROGRAM = "tests/frontend/outage.ts"
ESBUILD = (
    "--bundle", "--packages=external", "--platform=node", "--format=esm", "--target=node20", "--log-level=warning",
)  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One call of one phone: seconds since the server was back, and what it was answered (None: nothing)."""

    at: float
    status: int | None


@dataclass(frozen=True)
class ComeBack:
    """How it went: seconds until the last phone was through, how much waits on those that are not, who served."""

    tried: int
    took: float
    waiting: list[int]
    calls: list[Call]
    same_workers: bool


def come_back(
    server: Server, people: Sequence[str], *, phones: int, each: int, together: bool, within: float
) -> ComeBack:
    """The server goes away, people record on their phones, and it comes back: to all together, or one by one."""
    owners = [_owner(server, email) for email in people]
    place, school = str(server.place("Library")), str(server.school())
    server.kill()
    plan = {
        "url": server.url, "school": school, "place": place, "each": each, "together": together,
        "phones": [owners[nth % len(owners)] for nth in range(phones)],
        "until": 1000 * (time.time() + within),
    }  # fmt: skip
    with _program() as program:
        tried = _ask(program, plan)["tried"]
        server.start()
        workers = server.all_workers()
        told = _ask(program, "back")
    calls = [Call(**call) for call in told["calls"]]
    return ComeBack(tried, told["took"], told["waiting"], calls, same_workers=server.workers() == workers)


def _owner(server: Server, email: str) -> dict[str, str]:
    said = json.dumps({"email": email, "password": PASSWORD}).encode()
    call = Request(f"{server.url}/api/v1/session", data=said, headers={"Content-Type": "application/json"})
    with urlopen(call, timeout=30) as answer:
        cookies = [cookie.partition(";")[0] for cookie in answer.headers.get_all("Set-Cookie")]
        return {"account": json.load(answer)["account"], "cookie": "; ".join(cookies)}


@contextmanager
def _program() -> Iterator[subprocess.Popen[str]]:
    built = Path("build") / f"outage-{os.getpid()}.mjs"
    subprocess.run(["node_modules/.bin/esbuild", PROGRAM, *ESBUILD, f"--outfile={built}"], cwd=ROOT, check=True)
    program = subprocess.Popen(
        ["node", str(built)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        yield program
    finally:
        program.kill()
        program.wait()
        (ROOT / built).unlink()


def _ask(program: subprocess.Popen[str], what: object) -> dict[str, Any]:
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(f"{json.dumps(what)}\n")
    answer = program.stdout.readline()
    assert answer, "The program of the phones ended"
    return dict(json.loads(answer))
