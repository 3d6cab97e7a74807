"""What goes over the wire between a phone and the server: a call, its changes, the answers.

The envelope is strict: a call of another shape fails whole. A change in it is read by itself, so that a bad one
harms no other: it comes back with the field that is wrong and what is wanted there.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal, NotRequired
from uuid import UUID

from flask_babel import gettext as _
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    FailFast,
    Field,
    StrictInt,
    ValidationError,
    WithJsonSchema,
)
from typing_extensions import TypedDict

from webapp.culture.vocabulary import TRAITS, GroupSize, Setting, Trait
from webapp.observing.changes import LARGEST_REVISION, Change, Deletion, FieldProblem, Outcome, Put
from webapp.observing.fresh import Fresh
from webapp.web.endpoint import Shape
from webapp.web.problems import ProblemError

SCHEMA: Final = 2
"""The version of what a phone says; the one before is read too."""

MOST_CHANGES: Final = 500
UUID_TEXT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I | re.A)
PLAIN_MOMENT: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$"
MOMENT_TEXT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.I | re.A)


def _moment(said: object) -> datetime:
    if not isinstance(said, str) or not MOMENT_TEXT.fullmatch(said):
        raise ValueError("give date, time and offset, such as 2026-11-24T10:42:00-05:00")
    return datetime.fromisoformat(said.upper())


def _identified(said: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(said.get("id"), str) or not UUID_TEXT.fullmatch(said["id"]):
        raise ValueError("a change needs the id of its observation, a UUID of 36 characters")
    return said


Moment = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
PlainId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Revision = Annotated[StrictInt, Field(ge=1, le=LARGEST_REVISION)]
Word = Literal["substantive", "evidence", "inquiry", "nondefensive", "personal", "knowledge", "action"]
Said = Annotated[
    # JSON has no other keys than texts; were that said here, one that is too long would fail the whole call.
    dict[Any, Any],
    AfterValidator(_identified),
    WithJsonSchema(
        {
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "string", "format": "uuid"}},
            "description": "A PutShape or a DeletionShape. One that is not comes back `rejected`, and harms no other.",
        }
    ),
]


class SchemaTooOldError(ProblemError):
    """The phone says it in a way that is no longer read: it updates first and sends after."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    kind = "schema-too-old"

    def __init__(self) -> None:
        super().__init__("This version of the app is too old. Update it, then send again; nothing is lost.")


class SchemaTooNewError(ProblemError):
    """The phone is a release ahead of this server: it keeps what it has and tries later."""

    status = HTTPStatus.TOO_EARLY
    kind = "schema-too-new"

    def __init__(self) -> None:
        super().__init__("This server is older than the app. Try again in a minute.", headers={"Retry-After": "60"})


def refuse_other_release(version: int) -> None:
    """Refuses a call whose schema is none of the last two.

    Raises:
        SchemaTooOldError: it is older.
        SchemaTooNewError: it is of a release to come.
    """
    if version < SCHEMA - 1:
        raise SchemaTooOldError
    if version > SCHEMA:
        raise SchemaTooNewError


class Versioned(BaseModel):
    """Of a call from any release: what it names as its schema."""

    version: StrictInt = Field(default=1, alias="schema")


class SyncCall(Shape):
    """Changes that wait on a phone: at most 500. `clock` is the phone's; `schema` the version of what it says."""

    device: str = Field(min_length=1, max_length=100)
    account: UUID
    clock: Moment
    version: StrictInt = Field(default=1, alias="schema", json_schema_extra={"minimum": SCHEMA - 1, "maximum": SCHEMA})
    changes: list[Said] = Field(json_schema_extra={"maxItems": MOST_CHANGES})

    @classmethod
    def read(cls, raw: bytes) -> "SyncCall":
        """The call, its changes as columns where all are new and plain; else as they were said, to be read one by one.

        Raises:
            ValidationError: it is no call.
            SchemaTooNewError, SchemaTooOldError: it is of a release that is not read.
        """
        try:
            return FreshCall.model_validate_json(raw)
        except ValidationError:
            # One of another release may be of a shape that is not known here, and is told that first.
            with suppress(ValidationError):
                refuse_other_release(Versioned.model_validate_json(raw).version)
            return cls.model_validate_json(raw)


