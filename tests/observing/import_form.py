"""A form of past listen-ins, and the steps in which it is brought in, for tests."""

import html
import re
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.world import Cast
from webapp.observing.import_columns import Kind
from webapp.observing.import_forms import field_name
from webapp.observing.models import Observation

BEGIN = "/school/listen-ins/import"
FORM = """Timestamp,Your name,Where were you?,What kind of talk?,What did you hear?,How many?
1/13/2026 9:15:00,Coach,north hallway,In passing,"Evidence, Action",2-3
1/14/2026 10:05:12,Coach,Lounge upstairs,Lunch,Personal,12
1/15/2026 12:30:00,Other,Library,Team meeting,,
"""
WORDS = {(Kind.PLACE, "Lounge upstairs"): 1, (Kind.SETTING, "Lunch"): "break"}


def choose(client: FlaskClient, data: str | bytes, name: str = "form.csv", **more: Any) -> TestResponse:
    content = data.encode() if isinstance(data, str) else data
    return client.post(BEGIN, data={"file": (BytesIO(content), name), **more}, content_type="multipart/form-data")


def shown(page: TestResponse) -> dict[str, str]:
    """What is chosen in each field of the page."""
    assert page.status_code == 200, page.text
    found = {}
    for name, inner in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page.text, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', inner)
        found[name] = html.unescape(chosen[1]) if chosen else ""
    for tag in re.findall(r"<input[^>]*type=\"radio\"[^>]*>", page.text):
        if " checked" in tag:
            found[str(re.search(r'name="([^"]+)"', tag)[1])] = str(re.search(r'value="([^"]+)"', tag)[1])  # type: ignore[index]
    return found


def go_on(client: FlaskClient, address: str, **said: str) -> TestResponse:
    """Sends the form as it stands there, with what is said instead."""
    return client.post(address, data=shown(client.get(address)) | said)


def explained(cast: Cast) -> dict[str, str]:
    """The words of FORM that nobody can guess."""
    meant = {key: str(cast.places[word].id) if isinstance(word, int) else str(word) for key, word in WORDS.items()}
    return {field_name(kind, word): meaning for (kind, word), meaning in meant.items()}


def to_preview(client: FlaskClient, cast: Cast, data: str = FORM, **columns: str) -> str:
    """The address of the preview, all having been said."""
    step = choose(client, data)
    assert step.status_code == 303, step.text
    step = go_on(client, step.location, **columns)
    assert step.status_code == 303, step.text
    asked = shown(client.get(step.location))
    words = {name: meaning for name, meaning in explained(cast).items() if name in asked}
    step = client.post(step.location, data=asked | words)
    assert step.status_code == 303, step.text
    return step.location


def stored(db: Session, cast: Cast) -> list[Observation]:
    asked = select(Observation).where(Observation.school_id == cast.school.id).order_by(Observation.observed_at)
    return list(db.scalars(asked.execution_options(populate_existing=True)))
