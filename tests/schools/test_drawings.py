"""A plan may be whatever file somebody has: attacks are refused or come out clean, each of them by name."""

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from webapp.schools import drawings, svg
from webapp.schools.drawings import SVG, WEBP, Refusal, RefusedError, drawn

SHAPE = '<rect width="4" height="2" fill="red"/>'


def vector(inside: str = SHAPE, before: str = "", attributes: str = 'viewBox="0 0 100 50"') -> bytes:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"{before}<svg {names} {attributes}>{inside}</svg>".encode()


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 200), colour: Any = "red", **how: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **how)
    return out.getvalue()


def pages(n: int, **how: Any) -> bytes:
    out = BytesIO()
    first, *others = [Image.new("RGB", (300 + 100 * number, 200), "blue") for number in range(n)]
    first.save(out, "PDF", save_all=True, append_images=others, **how)
    return out.getvalue()


def kept(data: bytes, page: int = 1) -> Image.Image:
    drawing = drawn(data, page)
    assert drawing.media_type == WEBP
    image = Image.open(BytesIO(drawing.content), formats=("WEBP",))
    assert image.size == (drawing.width, drawing.height)
    return image


def cleaned(data: bytes) -> str:
    drawing = drawn(data)
    assert drawing.media_type == SVG
    return drawing.content.decode()


def why(data: bytes, page: int = 1) -> Refusal:
    with pytest.raises(RefusedError) as refused:
        drawn(data, page)
    return refused.value.why


# --- SVG --------------------------------------------------------------------------------------------------------------


def test_the_shapes_of_an_svg_stay() -> None:
    inside = (
        '<defs><linearGradient id="a"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'
        '<g transform="translate(1 2)"><path d="M0 0L9 9" style="stroke:#123;stroke-width:2"/></g>'
        '<rect width="9" height="9" fill="url(#a)"/><text x="1" y="2">Hall <tspan>one</tspan> way</text>'
    )
    clean = cleaned(vector(inside))
    for stays in (
        '<g transform="translate(1 2)"><path d="M0 0L9 9" stroke="#123" stroke-width="2" /></g>',
        'fill="url(#a)"',
        '<linearGradient id="a"><stop offset="0" stop-color="#fff" /></linearGradient>',
        '<text x="1" y="2">Hall <tspan>one</tspan> way</text>',
    ):
        assert stays in clean


@pytest.mark.parametrize(
    ("inside", "never"),
    [
        ("<script>alert(1)</script>", "alert"),
        ('<script href="http://evil.example/x.js"/>', "evil"),
        ('<g onload="alert(1)"/>', "alert"),
        ('<rect onclick="alert(1)" OnMouseOver="alert(1)" width="1" height="1"/>', "alert"),
        ('<image href="http://evil.example/x.png" width="9" height="9"/>', "evil"),
        ('<image xlink:href="http://evil.example/x.png" width="9" height="9"/>', "evil"),
        ('<image href="data:image/svg+xml;base64,PHN2Zy8+" width="9" height="9"/>', "data:"),
        ('<a href="javascript:alert(1)"><rect width="1" height="1"/></a>', "javascript"),
        ('<a xlink:href="javascript:alert(1)"><text>x</text></a>', "javascript"),
        ('<style>@import "http://evil.example/x.css";</style>', "evil"),
        ("<style>rect { fill: url(http://evil.example/x) }</style>", "evil"),
        ('<rect style="fill:url(http://evil.example/x#a)" width="1" height="1"/>', "evil"),
        ('<rect style="background-image:url(//evil.example)" width="1" height="1"/>', "evil"),
        ('<rect fill="url(//evil.example/x#a)" width="1" height="1"/>', "evil"),
        ('<rect fill="u\\72l(//evil.example/x)" width="1" height="1"/>', "evil"),
        ('<rect fill="image-set(\'//evil.example\' 1x)" width="1" height="1"/>', "evil"),
        ('<linearGradient xlink:href="http://evil.example/x#a" id="a"/>', "evil"),
        ("<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><b>evil</b></body></foreignObject>", "evil"),
        ('<iframe xmlns="http://www.w3.org/1999/xhtml" src="//evil.example"/>', "evil"),
        ('<animate attributeName="href" to="javascript:alert(1)"/>', "alert"),
        ('<set attributeName="onload" to="alert(1)"/>', "alert"),
        ('<filter id="f"><feImage href="http://evil.example/x"/></filter>', "evil"),
        ('<use href="http://evil.example/x.svg#a"/>', "evil"),
        ("<metadata>evil: who drew it</metadata><desc>evil</desc><title>evil</title>", "evil"),
        ("<!-- evil --><?xml-stylesheet href='evil.css'?>", "evil"),
    ],
)
def test_whatever_is_more_than_a_shape_is_left_out(inside: str, never: str) -> None:
    clean = cleaned(vector(SHAPE + inside))
    assert never not in clean
    assert '<rect width="4" height="2" fill="red" />' in clean
    assert "<a" not in clean
    # Nothing of it is left that a second look would take away.
    assert cleaned(clean.encode()) == clean


