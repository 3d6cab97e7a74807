"""What every page must be, checked on every page that any test opens through `client`."""

from collections import Counter
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from webapp.extensions import db

REFERENCES = ("for", "list", "form", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget")


class PageCheckingClient(FlaskClient):
    """A client that looks at every page it gets, and sees what the test has written before."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        _commit_what_the_test_wrote()
        # A context of the request's own, so that nothing the test holds open is taken for the request's.
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html" and answer.data:
            faults = faults_of(answer.text, answer.headers.get("Content-Security-Policy", ""))
            assert not faults, f"{answer.request.path}: " + "; ".join(faults)
        return answer


def faults_of(html: str, policy: str) -> list[str]:
    """What is wrong with a page, in words; empty when nothing is."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    page: Element = parser.parse(html)
    faults = [f"line {line}: {code} {values or ''}".rstrip() for (line, _column), code, values in parser.errors]
    faults += _heading_faults(page)
    faults += _id_faults(page)
    faults += _inline_faults(page)
    if "default-src 'none'" not in policy or "unsafe-" in policy:
        faults.append("no strict Content-Security-Policy")
    if not page.get("lang"):
        faults.append("no language")
    return faults


def _heading_faults(page: Element) -> list[str]:
    headings = [_text(heading) for heading in page.iter("h1")]
    if len(headings) != 1:
        return [f"{len(headings)} h1 instead of one"]
    title = page.find("head/title")
    if title is None or not _text(title).startswith(headings[0]):
        return [f"the title does not begin with the h1, “{headings[0]}”"]
    return []


def _id_faults(page: Element) -> list[str]:
    ids = Counter(element.get("id") for element in page.iter() if element.get("id") is not None)
    twice = [f"the id {name} is there {count} times" for name, count in ids.items() if count > 1]
    dangling = [
        f"{attribute}={name} names no id"
        for element in page.iter()
        for attribute in REFERENCES
        for name in (element.get(attribute) or "").split()
        if name not in ids
    ]
    return twice + dangling


def _inline_faults(page: Element) -> list[str]:
    faults = []
    for element in page.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag.rpartition("}")[2] == "style" or element.get("style") is not None:
            faults.append(f"inline style at <{element.tag}>")
        if element.tag == "script" and element.get("src") is None and element.get("type") != "application/json":
            faults.append("inline script")
        faults += [f"inline handler {name}" for name in element.keys() if str(name).startswith("on")]  # noqa: SIM118 - an element is no dict
        if (element.get("href") or "").lower().startswith("javascript:"):
            faults.append("a script as an address")
    return faults


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _commit_what_the_test_wrote() -> None:
    """A request sees only what is committed; and on SQLite it would wait for the test's own lock."""
    try:
        session: Session = db.session
    except RuntimeError:
        return
    session.commit()
