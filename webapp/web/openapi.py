"""`GET /api/v1/openapi.json`: the API described in OpenAPI 3.1, from the shapes that check it."""

import re
from typing import Any

from flask import Blueprint, Response, json
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from webapp.web.doors import open_to_all
from webapp.web.endpoint import DESCRIPTION, Described

api = Blueprint("description", __name__, url_prefix="/api/v1")

ALWAYS_POSSIBLE = (400, 403, 404, 405, 503)
MEANING = {
    400: "The call did not arrive whole",
    401: "Nobody is signed in",
    403: "Not allowed, or started by another site",
    404: "Nothing here for you",
    405: "Not a method of this address",
    409: "Another account is signed in",
    410: "The cursor is not known any more",
    413: "Too much for one call",
    422: "Not of the shape described",
    425: "This server is older than the app; try again later",
    429: "Too many tries",
    503: "The database is busy or away; nothing of this call is stored, and it may be made again",
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}


@api.get("/openapi.json")
@open_to_all
def show() -> Response:
    """This document."""
    return Response(json.dumps(document()), content_type="application/json")


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of all declared calls."""
    shapes: list[type[BaseModel]] = []
    for call in DESCRIPTION.calls:
        shapes += [shape for shape in (call.body, call.answer) if shape and shape not in shapes]
    _refs, definitions = models_json_schema(
        [(shape, "validation") for shape in shapes], ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, Any] = {}
    for call in DESCRIPTION.calls:
        paths.setdefault(_path(call.rule), {})[call.method.lower()] = _operation(call)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Listen In", "version": "1", "license": {"name": "MIT", "identifier": "MIT"}},
        "paths": paths,
        "components": {
            "schemas": {**definitions.get("$defs", {}), "Problem": PROBLEM},
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "session"}},
        },
    }


def _path(rule: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def _operation(call: Described) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": call.name.replace(".", "_"),
        "summary": call.summary,
        "security": [{"session": []}] if call.signed_in else [],
        "parameters": _parameters(call),
        "responses": _responses(call),
    }
    if call.body is not None:
        schema = {"$ref": f"#/components/schemas/{call.body.__name__}"}
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return described


def _parameters(call: Described) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": kind}}
        for kind, name in re.findall(r"<(\w+):(\w+)>", call.rule)
    ]
    if call.query is not None:
        schema = call.query.model_json_schema(by_alias=True)
        required = schema.get("required", [])
        found += [
            {"name": name, "in": "query", "required": name in required, "schema": each}
            for name, each in schema["properties"].items()
        ]
    return found


def _responses(call: Described) -> dict[str, Any]:
    good: dict[str, Any] = {"description": call.summary}
    if call.answer is not None:
        schema = {"$ref": f"#/components/schemas/{call.answer.__name__}"}
        good["content"] = {"application/json": {"schema": schema}}
    bad = {*ALWAYS_POSSIBLE, *call.problems}
    bad |= {401} if call.signed_in else set()
    bad |= {413, 422} if call.body else set()
    bad |= {422} if call.query else set()
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(call.status): good} | {
        str(status): {"description": MEANING[status], "content": problem} for status in sorted(bad)
    }
