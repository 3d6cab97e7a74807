"""Which browser on which device, in the words that people use: "Safari", "iPhone"."""

from typing import Final

UNKNOWN: Final = ""

# The first that fits counts: nearly all browsers also claim to be Safari, and most to be Chrome.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def browser(agent: str) -> str:
    """The browser that sent this User-Agent, or UNKNOWN."""
    return _first(_BROWSERS, agent)


def system(agent: str) -> str:
    """The device or system that it runs on, or UNKNOWN."""
    return _first(_SYSTEMS, agent)


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for mark, name in table if mark in agent), UNKNOWN)
