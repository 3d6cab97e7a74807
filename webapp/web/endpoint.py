"""The API's doors: read a call, check its shape, answer it, and describe all that from the same shapes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from inspect import unwrap
from typing import Any, Self, TypeVar

from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict, ValidationError

from webapp.web.doors import behind_door_of
from webapp.web.problems import MalformedError, TooLargeError

LARGEST_BODY = 512 * 1024
View = TypeVar("View", bound=Callable[..., Any])


class Shape(BaseModel):
    """What goes over the wire; a name that is not known is an error, so that nothing said is silently dropped."""

    model_config = ConfigDict(extra="forbid", str_max_length=2000)

    @classmethod
    def read(cls, raw: bytes) -> Self:
        """The shape that this JSON is of.

        Raises:
            ValidationError: it is of another.
        """
        return cls.model_validate_json(raw)


@dataclass(frozen=True, slots=True)
class Described:
    """One call of the API, as the OpenAPI document tells it."""

    method: str
    rule: str
    name: str
    summary: str
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: type[BaseModel] | None
    status: int
    problems: tuple[int, ...]
    signed_in: bool


@dataclass
class Description:
    """All calls of the API, in the order in which they were declared."""

    calls: list[Described] = field(default_factory=list)


DESCRIPTION = Description()


def endpoint(
    api: Blueprint,
    method: str,
    rule: str,
    *,
    body: type[Shape] | None = None,
    query: type[BaseModel] | None = None,
    answer: type[BaseModel] | None = None,
    status: int = 200,
    problems: tuple[int, ...] = (),
    signed_in: bool = True,
) -> Callable[[View], View]:
    """Makes a view a call of the API, at `rule` under the blueprint's prefix.

    The view gets `body` and `query` as instances of their shapes and returns an instance of `answer`, a
    Response, or None (empty answer). Its docstring's first line is the summary.

    Raises (from the call):
        MalformedError: the call is not of the shape described; `errors` says where and why.
        TooLargeError: the body has more than 512 KiB.
    """

    def decorate(view: View) -> View:
        DESCRIPTION.calls.append(
            Described(
                method=method,
                rule=f"{api.url_prefix}{rule}",
                name=f"{api.name}.{view.__name__}",
                summary=(view.__doc__ or "").partition("\n")[0],
                body=body,
                query=query,
                answer=answer,
                status=status,
                problems=problems,
                signed_in=signed_in,
            )
        )

        # Whoever may not come in learns nothing of what is wrong with the call: the door stands before the shape.
        call = behind_door_of(view, _caller(unwrap(view), body=body, query=query, status=status))
        api.add_url_rule(rule, view.__name__, call, methods=[method])
        return view

    return decorate


def _caller(
    view: View, *, body: type[Shape] | None, query: type[BaseModel] | None, status: int
) -> Callable[..., Response]:
    @wraps(view)
    def call(**address: Any) -> Response:
        if query is not None:
            address["query"] = _read_query(query)
        if body is not None:
            address["body"] = _read_body(body)
        return _write(view(**address), status)

    return call


def in_words(wrong: ValidationError) -> list[dict[str, str]]:
    """What is wrong, field by field: `[{"field": "changes.0.id", "message": "…"}]`; never the value itself."""
    return [
        {"field": ".".join(str(part) for part in each["loc"]), "message": each["msg"].removeprefix("Value error, ")}
        for each in wrong.errors(include_url=False, include_input=False, include_context=False)
    ]


def _read_body(shape: type[Shape]) -> Shape:
    if (request.content_length or 0) > LARGEST_BODY:
        raise TooLargeError("A call carries at most 512 KiB; send less at once.")
    raw = request.get_data(cache=False)
    if len(raw) > LARGEST_BODY:
        raise TooLargeError("A call carries at most 512 KiB; send less at once.")
    try:
        return shape.read(raw)
    except ValidationError as wrong:
        raise MalformedError("The body is not of the shape described.", errors=in_words(wrong)) from None


def _read_query(shape: type[BaseModel]) -> BaseModel:
    said = {name: values[0] if len(values) == 1 else values for name, values in request.args.lists()}
    aliases = {info.alias or name for name, info in shape.model_fields.items()}
    try:
        return shape.model_validate({name: value for name, value in said.items() if name in aliases})
    except ValidationError as wrong:
        raise MalformedError("The address is not of the shape described.", errors=in_words(wrong)) from None


def _write(result: Any, status: int) -> Response:
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status=204)
    return Response(result.model_dump_json(by_alias=True), status=status, content_type="application/json")
