"""What is no picture that we read, told by its content."""

from __future__ import annotations

import re

from samepic.imaging.faults import Fault, Unreadable

READ = "JPEG, PNG, WebP, AVIF, HEIC, GIF, BMP and TIFF are read"

_KNOWN = (
    (0, b"%PDF", "a PDF"),
    (0, b"<svg", "SVG, which is a program and no picture"),
    (0, b"\x00\x00\x01\x00", "an icon"),
    (0, b"II+\x00", "BigTIFF"),
    (0, b"MM\x00+", "BigTIFF"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"%!PS", "PostScript"),
    (0, b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (0, b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (0, b"\xff\x0a", "JPEG XL"),
    (4, b"ftyp", "a film or a kind of HEIF"),
    (0, b"MZ", "a Windows program"),
    (0, b"\x7fELF", "a program"),
    (0, b"\xcf\xfa\xed\xfe", "a program"),
    (0, b"\xca\xfe\xba\xbe", "a program"),
    (0, b"#!", "a script"),
    (0, b"PK\x03\x04", "a ZIP archive or an Office document"),
    (0, b"Rar!\x1a\x07", "an archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "an archive"),
    (0, b"\x1f\x8b", "an archive"),
    (0, b"\xd0\xcf\x11\xe0", "an old Office document"),
)
_BLANK = b"\xef\xbb\xbf \t\r\n"
_SVG = re.compile(rb"(?:(?:<\?xml[^>]*>|<!--(?:(?!-->).)*-->|<!DOCTYPE[^>]*>)\s*)*<svg[\s>]", re.I | re.S)
_HTML = re.compile(rb"<(?:!doctype html|html|head|body|script)[\s>]", re.I)

_HEAD_BYTES = 4096
"""Comments and an XML declaration may stand before an SVG's first element."""


def stranger(data: bytes) -> Unreadable:
    """Name what is none of ours."""
    text = data[:_HEAD_BYTES].lstrip(_BLANK)
    if _SVG.match(text):
        return _unsupported("SVG, which is a program and no picture")
    if _HTML.match(text):
        return Unreadable(Fault.NOT_AN_IMAGE, f"This is a web page and no picture; {READ}.")
    for at, beginning, name in _KNOWN:
        if data[at : at + len(beginning)] == beginning:
            return _unsupported(name)
    return Unreadable(Fault.NOT_AN_IMAGE, f"These bytes are no picture; {READ}.")


def _unsupported(name: str) -> Unreadable:
    return Unreadable(Fault.UNSUPPORTED_FORMAT, f"This is {name}; {READ}.")
