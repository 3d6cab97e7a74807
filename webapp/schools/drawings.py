"""A picture of a floor, from whatever file somebody has of it, made small and harmless.

What a file is its content says, never its name. Pictures are drawn anew, which leaves behind whatever else was in the
file: where and when a photo was taken, texts, anything after its end.
"""

import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from webapp.schools import pdf_page, svg

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 2000
SHORTEST_SIDE: Final = 20
MOST_STORED: Final = 4 * 1024 * 1024
QUALITIES: Final = (82, 50, 20)
"""How finely a picture is kept; less finely where it would be too large to travel."""

SECONDS: Final = 30
WEBP: Final = "image/webp"
SVG: Final = "image/svg+xml"


class Refusal(StrEnum):
    """Why a file cannot be taken."""

    EMPTY = "empty"
    UNKNOWN = "unknown"
    BROKEN = "broken"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    TOO_MUCH = "too_much"
    NOTHING_TO_SEE = "nothing_to_see"
    LOCKED = "locked"
    NO_SUCH_PAGE = "no_such_page"


class RefusedError(Exception):
    """The file cannot be taken; `why` says what is wrong with it."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(f"the file is refused: {why}")
        self.why = why


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture to be stored; `lost_styles` where an SVG had a style sheet, which is left out."""

    media_type: str
    content: bytes
    width: int
    height: int
    lost_styles: bool = False


def drawn(data: bytes, page: int = 1) -> Drawing:
    """The picture in a PNG, a JPEG or an SVG, or on a page of a PDF (counted from 1).

    Raises:
        RefusedError: it is none of these, or cannot be taken.
    """
    if not data.strip():
        raise RefusedError(Refusal.EMPTY)
    if len(data) > MOST_BYTES:
        raise RefusedError(Refusal.TOO_LARGE)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _picture(data, "PNG")
    if data.startswith(b"\xff\xd8\xff"):
        return _picture(data, "JPEG")
    if data.startswith(b"%PDF-"):
        return _picture(_page(data, page), "PNG")
    if data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return _svg(data)
    raise RefusedError(Refusal.UNKNOWN)


def _svg(data: bytes) -> Drawing:
    try:
        cleaned = svg.clean(data)
    except svg.NoSvgError:
        raise RefusedError(Refusal.UNKNOWN) from None
    except svg.TooMuchError:
        raise RefusedError(Refusal.TOO_MUCH) from None
    except svg.NothingToSeeError:
        raise RefusedError(Refusal.NOTHING_TO_SEE) from None
    return Drawing(SVG, cleaned.content, cleaned.width, cleaned.height, cleaned.lost_styles)


def _picture(data: bytes, kind: str) -> Drawing:
    try:
        with Image.open(BytesIO(data), formats=(kind,)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise RefusedError(Refusal.TOO_MANY_PIXELS)
            if min(image.size) < SHORTEST_SIDE:
                raise RefusedError(Refusal.TOO_SMALL)
            # A JPEG can be read smaller than it is.
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            flat = _flat(image)
    except RefusedError:
        raise
    except Image.DecompressionBombError:
        raise RefusedError(Refusal.TOO_MANY_PIXELS) from None
    # What is broken breaks its reader in many ways; none of them is ours to mend.
    except Exception:
        raise RefusedError(Refusal.BROKEN) from None
    return _stored(flat)


def _flat(image: Image.Image) -> Image.Image:
    """On white paper, the right way up, and with nothing to it but its pixels."""
    small = image.convert("RGBA")
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(small)
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    return paper


def _stored(picture: Image.Image) -> Drawing:
    for quality in QUALITIES:
        out = BytesIO()
        picture.save(out, "WEBP", quality=quality)
        if out.tell() <= MOST_STORED:
            return Drawing(WEBP, out.getvalue(), *picture.size)
    raise RefusedError(Refusal.TOO_MUCH)


def _page(data: bytes, page: int) -> bytes:
    """A page of a PDF as PNG."""
    # It gets nothing of our environment, where secrets are.
    program = [sys.executable, "-I", str(Path(pdf_page.__file__)), str(page), str(LONGEST_SIDE)]
    try:
        done = subprocess.run(program, input=data, capture_output=True, timeout=SECONDS, check=False, env={})
    except subprocess.TimeoutExpired:
        raise RefusedError(Refusal.TOO_MUCH) from None
    reasons = {pdf_page.LOCKED: Refusal.LOCKED, pdf_page.NO_SUCH_PAGE: Refusal.NO_SUCH_PAGE}
    if done.returncode < 0:
        # It used up its time or its memory.
        raise RefusedError(Refusal.TOO_MUCH)
    if done.returncode:
        raise RefusedError(reasons.get(done.returncode, Refusal.BROKEN))
    return done.stdout
