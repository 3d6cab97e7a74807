"""The colours of the heat map, read from the style sheet: readable in both schemes, lighter or darker step by step."""

import re
from itertools import pairwise

import numpy as np
import pytest

from webapp.settings import PACKAGE

TOKENS = (PACKAGE.parent / "static/src/css/tokens.css").read_text(encoding="utf-8")
ENOUGH = 4.5
SCHEMES = {"light": 0, "dark": 1}
TEXT_ON = ("low", "low", "low", "middle", "high", "high")


def colour(token: str, scheme: str) -> str:
    """The six hexadecimal digits of a token in a scheme."""
    found = re.search(rf"--{token}: light-dark\(#(\w{{6}}), #(\w{{6}})\)", TOKENS)
    assert found, f"--{token} is not in tokens.css"
    return found.groups()[SCHEMES[scheme]]


def luminance(digits: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("shade", range(6))
def test_the_number_can_be_read_on_every_shade(shade: int, scheme: str) -> None:
    assert contrast(colour(f"shade-{shade}", scheme), colour(f"on-shade-{TEXT_ON[shade]}", scheme)) >= ENOUGH


@pytest.mark.parametrize("scheme", SCHEMES)
def test_luminance_goes_one_way(scheme: str) -> None:
    steps = [luminance(colour(f"shade-{shade}", scheme)) for shade in range(6)]
    assert all((later < earlier) == (scheme == "light") for earlier, later in pairwise(steps))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((text, ground) for text in ("ink", "soft", "accent", "warm") for ground in ("paper", "card")),
        ("soft", "sunk"),
        ("soft", "wash"),
        ("accent", "wash"),
        ("ink", "warm-wash"),
        ("on-accent", "accent"),
    ],
)
def test_text_can_be_read_on_what_it_stands_on(text: str, ground: str, scheme: str) -> None:
    assert contrast(colour(text, scheme), colour(ground, scheme)) >= ENOUGH


HEAT = (PACKAGE.parent / "static/src/css/components/heat.css").read_text(encoding="utf-8")
# How much of a shade is left where little was heard, and where next to nothing was.
PALE = [int(share) for share in re.findall(r"--much[,:] (\d+)%", HEAT)]
TO_CONE = (
    (0.41222147, 0.53633254, 0.05144599),
    (0.21190350, 0.68069955, 0.10739696),
    (0.08830246, 0.28171884, 0.62997870),
)
TO_LAB = (
    (0.21045426, 0.79361779, -0.00407205),
    (1.97799850, -2.42859221, 0.45059371),
    (0.02590404, 0.78277177, -0.80867577),
)


def linear(digits: str) -> list[float]:
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


def mixed_luminance(one: str, other: str, share: float) -> float:
    """Relative luminance of two colours mixed in Oklab (CSS Color 5, `color-mix`)."""
    labs = [np.array(TO_LAB) @ np.cbrt(np.array(TO_CONE) @ np.array(linear(each))) for each in (one, other)]
    cones = (np.linalg.inv(np.array(TO_LAB)) @ (share * labs[0] + (1 - share) * labs[1])) ** 3
    red, green, blue = np.linalg.inv(np.array(TO_CONE)) @ cones
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("shade", range(6))
def test_the_number_can_be_read_where_little_was_heard(shade: int, scheme: str) -> None:
    found = re.search(rf":is\(\.pale, \.palest\)\.shade-{shade} {{\s*--field: var\(--(shade-\d)\)", HEAT)
    assert found
    assert len(PALE) == 2
    for share in PALE:
        ground = mixed_luminance(colour(found[1], scheme), colour("paper", scheme), share / 100)
        darker, lighter = sorted((ground, luminance(colour("ink", scheme))))
        assert (lighter + 0.05) / (darker + 0.05) >= ENOUGH
