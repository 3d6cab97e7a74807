"""One line a request, in JSON, on the standard error: what was asked, how it ended, how long it took.

Never who, never from where, never what was said: the address is the route's own (`/sign-in/<secret>`), without its
values and without the query.
"""

import sys
import time

import structlog
from flask import Flask, Response, current_app, g, request

UNKNOWN = "(no such address)"
# What a watcher asks every few seconds.
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


def init_app(app: Flask) -> None:
    """Logs where LOG_REQUESTS is on; a person who looks at a terminal needs none of it."""
    app.config.setdefault("LOG_REQUESTS", True)
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(answer: Response) -> Response:
    if not current_app.config["LOG_REQUESTS"] or current_app.testing or request.path in QUIET:
        return answer
    _logger().info(
        "request",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else UNKNOWN,
        status=answer.status_code,
        ms=round((time.perf_counter() - g.began) * 1000) if "began" in g else None,
    )
    return answer


def _logger() -> structlog.typing.FilteringBoundLogger:
    logger: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(0),
    )
    return logger
