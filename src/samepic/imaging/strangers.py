"""What is no picture that we read, told by its content, and what is a picture and something else at the same time."""

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

_HEAD_BYTES = 1024
"""Where readers of PDF look for its beginning, and browsers for HTML."""

_PDF_HEAD = re.compile(rb"%PDF-\d\.\d")
_PAGE_HEAD = re.compile(rb"<(?:html|svg|body)[\s>]|<!doctype html", re.I)
_ANYWHERE = (
    (re.compile(rb"<(?:script[\s>]|\?php\s|hta:application)", re.I), "a script"),
    (re.compile(rb"Rar!\x1a\x07[\x00\x01]"), "an archive"),
    (re.compile(rb"7z\xbc\xaf\x27\x1c\x00"), "an archive"),
)
"""One beginning in each: an expression for either of two is tried at every byte, 16 ms of a photograph instead of 3."""

_ZIP_END, _ZIP_END_BYTES, _ZIP_REACH = b"PK\x05\x06", 22, 65_557


def stranger(data: bytes) -> Unreadable:
    """Name what is none of ours."""
    text = data[: 4 * _HEAD_BYTES].lstrip(_BLANK)
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


def refuse_polyglot(data: bytes) -> None:
    """Refuse a picture that another program would open as something else. Raises Unreadable.

    Each sign is so long, or has to be in such a place, that no picture has it by chance.
    """
    also = _also(data)
    if also is not None:
        raise Unreadable(Fault.POLYGLOT, f"This is a picture and {also} at the same time; plain pictures are read.")


def _also(data: bytes) -> str | None:
    head = data[:_HEAD_BYTES]
    if _PDF_HEAD.search(head):
        return "a PDF"
    if _PAGE_HEAD.search(head):
        return "a web page"
    if _ends_as_zip(data):
        return "a ZIP archive"
    return next((name for pattern, name in _ANYWHERE if pattern.search(data)), None)


def _ends_as_zip(data: bytes) -> bool:
    """Whether an archive's end record stands where one can stand, and its directory where that says (APPNOTE, 4.3.16).

    Nothing need be the archive's beginning: whoever opens it reads from its end.
    """
    tail = data[-_ZIP_REACH:]
    at = tail.rfind(_ZIP_END)
    while at >= 0:
        record = tail[at : at + _ZIP_END_BYTES]
        if len(record) == _ZIP_END_BYTES and at + _ZIP_END_BYTES + int.from_bytes(record[20:], "little") <= len(tail):
            directory = len(data) - len(tail) + at - int.from_bytes(record[12:16], "little")
            if directory >= 0 and data[directory : directory + 4] == b"PK\x01\x02":
                return True
        at = tail.rfind(_ZIP_END, 0, at)
    return False
