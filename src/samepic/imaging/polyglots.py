"""What is a picture and something else at the same time, told by its content."""

from __future__ import annotations

import re
import sys

import numpy

from samepic.imaging.faults import Fault, Unreadable

_HEAD_BYTES = 1024
"""Where readers of PDF look for its beginning, and browsers for HTML."""

_PDF_HEAD = re.compile(rb"%PDF-\d\.\d")
_PAGE_HEAD = re.compile(rb"<(?:html|svg|body)[\s>]|<!doctype html", re.I)
_SCRIPT = re.compile(rb"<(?:script[\s>]|\?php\s|hta:application)", re.I)
_ARCHIVES = (
    (re.compile(rb"Rar!\x1a\x07[\x00\x01]"), b"\x1a\x07", 4),
    (re.compile(rb"7z\xbc\xaf\x27\x1c\x00"), b"\xbc\xaf", 2),
)
"""How they begin, two bytes that stand in that, and where."""

_AT_ONCE = 1 << 16
"""Pairs of bytes that NumPy compares at once; what it makes of them stays in the processor's cache."""

_BY_CHANCE = 64
"""In so many pairs a certain one comes once by chance. Where it comes more often than this, somebody put it there."""

_ZIP_END, _ZIP_END_BYTES, _ZIP_REACH = b"PK\x05\x06", 22, 65_557


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
    if _SCRIPT.search(data):
        return "a script"
    return "an archive" if any(_stands_in(data, *archive) for archive in _ARCHIVES) else None


def _stands_in(data: bytes, beginning: re.Pattern[bytes], pair: bytes, at: int) -> bool:
    """What `beginning.search` says, in a third of its time: of a photograph every byte has to be looked at."""
    wanted = int.from_bytes(pair, sys.byteorder)
    for odd in (0, 1):
        pairs = numpy.frombuffer(data, numpy.uint16, max(0, len(data) - odd) // 2, odd if data else 0)
        for begin in range(0, len(pairs), _AT_ONCE):
            found = numpy.flatnonzero(pairs[begin : begin + _AT_ONCE] == wanted)
            if len(found) > _BY_CHANCE:
                return beginning.search(data) is not None
            if any(beginning.match(data, max(0, odd + 2 * (begin + int(each)) - at)) for each in found):
                return True
    return False


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
