"""Sheets made into PDF and pictures: tagged, on one page, and made of nothing but what is ours."""

import socket
import subprocess
import sys
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests import paper
from webapp.web import pdf

SHEET = """<!doctype html><html lang="en"><head><title>A sheet</title></head><body>
<h1>A sheet</h1><table><thead><tr><th scope="col">Where</th><th scope="col">How many</th></tr></thead>
<tbody><tr><th scope="row">Yard</th><td>3</td></tr></tbody></table>{}</body></html>"""


def test_a_sheet_has_what_pdf_ua_asks_for() -> None:
    made = pdf.write_pdf(SHEET.format("<p>Good-bye</p>"))
    assert paper.faults_of(made, "en", "A sheet") == []
    assert [tag for tag in paper.tags_of(made) if tag in {"H1", "Table", "TH", "TD", "P"}] == [
        *("H1", "Table", "TH", "TH", "TH", "TD", "P"),
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (SHEET.replace(' lang="en"', ""), "its language is"),
        (SHEET.format('<svg viewBox="0 0 9 9" width="9" height="9"><rect width="9" height="9"/></svg>'), "a drawing"),
        (SHEET.replace("A sheet</title>", "Another</title>"), "its title is Another"),
    ],
)
def test_what_is_missing_would_be_seen(wrong: str, said: str) -> None:
    found = paper.faults_of(pdf.write_pdf(wrong), "en", "A sheet")
    assert [fault for fault in found if fault.startswith(said)], found


def test_a_sheet_that_runs_over_is_set_smaller_until_it_fits() -> None:
    much = "<div class='report'>" + "<p>A line.</p>" * 40 + "</div><style>p{margin:0;line-height:1.5}</style>"
    lines = pdf.write_pdf(SHEET.format(much.replace("<p>", "<p style='margin:0'>") + "<style>.report{font-size:20pt}"))
    assert paper.pages_of(lines) == 1


def test_a_sheet_reaches_no_network_and_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: asked.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_how: asked.append(address))
    links = [
        '<img alt="x" src="https://elsewhere.example/x.png">',
        '<img alt="x" src="file:///etc/hostname">',
        '<link rel="stylesheet" href="/static/../../../pyproject.toml">',
        '<link rel="stylesheet" href="http://elsewhere.example/x.css">',
        "<style>@import 'https://elsewhere.example/y.css'; p { background: url(https://elsewhere.example/z) }</style>",
    ]
    made = pdf.write_pdf(SHEET.format("<p>x</p>" + "".join(links)))
    assert (paper.pages_of(made), asked) == (1, [])
    for address in ("https://elsewhere.example/x", "file:///etc/hostname", f"{pdf.HERE}static/../../pyproject.toml"):
        with pytest.raises(ValueError, match="nothing that a sheet may ask for"):
            pdf._fetcher()(address)


def test_the_same_sheet_is_the_same_file() -> None:
    first = pdf.write_pdf(SHEET.format("x"))
    pdf._pdf.cache_clear()
    again = pdf.write_pdf(SHEET.format("x"))
    assert again == first
    # What says the same is drawn once.
    assert pdf.write_pdf(SHEET.format("x")) is again


def test_a_picture_is_as_wide_as_a_slide() -> None:
    made = pdf.write_png(SHEET.format("<style>@page { size: 960pt 540pt }</style>"))
    with Image.open(BytesIO(made)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1920, 1080))
        assert len(picture.convert("L").getcolors(256) or []) > 10


def test_a_server_that_makes_no_sheet_does_not_carry_what_draws_them() -> None:
    heavy = "{'weasyprint', 'pypdfium2', 'fontTools'}"
    said = f"import sys, webapp; webapp.create_app(); print(len({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pdf.fault() is None

    def without_pango() -> Any:
        raise pdf.NoPdfError("the library Pango is missing")

    monkeypatch.setattr(pdf, "_library", without_pango)
    assert pdf.fault() == "the library Pango is missing"
    monkeypatch.setattr(pdf, "find_library", lambda name: None if name == "pangoft2-1.0" else name)
    pdf.missing.cache_clear()
    assert pdf.missing() == "pangoft2-1.0"
    pdf.missing.cache_clear()


def test_a_broken_picture_stays_broken_after_a_sheet_was_made() -> None:
    """What draws sheets would have every picture taken as far as it goes."""
    pdf.write_pdf(SHEET.format(""))
    whole = BytesIO()
    Image.effect_noise((300, 200), 50).save(whole, "PNG")
    with Image.open(BytesIO(whole.getvalue()[:2000])) as half, pytest.raises(OSError, match="truncated"):
        half.load()
