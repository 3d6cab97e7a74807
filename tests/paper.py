"""Reads what is made into PDF, with libraries that had no part in making it."""

from collections.abc import Iterator
from io import BytesIO
from types import ModuleType
from typing import Any

import pikepdf
import pypdfium2
import pytest

from webapp.web import pdf as drawing

SHOWS_TEXT = {"Tj", "TJ", "'", '"'}
TAGS = {"Document", "Art", "Sect", "Div", "Part", "P", "H1", "H2", "L", "LI", "Lbl", "LBody", "Span", "NonStruct"} | {
    "Table", "Caption", "THead", "TBody", "TR", "TH", "TD", "Figure"
}  # fmt: skip


def pages_of(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as document:
        return len(document.pages)


def size_of(pdf: bytes) -> tuple[int, int]:
    """Width and height of its page, in points."""
    with pikepdf.open(BytesIO(pdf)) as document:
        _left, _bottom, width, height = (round(float(edge)) for edge in document.pages[0].MediaBox)
        return width, height


def text_of(pdf: bytes) -> str:
    """All its words, with single spaces between them."""
    with pypdfium2.PdfDocument(pdf) as document:
        return " ".join("\n".join(page.get_textpage().get_text_range() for page in document).split())


def about(pdf: bytes) -> str:
    """What it says of itself besides its words."""
    with pikepdf.open(BytesIO(pdf)) as document, document.open_metadata() as said:
        return f"{said} {document.docinfo}"


def faults_of(pdf: bytes, language: str, title: str) -> list[str]:
    """What PDF/UA-1 asks for and is not there, as far as a program can tell; empty when all is."""
    with pikepdf.open(BytesIO(pdf)) as document:
        root: Any = document.Root
        faults = []
        with document.open_metadata() as about:
            if about.get("pdfuaid:part") != "1":
                faults.append("it does not claim to be PDF/UA-1")
            if title not in str(about.get("dc:title")):
                faults.append(f"its title is {about.get('dc:title')}")
        if not bool(root.MarkInfo.Marked):
            faults.append("it is not tagged")
        if not bool(root.ViewerPreferences.DisplayDocTitle):
            faults.append("its title is not shown")
        if str(root.get("/Lang")) != language:
            faults.append(f"its language is {root.get('/Lang')}")
        for page in document.pages:
            faults += _page_faults(page)
        for element in elements(root.StructTreeRoot):
            faults += _element_faults(element)
        return faults


def tags_of(pdf: bytes) -> list[str]:
    """Its tags in the order in which they are read out."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return [str(element.S)[1:] for element in elements(document.Root.StructTreeRoot)]


def drawings_of(pdf: bytes) -> list[str]:
    """What is read out instead of each drawing."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return [str(each.get("/Alt", "")) for each in elements(document.Root.StructTreeRoot) if each.S == "/Figure"]


def elements(parent: Any) -> Iterator[Any]:
    """The elements of the tree of tags, depth first: the order of reading."""
    below = parent.get("/K", [])
    for child in below if isinstance(below, pikepdf.Array) else [below]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from elements(child)


def _page_faults(page: pikepdf.Page) -> list[str]:
    faults = [] if page.get("/Tabs") == "/S" else ["keys do not go in the order of the tags"]
    for font in page.Resources.Font.values():
        described = font.DescendantFonts[0].FontDescriptor if "/DescendantFonts" in font else font.FontDescriptor
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(described.keys()):
            faults.append(f"the font {font.BaseFont} is not embedded")
        if "/ToUnicode" not in font:
            faults.append(f"the letters of {font.BaseFont} have no meaning")
    depth = 0
    for each in pikepdf.parse_content_stream(page):
        operator = str(each.operator)
        depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(operator, 0)
        if operator in SHOWS_TEXT and not depth:
            faults.append(f"text with no tag: {each.operands}")
    return faults


def _element_faults(element: Any) -> list[str]:
    tag = str(element.S)[1:]
    if tag not in TAGS:
        return [f"a tag nobody knows: {tag}"]
    if tag == "Figure" and not str(element.get("/Alt", "")).strip():
        return ["a drawing with nothing to be read out"]
    if tag == "TH" and element.A.get("/Scope") not in {"/Row", "/Column"}:
        return ["a heading that says not of what"]
    return []


def take_away(monkeypatch: pytest.MonkeyPatch, pages: ModuleType) -> None:
    """A computer without Pango, as drawing and these pages see it."""

    def without() -> None:
        raise drawing.NoPdfError("the library Pango is missing")

    drawing._pdf.cache_clear()
    monkeypatch.setattr(drawing, "_library", without)
    monkeypatch.setattr(pages, "missing", lambda: "pango-1.0")
