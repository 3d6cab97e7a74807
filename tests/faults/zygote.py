"""Serves the program as `scripts.serve` does, as often as it is asked to: `python -m tests.faults.zygote`.

All that a start costs is done once. Each line read forks a server, gunicorn with its workers, whose process leads a
group of its own; its number is printed, and a line more when the last process of the group is gone.
"""

import os
import sys
from pathlib import Path

from scripts.serve import Server, prepare
from tests.faults import inside
from webapp import create_app
from webapp.settings import Settings


def main() -> None:
    settings = Settings.read()
    app = create_app(settings)
    app.config["LOG_REQUESTS"] = False
    inside.install(app, Path(os.environ[inside.FOLDER]))
    prepare(app)
    for _ in sys.stdin:
        # Every process of the server holds the end to write; when nobody does, all are gone.
        ended, alive = os.pipe()
        process = os.fork()
        if process == 0:
            os.close(ended)
            os.setsid()
            Server(app, f"127.0.0.1:{settings.port}").run()
        os.close(alive)
        print(process, flush=True)
        os.read(ended, 1)
        os.close(ended)
        os.waitpid(process, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    main()
