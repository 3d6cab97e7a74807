"""The record page as a browser without JavaScript sends and shows it."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.world import Cast
from webapp.extensions import new_id
from webapp.observing.models import Observation


def filled(cast: Cast, **other: Any) -> dict[str, Any]:
    """A form that can be saved; whatever is named stands instead, and what is named None is left out."""
    said = {
        "school": str(cast.school.id),
        "id": str(new_id()),
        "base": "",
        "place": str(cast.places[0].id),
        "heard": ["evidence", "action"],
        "when": "now",
        "at": "",
        "group_size": "",
    } | other
    return {name: value for name, value in said.items() if value is not None}


def of(school: Any, session: Session) -> list[Observation]:
    """All that is stored of a school, in the order of its revisions, read anew."""
    session.expire_all()
    found = select(Observation).where(Observation.school_id == school.id).order_by(Observation.revision)
    return list(session.scalars(found))


def shown(answer: TestResponse) -> dict[str, list[str]]:
    """What the form on the page says: each field's name with what is typed, chosen or ticked."""
    page: Element = html5lib.HTMLParser(namespaceHTMLElements=False).parse(answer.text)
    form = page.find(".//form[@id='listen']")
    assert form is not None
    found: dict[str, list[str]] = {}
    for name, value in _fields(form):
        found.setdefault(name, []).append(value)
    return found


def problems(answer: TestResponse) -> list[str]:
    """The sentences at the fields that say what is wrong with them."""
    return _problems(answer, above_save=False)


def above_save(answer: TestResponse) -> list[str]:
    """The sentence above Save, which is always in sight: the first of what is wrong."""
    return _problems(answer, above_save=True)


def _problems(answer: TestResponse, *, above_save: bool) -> list[str]:
    page: Element = html5lib.HTMLParser(namespaceHTMLElements=False).parse(answer.text)
    marked = [each for each in page.iter("p") if each.get("class") == "problem"]
    return ["".join(each.itertext()).strip() for each in marked if (each.get("data-problem") is not None) is above_save]


def _fields(form: Element) -> Iterator[tuple[str, str]]:
    for field in form.iter():
        name = field.get("name")
        if name is None or (field.get("type") in {"radio", "checkbox"} and field.get("checked") is None):
            continue
        value = (field.text or "") if field.tag == "textarea" else field.get("value", "")
        yield name, value
