"""What the API answers is what its description says, whatever is sent to it (schemathesis)."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests import world as cast
from tests.world import PASSWORD

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
DOCUMENT = "/api/v1/openapi.json"
# The sign-in is what the others need: it is tried last, and may end then.
LAST = "/api/v1/session"

WhoSignsIn = Callable[[cast.World], Any]


def test_the_description_names_every_call_of_the_api(app: Flask, client: FlaskClient) -> None:
    described = {
        (method.upper(), path)
        for path, methods in client.get(DOCUMENT).get_json()["paths"].items()
        for method in methods
        if method != "parameters"
    }
    served = {
        (method, _in_braces(rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") and rule.rule != DOCUMENT
    }
    assert described == served


@pytest.mark.parametrize("who", ["principal", "coach", "teacher"])
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good", "bad"])
@pytest.mark.one_database
def test_no_call_is_answered_otherwise_than_described(
    app: Flask, world: cast.World, who: str, mode: GenerationMode
) -> None:
    caller = _Caller(app, getattr(world.ours, who).email)
    known = {"school": str(world.ours.school.id)}
    for operation in _in_order(app):
        _try(operation, caller, mode, known)


class _Caller:
    """Somebody who is signed in, at the WSGI application itself."""

    def __init__(self, app: Flask, email: str) -> None:
        self.app = app
        with app.app_context():
            client = app.test_client()
            answer = client.post(LAST, json={"email": email, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            cookie = client.get_cookie("session")
        assert cookie is not None
        self.cookies = {"session": cookie.value}


def _in_order(app: Flask) -> list[APIOperation[Any, Any, Any, Any]]:
    schema = schemathesis.openapi.from_wsgi(DOCUMENT, _with_a_context_of_its_own(app))
    found = list(schema.get_all_operations())
    operations = [result.ok() for result in found if isinstance(result, Ok)]
    assert len(operations) == len(found)
    return sorted(operations, key=lambda operation: (operation.path == LAST, operation.method.upper() == "DELETE"))


def _try(
    operation: APIOperation[Any, Any, Any, Any], caller: _Caller, mode: GenerationMode, known: dict[str, str]
) -> None:
    in_path = {parameter.name for parameter in operation.path_parameters}
    if mode is GenerationMode.NEGATIVE and not [*operation.iter_parameters(), *operation.body]:
        # There is nothing in it that could be wrong.
        return
    # Half of the calls go to a school that is there: the others would all end at the door.
    cases = operation.as_strategy(mode)
    if in_path & known.keys():
        cases = st.one_of(cases, operation.as_strategy(mode, path_parameters=known))

    @settings(
        # Looking at a password takes long, on purpose.
        max_examples=5 if operation.path == LAST else 20,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def each(case: schemathesis.Case[Any]) -> None:
        # What is sent compressed would have to be read here; that it is read by browsers is tried elsewhere.
        answer = case.call(cookies=caller.cookies, headers={"Accept-Encoding": "identity"})
        case.validate_response(answer, checks=CHECKS)

    each()


def _with_a_context_of_its_own(app: Flask) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """The test holds a session open; a request must not find it."""

    def call(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        with app.app_context():
            return list(app(environ, start))

    return call


def _in_braces(rule: str) -> str:
    return "".join(part if "<" not in part else "{" + part.strip("<>").partition(":")[2] + "}" for part in _parts(rule))


def _parts(rule: str) -> Iterable[str]:
    rest = rule
    while rest:
        fixed, opening, rest = rest.partition("<")
        yield fixed
        if opening:
            variable, _closing, rest = rest.partition(">")
            yield f"<{variable}>"
