"""What a phone says over the wire, for tests."""

from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.world import Cast
from webapp.extensions import new_id
from webapp.people.models import Person


def put(cast: Cast, **other: Any) -> dict[str, Any]:
    """A new observation in the first place, now; whatever is named stands instead."""
    return {
        "op": "put",
        "id": str(new_id()),
        "school": str(cast.school.id),
        "base": None,
        "place": str(cast.places[0].id),
        "setting": "passing",
        "heard": ["evidence", "action"],
        "observed_at": instant(),
        "group_size": None,
        "note": None,
        "walkthrough": None,
    } | other


def deletion(said: dict[str, Any], base: int | None) -> dict[str, Any]:
    """The deletion of an observation that was seen at this revision."""
    return {"op": "delete", "id": said["id"], "school": said["school"], "base": base}


def instant() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def send(client: FlaskClient, who: Person, *changes: Any, **other: Any) -> TestResponse:
    """One call of the phone."""
    call = {"device": str(new_id()), "account": str(who.id), "clock": instant(), "changes": list(changes)}
    return client.post("/api/v1/sync", json=call | other)


def results(answer: TestResponse) -> list[dict[str, Any]]:
    """What became of each change."""
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["results"]
    return found


def statuses(answer: TestResponse) -> list[str]:
    return [result["status"] for result in results(answer)]


def read(client: FlaskClient, cast: Cast, **asked: Any) -> TestResponse:
    """One call for the feed of a school."""
    return client.get("/api/v1/changes", query_string={"school": str(cast.school.id)} | asked)
