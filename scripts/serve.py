"""Brings the database up to date, sees that there is something to look at, and serves: `make run`.

One process does it all and then forks its workers, so that a second start costs one import of the application.
"""

import logging
import os
import socket
import sys
from typing import Any

from flask import Flask
from flask.cli import ScriptInfo
from gunicorn.app.base import BaseApplication

from webapp import create_app
from webapp.extensions import alembic, db
from webapp.settings import Settings

WORKERS = 2
THREADS = 4


class Server(BaseApplication):
    """Gunicorn around an application that is already there."""

    def __init__(self, app: Flask, address: str) -> None:
        self.app = app
        self.address = address
        super().__init__()

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": self.address,
            "workers": WORKERS,
            "threads": THREADS,
            "worker_class": "gthread",
            "control_socket_disable": True,
            "loglevel": "warning",
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.app


def main() -> None:
    settings = Settings.read()
    refuse_taken(settings.port)
    app = create_app(settings)
    app.config["LOG_REQUESTS"] = False
    prepare(app)
    print(f"\nListen In is served on http://localhost:{settings.port} (Ctrl+C stops it)\n", flush=True)
    Server(app, f"127.0.0.1:{settings.port}").run()


def refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as taken:
            sys.exit(f"Port {port} cannot be used ({os.strerror(taken.errno or 0)}); try: make run PORT={port + 1}")


def prepare(app: Flask) -> None:
    # What matters of a migration is that it was run; without it the first page would say so.
    logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)
    with app.app_context():
        alembic.upgrade()
    seeded = ScriptInfo(create_app=lambda: app)
    app.cli.main(args=["demo", "--if-empty"], prog_name="listenin", standalone_mode=False, obj=seeded)
    with app.app_context():
        # The workers open connections of their own.
        db.engine.dispose()


if __name__ == "__main__":
    main()