class FreshShape(TypedDict):
    """A new observation as phones say it: the part of PutShape of which nothing needs to be asked twice."""

    __pydantic_config__ = Shape.model_config  # type: ignore[misc]  # not a key, but how the keys are checked
    op: Literal["put"]
    id: PlainId
    school: PlainId
    base: NotRequired[None]
    place: PlainId
    setting: Setting
    heard: Annotated[list[Word], Field(max_length=len(TRAITS))]
    observed_at: Annotated[str, Field(pattern=PLAIN_MOMENT)]
    group_size: NotRequired[GroupSize | None]
    note: NotRequired[str | None]
    walkthrough: NotRequired[PlainId | None]


class FreshCall(SyncCall):
    """A call of new observations of one school."""

    changes: Annotated[list[FreshShape], FailFast(), AfterValidator(Fresh)]  # type: ignore[assignment]  # a Fresh is a list of what was said


class DeletionShape(Shape):
    """An observation is to go. What else is known of it may stand beside, and is not read."""

    op: Literal["delete"]
    id: UUID
    school: UUID
    base: Revision | None = None
    place: Any = None
    setting: Any = None
    heard: Any = None
    observed_at: Any = None
    group_size: Any = None
    note: Any = None
    walkthrough: Any = None


class PutShape(DeletionShape):
    """An observation said in full, new (`base` null) or mended."""

    op: Literal["put"]  # type: ignore[assignment]  # the same fields, and one word that tells them apart
    place: UUID
    setting: Setting
    heard: list[Word]
    observed_at: Moment
    group_size: GroupSize | None = None
    note: str | None = None
    walkthrough: UUID | None = None


class ProblemShape(Shape):
    """Which field is wrong, and what to do about it."""

    field: str | None
    detail: str


class CurrentShape(Shape):
    """What the server holds; a deletion has `op` and `revision` only. `note` and `walkthrough`: to the observer."""

    op: Literal["put", "delete"]
    revision: int
    place: UUID | None = None
    setting: Setting | None = None
    heard: list[Word] | None = None
    observed_at: Moment | None = None
    group_size: GroupSize | None = None
    note: str | None = None
    walkthrough: UUID | None = None


class ResultShape(Shape):
    """What became of a change."""

    id: UUID
    status: Outcome
    revision: int | None
    problem: ProblemShape | None
    current: CurrentShape | None


class SyncAnswer(Shape):
    """A result a change, in their order; `clock` is the server's."""

    clock: Moment
    results: list[ResultShape]


class FeedQuery(Shape):
    """Which changes: since a cursor (left out: from the first), so many at most, only one's own."""

    school: UUID
    since: str | None = None
    limit: int = Field(default=200, ge=1, le=2**31 - 1)
    mine: bool = False


class FeedItem(CurrentShape):
    """The latest state of an observation; `mine` is told to its observer only."""

    id: UUID
    mine: Literal[True] | None = None


class FeedAnswer(Shape):
    """Changes in the order of their revisions, and where to go on from."""

    changes: list[FeedItem]
    cursor: str
    more: bool


def read(said: Mapping[str, Any]) -> Change | FieldProblem:
    """The change that this says, or what is wrong with it."""
    try:
        if said.get("op") == "delete":
            deletion = DeletionShape.model_validate(said)
            return Deletion(id=deletion.id, school=deletion.school, base=deletion.base)
        put = PutShape.model_validate(said)
    except ValidationError as wrong:
        field = str(wrong.errors(include_url=False, include_input=False, include_context=False)[0]["loc"][0])
        return FieldProblem(field[:100], WANTED.get(field, _unknown)())
    return Put(
        id=put.id,
        school=put.school,
        base=put.base,
        place=put.place,
        setting=put.setting,
        heard=Trait.from_words(put.heard),
        observed_at=put.observed_at,
        said_at=said["observed_at"],
        group_size=put.group_size,
        note=put.note,
        walkthrough=put.walkthrough,
    )


def _unknown() -> str:
    return str(_("This is not known here. Leave it out."))


WANTED: Final[dict[str, Callable[[], str]]] = {
    "op": lambda: _("Say “put” or “delete” here."),
    "school": lambda: _("Say which school, by its id."),
    "base": lambda: _("Say the revision that this began from, or null for a new observation."),
    "place": lambda: _("Choose a place."),
    "setting": lambda: _("Choose one of these: %(words)s.", words=", ".join(Setting)),
    "heard": lambda: _("Choose among these, or none: %(words)s.", words=", ".join(trait.word for trait in TRAITS)),
    "observed_at": lambda: _("Give date, time and offset, such as 2026-11-24T10:42:00-05:00."),
    "group_size": lambda: _("Choose one of these, or null: %(words)s.", words=", ".join(GroupSize)),
    "note": lambda: _("Use plain words, at most 280 characters."),
    "walkthrough": lambda: _("Give the id of a walkthrough, or null."),
}
