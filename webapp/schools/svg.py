"""SVG that strangers drew, made harmless: drawn anew from a short list of shapes and of what may be said of them.

What is not on the list is left out: scripts, events, links, pictures and anything else from elsewhere, style sheets,
and whatever repeats parts of a drawing (`use`, patterns, masks, filters), with which a small file could draw for hours.
"""

import math
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

MOST_BYTES: Final = 3 * 1024 * 1024
MOST_ELEMENTS: Final = 20_000
DEEPEST: Final = 60
LONGEST_SIDE: Final = 1000
SLIMMEST: Final = 20
"""A side is at most so many times the other."""

NAMESPACE: Final = "http://www.w3.org/2000/svg"
HREFS: Final = ("href", "{http://www.w3.org/1999/xlink}href")
SHAPES: Final = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan"})
TEXTS: Final = frozenset({"text", "tspan"})
GRADIENTS: Final = frozenset({"linearGradient", "radialGradient"})
ELEMENTS: Final = SHAPES | GRADIENTS | {"g", "defs", "stop"}
# What they hold is drawn, and nothing else of them stays.
GROUPS_TOO: Final = frozenset({"a", "switch"})
STYLE: Final = frozenset(
    {
        "color", "display", "dominant-baseline", "fill", "fill-opacity", "fill-rule", "font-family", "font-size",
        "font-style", "font-weight", "letter-spacing", "opacity", "stop-color", "stop-opacity", "stroke",
        "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit",
        "stroke-opacity", "stroke-width", "text-anchor", "visibility",
    }
)  # fmt: skip
ATTRIBUTES: Final = STYLE | {
    "cx", "cy", "d", "dx", "dy", "fx", "fy", "gradientTransform", "gradientUnits", "height", "offset", "points", "r",
    "rx", "ry", "spreadMethod", "transform", "width", "x", "x1", "x2", "y", "y1", "y2",
}  # fmt: skip
FUNCTION: Final = re.compile(r"([\w-]*)\s*\(")
FUNCTIONS: Final = frozenset(
    {"matrix", "translate", "scale", "rotate", "skewX", "skewY", "rgb", "rgba", "hsl", "hsla", "url"}
)
OWN: Final = re.compile(r"""\s*url\(\s*["']?#[\w.-]+["']?\s*\)\s*[#\w]*\s*""", re.ASCII)
OWN_NAME: Final = re.compile(r"#?[\w.-]{1,100}", re.ASCII)
# Escapes and comments could hide a word from us; an address has a colon; entities are markup already.
NEVER: Final = re.compile(r"[\\:@<>{};]|/\*")
LENGTH: Final = re.compile(r"\s*([0-9]*\.?[0-9]+(?:e[+-]?[0-9]+)?)\s*(?:px|pt|pc|mm|cm|in|em|)\s*", re.I | re.ASCII)


class NoSvgError(Exception):
    """It is no XML at all, or XML that is no SVG."""


class TooMuchError(Exception):
    """It is larger, longer or deeper than a plan needs, or holds what grows when it is read."""


class NothingToSeeError(Exception):
    """None of its shapes may stay, or it does not say how large it is."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The drawing anew; `lost_styles` where it had a style sheet, which is left out, so that colours may be gone."""

    content: bytes
    width: int
    height: int
    lost_styles: bool


def clean(data: bytes) -> Cleaned:
    """The same drawing with nothing in it but shapes.

    Raises:
        NoSvgError, TooMuchError, NothingToSeeError: it cannot be taken.
    """
    if len(data) > MOST_BYTES:
        raise TooMuchError
    root = _parsed(data)
    box = _box(root)
    left, top, width, height = box
    scale = LONGEST_SIDE / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    clean_root = Element("svg", xmlns=NAMESPACE, viewBox=f"{left:g} {top:g} {width:g} {height:g}")
    clean_root.set("width", str(size[0]))
    clean_root.set("height", str(size[1]))
    _say(clean_root, root, STYLE)
    _draw(clean_root, root)
    if not any(each.tag in SHAPES for each in clean_root.iter()):
        raise NothingToSeeError
    lost = any(_name(each) == "style" for each in root.iter())
    return Cleaned(tostring(clean_root, encoding="utf-8"), *size, lost)


