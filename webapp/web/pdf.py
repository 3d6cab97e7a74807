"""Sheets of paper as PDF, with the tags of PDF/UA-1, and as pictures. WeasyPrint draws them, and it needs Pango.

Both are loaded when the first sheet is made: a server that makes none does not carry them.
"""

import importlib
import logging
from ctypes.util import find_library
from enum import StrEnum
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

from PIL import ImageFile

from webapp.settings import STATIC

LIBRARIES: Final = ("pango-1.0", "pangoft2-1.0", "harfbuzz", "fontconfig")
HERE: Final = "https://sheet.invalid/"
"""Where a sheet's addresses begin; there is no such host, and nothing is asked of any."""
SMALLER: Final = ("8pt", "7pt", "6.5pt", "6pt")
"""Type to try when a sheet runs over: smaller than this is no help to anybody."""
PICTURE_WIDTH: Final = 1920

# Pango's fonts are not to be used by two threads at once.
_one_at_a_time = Lock()


class Drawn(StrEnum):
    """What a sheet is drawn as, by the ending of its file."""

    PDF = "pdf"
    PNG = "png"


class NoPdfError(Exception):
    """This computer cannot draw: says what is missing."""


@cache
def missing() -> str | None:
    """The system library without which no sheet can be drawn; None where all are there."""
    return next((name for name in LIBRARIES if find_library(name) is None), None)


def fault() -> str | None:
    """Why no sheet can be drawn, as found by drawing one; None where all is well."""
    try:
        drawn = _library().HTML(string="<p>Listen In", url_fetcher=_fetcher()).render()
        drawn.write_pdf()
    except NoPdfError as lacking:
        return str(lacking)
    return None if drawn.fonts else "no font is installed"


def write_pdf(html: str) -> bytes:
    """One sheet, tagged; where it runs over one page it is set in smaller type.

    Raises:
        NoPdfError: a library that it takes is not there.
    """
    with _one_at_a_time:
        return _pdf(html)


def write_png(html: str) -> bytes:
    """One sheet as a picture, `PICTURE_WIDTH` wide.

    Raises:
        NoPdfError: a library that it takes is not there.
    """
    with _one_at_a_time:
        reader = importlib.import_module("pypdfium2")
        drawn = BytesIO()
        with reader.PdfDocument(_drawn(html).write_pdf()) as document:
            page = document[0]
            picture = page.render(scale=PICTURE_WIDTH / page.get_width()).to_pil()
            picture.save(drawn, "PNG", optimize=True)
        return drawn.getvalue()


@lru_cache(maxsize=16)
def _pdf(html: str) -> bytes:
    """A meeting opens one sheet on forty phones: what says the same is drawn once."""
    return bytes(_drawn(html).write_pdf(pdf_variant="pdf/ua-1", finisher=_finish))


def _drawn(html: str) -> Any:
    library = _library()
    sheet = library.HTML(string=html, base_url=HERE, url_fetcher=_fetcher())
    drawn = sheet.render()
    for size in SMALLER:
        if len(drawn.pages) == 1:
            break
        drawn = sheet.render(stylesheets=[library.CSS(string=f".report {{ font-size: {size} !important }}")])
    return drawn


@cache
def _library() -> Any:
    # What it says of style sheets, piece by piece, is nobody's concern who runs a server.
    for name in ("weasyprint", "fontTools"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        library = importlib.import_module("weasyprint")
    except OSError as error:
        raise NoPdfError(f"the library Pango is missing ({error})".splitlines()[0]) from error
    # It lets Pillow take broken pictures, everybody's: a plan of a floor that is half a file would be taken for whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return library


@cache
def _fetcher() -> Any:
    """What a sheet may ask for: our own built files. It reaches no network and no other file."""
    urls = importlib.import_module("weasyprint.urls")

    def fetch(address: str, _headers: object = None) -> Any:
        parts = urlsplit(address)
        file = (STATIC / parts.path.removeprefix("/static/")).resolve()
        if not address.startswith(f"{HERE}static/") or not file.is_relative_to(STATIC.resolve()):
            raise ValueError(f"{address} is nothing that a sheet may ask for")
        return urls.URLFetcherResponse(address, _read(file), {"Content-Type": "text/css"})

    fetcher = urls.URLFetcher()
    fetcher.fetch = fetch
    return fetcher


@cache
def _read(file: Path) -> bytes:
    """Built files have their hash in their name."""
    return file.read_bytes()


def _finish(_document: Any, pdf: Any) -> None:
    """Says of each heading of a table whether it is of its row or its column, and in which order keys go."""
    things: list[Any] = [thing for thing in pdf.objects if isinstance(thing, dict)]
    nodes = {thing.reference: thing for thing in things if "S" in thing}
    for node in nodes.values():
        if node["S"] == "/TH":
            node["A"]["Scope"] = "/Column" if _in_head(node, nodes) else "/Row"
    for thing in things:
        if thing.get("Type") == "/Page":
            thing["Tabs"] = "/S"


def _in_head(node: Any, nodes: dict[bytes, Any]) -> bool:
    row = nodes.get(node["P"])
    part = nodes.get(row["P"]) if row else None
    return part is not None and part["S"] == "/THead"
