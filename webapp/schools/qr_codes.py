"""QR codes, drawn for a phone's camera."""

import segno


def drawn(text: str) -> str:
    """The code as the address of a picture: black on white, with the quiet zone that cameras ask for."""
    # Level M: a sheet at a door gets scratched.
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=4, light="#fff", omitsize=True)
