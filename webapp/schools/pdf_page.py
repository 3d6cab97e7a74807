"""Draws one page of a PDF, as a program of its own: `python pdf_page.py PAGE PIXELS` reads the file and writes a PNG.

A reader of PDFs is large and knows much; so it works in a process that has little memory and time, and ends with the
page. It does not know the application either.
"""

import resource
import sys
from contextlib import suppress
from typing import Final

LOCKED: Final = 3
NO_SUCH_PAGE: Final = 4
BROKEN: Final = 5
SECONDS: Final = 15
BYTES: Final = 2 * 1024 * 1024 * 1024


def main(page: int, pixels: int) -> int:
    """Zero, or what is wrong."""
    # Some systems know no limit of memory.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    import pypdfium2  # noqa: PLC0415  # under the limits too

    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    except pypdfium2.PdfiumError as error:
        return LOCKED if "password" in str(error).lower() else BROKEN
    if not 1 <= page <= len(document):
        return NO_SUCH_PAGE
    try:
        drawn = document[page - 1]
        scale = pixels / max(1.0, *drawn.get_size())
        drawn.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB").save(sys.stdout.buffer, "PNG")
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
        return BROKEN
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
