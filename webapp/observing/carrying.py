"""A plain form that was sent when its sign-in had ended: what was typed goes through signing in with the page itself.

It lies in that page's form, signed, and nowhere else: in no cookie, no log, no database. It comes back to whoever typed
it, and to nobody else who signs in there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer

FIELDS: Final = ("school", "id", "base", "place", "setting", "heard", "none", "when", "at", "group_size", "note")
LONGEST: Final = 20_000
KEPT_FOR: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Carried:
    """What was typed, field by field, by whom and when."""

    account: UUID
    said: list[tuple[str, str]]
    sent_at: datetime


def packed(signing_key: str, typed: Iterable[tuple[str, str]]) -> str:
    """The form as a text for a hidden field; empty when it does not say whose it is, or is longer than any of ours."""
    fields = list(typed)
    account = next((value for name, value in fields if name == "account"), "")
    said = [(name, value) for name, value in fields if name in FIELDS]
    if not account or sum(len(value) for _name, value in said) > LONGEST:
        return ""
    return _serializer(signing_key).dumps({"account": account, "said": said})


def unpacked(signing_key: str, text: str) -> Carried | None:
    """What that text says; None when it was not written here, or more than a day ago."""
    try:
        found, sent_at = _serializer(signing_key).loads(text, max_age=KEPT_FOR, return_timestamp=True)
        return Carried(UUID(found["account"]), [(name, value) for name, value in found["said"]], sent_at)
    except (BadData, ValueError):
        return None


def _serializer(signing_key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(signing_key, salt="a form that is carried through signing in")
