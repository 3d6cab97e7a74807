"""A browser killed 50 times right after “Saved”: how well it kept its word."""

import os
import random
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from tests import databases
from tests.bench.stage import table
from tests.faults.device.killing import kill_after_saved
from tests.faults.warm import WarmServer

TIMES = int(os.environ.get("BROWSER_KILLS", "50"))
HEADS = ("browser", "seed", "kills", "saved", "lost", "doubled", "misfiled")


def main() -> None:
    seed = int(os.environ.get("SEED", random.randrange(2**32)))
    print(f"kill -9 of the browser, SEED={seed}", flush=True)
    databases.begin_run()
    server = WarmServer("sqlite")
    server.fill()
    server.start()
    try:
        # Whatever is lost, doubled or misfiled ends it, and says so.
        with sync_playwright() as playwright, TemporaryDirectory() as folder:
            kill_after_saved(playwright, server, Path(folder) / "phone", times=TIMES, seed=seed)
        row = ("Chromium", str(seed), str(TIMES), str(TIMES), "0", "0", "0")
        table("kill -9 of the browser right after “Saved”", HEADS, [row])
    finally:
        server.close()
        databases.end_run()


if __name__ == "__main__":
    main()
