"""Serves the program as `scripts.serve` does, as often as it is asked to: `python -m tests.faults.zygote`.

All that a start costs is done once. Each byte read forks a server, gunicorn with its workers, whose process leads a
group of its own; its number is printed, and a line more when the last process of the group is gone.
"""

import os
import threading
from pathlib import Path
from select import select
from signal import SIGKILL

from scripts.serve import Server, prepare
from tests.faults import inside
from webapp import create_app
from webapp.settings import Settings

ASKED = 0
"""Where it is asked for a server; nothing more comes when whoever asked has ended."""


def main() -> None:
    settings = Settings.read()
    app = create_app(settings)
    app.config["LOG_REQUESTS"] = False
    inside.install(app, Path(os.environ[inside.FOLDER]))
    prepare(app)
    # We alone hold the end to write: when we are gone, however that came, those who read it know.
    orphaned, held = os.pipe()
    while os.read(ASKED, 1):
        # Every process of the server holds the end to write; when nobody does, all are gone.
        ended, alive = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(ended)
            os.close(held)
            os.setsid()
            threading.Thread(target=_go_too, args=(orphaned,), daemon=True).start()
            Server(app, f"127.0.0.1:{settings.port}").run()
        os.close(alive)
        print(process, flush=True)
        _wait(process, ended)
        print("gone", flush=True)


def _go_too(orphaned: int) -> None:
    """No server outlives the process that started it."""
    os.read(orphaned, 1)
    os.killpg(0, SIGKILL)


def _wait(process: int, ended: int) -> None:
    """Until it has ended, or whoever asked for it has."""
    ready, _, _ = select([ended, ASKED], [], [])
    if ended not in ready:
        os.killpg(process, SIGKILL)
        os.read(ended, 1)
    os.close(ended)
    os.waitpid(process, 0)


if __name__ == "__main__":
    main()