def test_an_attribute_of_the_root_is_no_way_in() -> None:
    clean = cleaned(vector(attributes='viewBox="0 0 100 50" onload="alert(1)" style="fill:blue" class="x"'))
    assert "alert" not in clean
    assert 'fill="blue"' in clean


def test_a_doctype_without_entities_is_dropped() -> None:
    before = '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">'
    assert "DOCTYPE" not in cleaned(vector(before=before))


def test_a_billion_laughs_are_refused() -> None:
    laughs = "".join(f'<!ENTITY a{n} "' + f"&a{n - 1};" * 10 + '">' for n in range(1, 10))
    before = f'<!DOCTYPE svg [<!ENTITY a0 "ha">{laughs}]>'
    assert why(vector("<text>&a9;</text>", before)) is Refusal.TOO_MUCH


def test_an_entity_from_a_file_is_refused() -> None:
    before = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    assert why(vector("<text>&x;</text>", before)) is Refusal.TOO_MUCH


def test_a_bomb_of_uses_is_only_its_seed() -> None:
    doubled = "".join(f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 10 + "</g>" for n in range(1, 20))
    clean = cleaned(vector(f'<g id="g0">{SHAPE}</g>{doubled}<use href="#g19"/>'))
    assert "use" not in clean
    assert clean.count("<rect") == 1


def test_too_deep_or_too_many_is_refused() -> None:
    assert why(vector("<g>" * 100 + SHAPE + "</g>" * 100)) is Refusal.TOO_MUCH
    assert why(vector(SHAPE * (svg.MOST_ELEMENTS + 1))) is Refusal.TOO_MUCH
    assert why(vector(SHAPE + "<!--" + "x" * svg.MOST_BYTES + "-->")) is Refusal.TOO_MUCH


@pytest.mark.parametrize(
    "data",
    [
        vector('<image href="#" width="1" height="1"/>'),
        vector(attributes=""),
        vector(attributes='viewBox="0 0 0 0"'),
        vector(attributes='viewBox="0 0 nan inf"'),
        vector(attributes='width="100%" height="100%"'),
        vector(attributes='viewBox="0 0 1000 1"'),
    ],
)
def test_an_svg_without_shapes_or_size_is_refused(data: bytes) -> None:
    assert why(data) is Refusal.NOTHING_TO_SEE


def test_a_size_in_millimetres_does() -> None:
    assert 'width="1000" height="500"' in cleaned(vector(attributes='width="20mm" height="10mm"'))


def test_a_style_sheet_that_was_left_out_is_told() -> None:
    assert drawn(vector(f"<style>rect{{fill:blue}}</style>{SHAPE}")).lost_styles
    assert not drawn(vector()).lost_styles


# --- Pictures ---------------------------------------------------------------------------------------------------------


def test_a_photo_loses_where_it_was_taken_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "A telling maker"
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 26.0, 46.0), 3: "W", 4: (79.0, 58.0, 56.0)})
    data = picture("JPEG", (300, 200), exif=exif, comment=b"a telling comment")
    assert b"telling" in data
    image = kept(data)
    assert image.size == (200, 300)
    assert not image.getexif()
    assert "exif" not in image.info
    assert b"telling" not in drawn(data).content


