"""What the tests of these pages ask again and again."""

import html
import re
from collections.abc import Iterable

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.world import World, sign_in


def problem_at(answer: TestResponse, field: str) -> str:
    """The message at this field of a form, as it is read; empty when there is none."""
    found = re.search(rf'id="{field}-problem">(.*?)</p>', answer.text, re.S)
    return html.unescape(re.sub(r"<.*?>", "", found[1], flags=re.S)).strip() if found else ""


def value_of(answer: TestResponse, field: str) -> str:
    """What stands in this field of a form."""
    found = re.search(rf'<input[^>]*\bid="{field}"[^>]*>', answer.text)
    value = re.search(r'value="([^"]*)"', found[0]) if found else None
    return html.unescape(value[1]) if value else ""


def said(answer: TestResponse) -> str:
    """The words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


def only_administrators_come_in(client: FlaskClient, world: World, addresses: Iterable[tuple[str, str]]) -> None:
    """Each of these (method, address) of our school: signed out to sign-in, 403 by role, 404 to the neighbour."""
    calls = list(addresses)
    for method, address in calls:
        answer = client.open(address, method=method)
        assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/sign-in"), address
    for person, status in (
        (world.ours.coach, 403),
        (world.ours.teacher, 403),
        (world.director, 403),
        (world.neighbour.principal, 404),
        (world.stranger, 404),
    ):
        sign_in(client, person)
        for method, address in calls:
            there = f"{address}?school={world.ours.school.id}"
            assert client.open(there, method=method).status_code == status, (person.email, method, address)
