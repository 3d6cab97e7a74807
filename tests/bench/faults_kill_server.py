"""A server killed 200 times on each database while four phones write to it: how well it kept its word."""

import os
import random

from tests import databases
from tests.bench.stage import table
from tests.faults.killing import kill_at_random
from tests.faults.warm import WarmServer

TIMES = int(os.environ.get("KILLS", "200"))
HEADS = ("database", "seed", "kills", "saved", "never answered", "of these stored", "lost", "doubled", "misfiled")


def main() -> None:
    seed = int(os.environ.get("SEED", random.randrange(2**32)))
    databases.begin_run()
    try:
        # Whatever is lost, doubled or misfiled ends it, and says so.
        table("kill -9 of the server at random moments", HEADS, [_row(kind, seed) for kind in databases.KINDS])
    finally:
        databases.end_run()


def _row(kind: str, seed: int) -> tuple[str, ...]:
    print(f"kill -9 of the server, {kind}, SEED={seed}", flush=True)
    server = WarmServer(kind)
    server.fill()
    try:
        counted = kill_at_random(server, TIMES, seed)
    finally:
        server.close()
    numbers = (counted[name] for name in ("kills", "saved", "never answered", "never answered, stored"))
    return (kind, str(seed), *map(str, numbers), "0", "0", "0")


if __name__ == "__main__":
    main()
