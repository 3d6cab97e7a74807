"""Where to go after signing in."""

from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 500
# Leads back to signing in, or out again; or to what is no page.
NEVER: Final = ("/sign-in", "/sign-out", "/api/", "/static/")


def onward(said: str | None) -> str | None:
    """The path that was asked for, if it is a page of this site; else None.

    Browsers read "\\" as "/" and drop tabs and line breaks, so that "/\\t/elsewhere" leads elsewhere.
    """
    if not said or len(said) > LONGEST or not said.startswith("/"):
        return None
    if any(ord(character) <= ord(" ") or ord(character) == 0x7F or character == "\\" for character in said):  # noqa: PLR2004 - DEL
        return None
    try:
        parts = urlsplit(said)
    except ValueError:
        return None
    elsewhere = parts.scheme or parts.netloc or said.startswith("//") or "//" in parts.path
    return None if elsewhere or parts.path.startswith(NEVER) else said
