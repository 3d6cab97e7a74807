"""Every answer carries the security headers: pages, the API, files, errors, redirects."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import world as cast
from webapp.web.doors import open_to_all

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
)
ANSWERS: dict[str, tuple[int, Callable[[FlaskClient], TestResponse]]] = {
    "a page": (200, lambda client: client.get("/about")),
    "a redirect": (302, lambda client: client.get("/account")),
    "a static file": (200, lambda client: client.get("/static/manifest.json")),
    "no static file": (404, lambda client: client.get("/static/none.js")),
    "the worker": (200, lambda client: client.get("/sw.js")),
    "the manifest": (200, lambda client: client.get("/manifest.webmanifest")),
    "no page": (404, lambda client: client.get("/nowhere")),
    "a wrong method": (405, lambda client: client.delete("/about")),
    "too much": (413, lambda client: client.post("/sign-in", data={"email": "x" * 2_000_000})),
    "another site": (403, lambda client: client.post("/sign-in", headers={"Sec-Fetch-Site": "cross-site"})),
    "the API": (200, lambda client: client.get("/api/v1/openapi.json")),
    "the API, signed out": (401, lambda client: client.get("/api/v1/session")),
    "no call": (404, lambda client: client.get("/api/v1/nothing")),
    "a wrong method of the API": (405, lambda client: client.put("/api/v1/session")),
    "too much for the API": (413, lambda client: client.post("/api/v1/session", data=b"x" * 2_000_000)),
    "a broken page": (500, lambda client: client.get("/broken")),
    "a broken call": (500, lambda client: client.get("/api/broken")),
}


@pytest.fixture
def guarded(make_app: Callable[..., Flask], world: cast.World) -> Flask:
    """The application with two views that break, behind one proxy that speaks TLS."""
    app = make_app(trusted_proxies=1)
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    for path in ("/broken", "/api/broken"):
        app.add_url_rule(path, path, open_to_all(_break))
    return app


@pytest.mark.one_database
@pytest.mark.parametrize("what", ANSWERS)
def test_every_answer_carries_the_headers(guarded: Flask, what: str) -> None:
    status, ask = ANSWERS[what]
    answer = ask(guarded.test_client())
    assert answer.status_code == status, answer.text[:300]
    assert {name: answer.headers.get(name) for name in WANTED} == WANTED
    policy = answer.headers["Content-Security-Policy"]
    assert [part for part in STRICT if part not in policy] == []
    assert "unsafe-" not in policy
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    assert "Server" not in answer.headers or "/" not in answer.headers["Server"]


@pytest.mark.one_database
@pytest.mark.parametrize("what", ANSWERS)
def test_behind_tls_every_answer_asks_for_tls(guarded: Flask, what: str) -> None:
    client = guarded.test_client()
    client.environ_base["HTTP_X_FORWARDED_PROTO"] = "https"
    answer = ANSWERS[what][1](client)
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]


@pytest.mark.one_database
def test_without_tls_or_an_untrusted_proxy_nothing_asks_for_it(client: FlaskClient) -> None:
    answer = client.get("/about", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["/about", "/sign-in", "/api/v1/session", "/nowhere"])
def test_pages_and_answers_are_kept_by_no_cache_between(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Cookie" in answer.headers["Vary"]


def _break() -> str:
    raise RuntimeError("as no view should")