def _parsed(data: bytes) -> Element:
    """The root, once all was read; stops reading where it becomes too much."""
    root: Element | None = None
    depth = count = 0
    try:
        for event, element in iterparse(BytesIO(data), events=("start", "end")):
            depth += 1 if event == "start" else -1
            count += event == "start"
            root = element if root is None else root
            if depth > DEEPEST or count > MOST_ELEMENTS:
                raise TooMuchError
    except DefusedXmlException:
        raise TooMuchError from None
    # Names of encodings that Python does not know, or does not have for text.
    except (ParseError, LookupError, ValueError):
        raise NoSvgError from None
    if root is None or root.tag != f"{{{NAMESPACE}}}svg":
        raise NoSvgError
    return root


def _box(root: Element) -> tuple[float, float, float, float]:
    """Left, top, width and height of what is to be seen."""
    words = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    try:
        left, top, width, height = (float(word) for word in words)
    except ValueError:
        left = top = 0.0
        width, height = (_length(root.get(side, "")) for side in ("width", "height"))
    numbers = (left, top, width, height)
    if not all(math.isfinite(each) and abs(each) < 1e9 for each in numbers) or width < 1e-3 or height < 1e-3:  # noqa: PLR2004
        raise NothingToSeeError
    if max(width, height) > SLIMMEST * min(width, height):
        raise NothingToSeeError
    return numbers


def _length(said: str) -> float:
    found = LENGTH.fullmatch(said)
    return float(found[1]) if found else 0.0


def _draw(into: Element, drawn: Element) -> None:
    """What may stay of the children; depth was checked when they were read."""
    for child in drawn:
        name = _name(child)
        if name in GROUPS_TOO:
            name = "tspan" if into.tag in TEXTS else "g"
        if name not in ELEMENTS:
            _follow(into, child)
            continue
        made = Element(name)
        _say(made, child, ATTRIBUTES)
        if name in TEXTS:
            made.text = child.text
        if name in GRADIENTS:
            _refer(made, child)
        _draw(made, child)
        into.append(made)
        _follow(into, child)


def _follow(into: Element, child: Element) -> None:
    """The words after a child belong to what holds it."""
    if into.tag not in TEXTS or not child.tail:
        return
    if len(into):
        into[-1].tail = (into[-1].tail or "") + child.tail
    else:
        into.text = (into.text or "") + child.tail


def _say(made: Element, drawn: Element, allowed: frozenset[str]) -> None:
    for name, value in drawn.attrib.items():
        if name in allowed and _is_harmless(value):
            made.set(name, value)
    # Said as attributes, so that the page's policy against styles within may stand.
    for rule in drawn.get("style", "").split(";"):
        name, _colon, value = rule.partition(":")
        plain = value.replace("!important", "").strip()
        if name.strip().lower() in STYLE and plain and _is_harmless(plain):
            made.set(name.strip().lower(), plain)


def _refer(made: Element, drawn: Element) -> None:
    """A gradient has a name, and may go on from another one of the same drawing."""
    name = drawn.get("id", "")
    if OWN_NAME.fullmatch(name) and not name.startswith("#"):
        made.set("id", name)
    for href in HREFS:
        said = drawn.get(href, "")
        if said.startswith("#") and OWN_NAME.fullmatch(said):
            made.set("href", said)


def _is_harmless(value: str) -> bool:
    if NEVER.search(value) or not {found.strip() for found in FUNCTION.findall(value)} <= FUNCTIONS:
        return False
    return "url" not in value.lower() or OWN.fullmatch(value) is not None


def _name(element: Element) -> str:
    """The name without its namespace; empty for what is no SVG, and for comments and the like."""
    # Of comments and the like it is a function.
    tag: object = element.tag
    prefix = f"{{{NAMESPACE}}}"
    return tag.removeprefix(prefix) if isinstance(tag, str) and tag.startswith(prefix) else ""
