"""Whether the server lives and is ready, for whoever watches over it; nothing here tells of a school."""

import time
from importlib.metadata import PackageNotFoundError, version

from flask import Blueprint, Response

from webapp.ops import database
from webapp.web.doors import open_to_all

pages = Blueprint("health", __name__)

STARTED = time.time()
TEXT = "text/plain; charset=utf-8"
# Prometheus' own name for the few lines below.
METRICS = "text/plain; version=0.0.4; charset=utf-8"


@pages.get("/healthz")
@open_to_all
def alive() -> Response:
    """This process answers."""
    return Response("alive\n", content_type=TEXT)


@pages.get("/readyz")
@open_to_all
def ready() -> Response:
    """The database answers and has the tables of this release; 503 while it has not."""
    if database.fault() is None:
        return Response("ready\n", content_type=TEXT)
    # Which database, and why, is for `listenin doctor`: anybody may read this page.
    return Response("not ready: see `listenin doctor`\n", status=503, content_type=TEXT)


@pages.get("/metrics")
@open_to_all
def metrics() -> Response:
    """Three figures of this process. None is about a school or its people, so that a stranger may read them."""
    lines = [
        *_metric("listenin_info", "The release that is served.", 1, labels=f'{{version="{_release()}"}}'),
        *_metric("listenin_ready", "1 when the database answers and is migrated.", int(database.fault() is None)),
        *_metric("process_start_time_seconds", "When this process began, in seconds since 1970.", round(STARTED, 3)),
    ]
    return Response("\n".join(lines) + "\n", content_type=METRICS)


def _metric(name: str, meaning: str, value: float, labels: str = "") -> list[str]:
    return [f"# HELP {name} {meaning}", f"# TYPE {name} gauge", f"{name}{labels} {value}"]


def _release() -> str:
    try:
        return version("listenin")
    except PackageNotFoundError:
        return "unknown"