def test_the_texts_of_a_png_are_gone() -> None:
    told = PngInfo()
    told.add_text("Author", "A telling name")
    told.add_itxt("XML:com.adobe.xmp", "A telling name", zip=True)
    data = picture(pnginfo=told, icc_profile=b"A telling profile")
    assert b"telling" not in drawn(data).content
    assert not {"Author", "icc_profile", "xmp"} & set(kept(data).info)


def test_a_picture_that_is_something_else_too_is_only_a_picture() -> None:
    data = picture() + b"<script>alert(1)</script>%PDF-1.4 PK\x03\x04"
    assert b"alert" not in drawn(data).content
    assert b"PK\x03\x04" not in drawn(data).content


def test_a_large_picture_is_made_smaller_and_a_clear_one_lies_on_white_paper() -> None:
    assert kept(picture(size=(5000, 2500))).size == (2000, 1000)
    out = BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(out, "PNG")
    assert kept(out.getvalue()).convert("RGB").getpixel((50, 50)) == (255, 255, 255)


def test_a_bomb_of_pixels_is_refused_before_it_is_unpacked() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    for side in (7_000, 60_000):
        header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        body = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        assert why(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body) is Refusal.TOO_MANY_PIXELS


def test_a_bomb_of_text_in_a_png_is_refused() -> None:
    told = PngInfo()
    told.add_text("x", "a" * 20_000_000, zip=True)
    assert why(picture(pnginfo=told)) is Refusal.BROKEN


@pytest.mark.parametrize(
    "data", [picture()[:200], picture("JPEG")[:200], b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0junk"]
)
def test_a_broken_picture_is_refused(data: bytes) -> None:
    assert why(data) is Refusal.BROKEN


def test_a_speck_is_refused() -> None:
    assert why(picture(size=(300, 5))) is Refusal.TOO_SMALL


# --- PDF --------------------------------------------------------------------------------------------------------------


def test_the_page_that_was_asked_for_is_drawn() -> None:
    data = pages(3)
    first, third = kept(data), kept(data, 3)
    assert max(first.size) == max(third.size) == 2000
    assert first.size != third.size


def test_a_page_that_is_not_there_is_refused() -> None:
    assert why(pages(3), 4) is Refusal.NO_SUCH_PAGE


def test_a_pdf_of_many_pages_draws_only_one() -> None:
    assert max(kept(pages(200), 200).size) == 2000


@pytest.mark.parametrize("data", [b"%PDF-1.7\njunk", pages(1)[:300]])
def test_a_broken_pdf_is_refused(data: bytes) -> None:
    assert why(data) is Refusal.BROKEN


def test_a_pdf_with_a_password_is_refused() -> None:
    trailer = (
        b"<< /Root 1 0 R /Size 4 /ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -1 /O <%b> /U <%b> >> >>"
    )
    body = (
        b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n"
        b"2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n"
        b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >> endobj\n"
    )
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(
        b"%010d 00000 n \n" % body.index(b"%d 0 obj" % number) for number in (1, 2, 3)
    )
    end = b"trailer\n" + trailer % (b"00" * 32, b"11" * 32) + b"\nstartxref\n%d\n%%%%EOF" % len(body)
    assert why(body + table + end) is Refusal.LOCKED


def test_a_pdf_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawings, "SECONDS", 0.001)
    assert why(pages(1)) is Refusal.TOO_MUCH


# --- What it is none of -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"   \n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert why(data) is Refusal.EMPTY


@pytest.mark.parametrize(
    "data",
    [
        b"<!doctype html><html><body><script>alert(1)</script></body></html>",
        b"<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>",
        b"<svg>no namespace</svg>",
        b"<svg",
        b"GIF89a\x01\x00\x01\x00",
        b"\x1f\x8b\x08\x00svgz",
        b"PK\x03\x04",
        vector().decode().encode("utf-16"),
        b"MZ\x90\x00",
    ],
)
def test_what_is_no_plan_is_refused_by_what_it_is(data: bytes) -> None:
    assert why(data) is Refusal.UNKNOWN


def test_more_than_ten_megabytes_are_refused() -> None:
    assert why(picture() + b"\0" * drawings.MOST_BYTES) is Refusal.TOO_LARGE
