"""Files as answers: with a name to keep them under, and however long they are, in no more memory than a short one."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from flask import Response

from webapp.web.pdf import Drawn
from webapp.web.sheets import PIECE, Kind, Sheet, write_xlsx

MEDIA_TYPES: Final = {
    Kind.CSV: "text/csv; charset=utf-8",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.JSON: "application/json",
    Drawn.PDF: "application/pdf",
    Drawn.PNG: "image/png",
}
IN_MEMORY: Final = 1024 * 1024


def download(name: str, kind: Kind | Drawn, content: Iterable[bytes] | tuple[Sheet, ...]) -> Response:
    """A file to keep, `name` without its ending; of sheets, or else of pieces.

    It is written whole, to the disk, before the first byte is sent: what goes wrong is told as on every page, and
    whoever reads slowly holds nobody up at the database.
    """
    # Closed when the last piece was sent, or with the answer.
    file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
    write(file, content)
    size = file.tell()
    file.seek(0)
    answer = Response(_read(file), content_type=MEDIA_TYPES[kind])
    answer.content_length = size
    answer.headers.set("Content-Disposition", "attachment", filename=f"{file_name(name)}.{kind}")
    return answer


def write(file: IO[bytes], content: Iterable[bytes] | tuple[Sheet, ...]) -> None:
    """Writes it; the file stands at its end then."""
    if isinstance(content, tuple):
        write_xlsx(file, *content)
        file.seek(0, 2)
        return
    for piece in content:
        file.write(piece)


def file_name(words: str) -> str:
    """Words as a file name that every system takes: small letters and digits with hyphens between them."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "listen-in"


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
