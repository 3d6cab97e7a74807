"""`POST /api/v1/sync` and `GET /api/v1/changes`."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response
from pydantic_core import to_json

from webapp.extensions import db
from webapp.observing import feed, fresh, recording, shapes
from webapp.observing.changes import Change, FieldProblem, Outcome, Recorded
from webapp.observing.fresh import Fresh
from webapp.people.models import Person
from webapp.schools.access import enter, here, signed_in
from webapp.schools.models import School
from webapp.schools.permissions import May
from webapp.web.endpoint import endpoint
from webapp.web.problems import TooLargeError, WrongAccountError

# The word itself: an enumeration's member is asked for it each time.
APPLIED: Final = Outcome.APPLIED.value
api = Blueprint("observing_api", __name__, url_prefix="/api/v1")


@endpoint(api, "POST", "/sync", body=shapes.SyncCall, answer=shapes.SyncAnswer, problems=(409, 425))
@signed_in
def sync(person: Person, body: shapes.SyncCall) -> Response:
    """Takes changes of one account, and says of each what became of it; what is `applied` is on disk."""
    account = person.id
    _check(body, account)
    now = datetime.now(UTC)
    skew = body.clock - now
    results = all_at_once(person, body, skew, now) or one_by_one(person, body, skew, now)
    return _answer({"clock": now.isoformat(timespec="milliseconds"), "results": results})


@endpoint(api, "GET", "/changes", query=shapes.FeedQuery, answer=shapes.FeedAnswer, problems=(410,))
@enter(May.READ_FEED)
def changes(school: School, query: shapes.FeedQuery) -> Response:
    """What changed in a school since a cursor: each observation once, as it is now, deletions too."""
    reader = here().person.id
    observer = reader if query.mine else None
    page = feed.since(db.session, school, cursor=query.since, limit=query.limit, observer=observer)
    told: list[dict[str, Any]] = [
        {"id": state.id, **feed.as_wire(state, reader, school.zone)}
        | ({"mine": True} if state.observer == reader else {})
        for state in page.changes
    ]
    return _answer({"changes": told, "cursor": page.cursor, "more": page.more})


def all_at_once(person: Person, body: shapes.SyncCall, skew: timedelta, now: datetime) -> list[dict[str, Any]] | None:
    if not isinstance(body.changes, Fresh):
        return None
    first = fresh.record(db.session, person, body.changes, skew=skew, now=now)
    if first is None:
        return None
    return [
        {"id": id_, "status": APPLIED, "revision": revision, "problem": None, "current": None}
        for revision, id_ in enumerate(body.changes.ids, first)
    ]


def one_by_one(person: Person, body: shapes.SyncCall, skew: timedelta, now: datetime) -> list[dict[str, Any]]:
    """The results of any call."""
    account = person.id
    read = [shapes.read(said) for said in body.changes]
    changes = [each for each in read if not isinstance(each, FieldProblem)]
    recorded = iter(recording.record(db.session, person, changes, skew=skew, now=now) if changes else ())
    return [
        _refused(said, each) if isinstance(each, FieldProblem) else _result(each, next(recorded), account)
        for said, each in zip(body.changes, read, strict=True)
    ]


def _check(body: shapes.SyncCall, account: UUID) -> None:
    shapes.refuse_other_release(body.version)
    if body.account != account:
        raise WrongAccountError
    if len(body.changes) > shapes.MOST_CHANGES:
        raise TooLargeError(f"A call carries at most {shapes.MOST_CHANGES} changes; send fewer at once.")


def _refused(said: dict[str, Any], problem: FieldProblem) -> dict[str, Any]:
    wrong = {"field": problem.field, "detail": problem.detail}
    return {"id": UUID(said["id"]), "status": Outcome.REJECTED, "revision": None, "problem": wrong, "current": None}


def _result(said: Change, became: Recorded, account: UUID) -> dict[str, Any]:
    wrong, current = became.problem, became.current
    return {
        "id": became.id,
        "status": became.status,
        "revision": became.revision,
        "problem": {"field": wrong.field, "detail": wrong.detail} if wrong else None,
        "current": feed.as_wire(current, account, _zone(said.school)) if current else None,
    }


def _zone(school_id: UUID) -> ZoneInfo:
    # There was a conflict in it, so it is a school in which this person records.
    return db.session.get_one(School, school_id).zone


def _answer(body: dict[str, Any]) -> Response:
    return Response(to_json(body), content_type="application/json")
