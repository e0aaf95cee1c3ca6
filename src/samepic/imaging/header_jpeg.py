"""What a JPEG says of itself (ITU T.81)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from contextlib import suppress

from samepic.imaging.faults import Fault, Unreadable

_START_OF_FRAME = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_WITHOUT_LENGTH = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})

_MARKER = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")
"""Any marker but those that stand within a scan's own data: a stuffed FF 00 and the restart markers."""

_SOS, _EOI = 0xDA, 0xD9
_START_OF_SCAN = bytes((0xFF, _SOS))
_PROGRESSIVE = 0xC2
_LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
_ARITHMETIC = frozenset({0xC9, 0xCA, 0xCD, 0xCE})


def read_jpeg(data: bytes) -> tuple[int, int, bool]:
    """Width, height, and whether it can be decoded at a fraction of its size without keeping all of it.

    A progressive JPEG, and one whose colours come one after another, is kept whole until its last scan.
    """
    for marker, at in _segments(data):
        if marker in _START_OF_FRAME:
            height, width, colours = struct.unpack_from(">HHB", data, at + 5)
            _refuse_unusual(marker, data[at + 4])
            return int(width), int(height), marker != _PROGRESSIVE and _colours_of_first_scan(data) == colours
    raise Unreadable(Fault.BROKEN, "This JPEG is broken before its first line.")


def jpeg_kept_bytes(data: bytes) -> int:
    """What a decoder keeps of a JPEG that it cannot decode at a fraction: all coefficients, two bytes each.

    Colours at half the edge have a quarter of them. libjpeg-turbo cannot put them elsewhere (jmemnobs.c).
    """
    for marker, at in _segments(data):
        if marker in _START_OF_FRAME:
            height, width, colours = struct.unpack_from(">HHB", data, at + 5)
            factors = [divmod(data[at + 11 + 3 * each], 16) for each in range(colours)]
            most = max((across for across, _ in factors), default=0) * max((down for _, down in factors), default=0)
            if most:
                return int(2 * width * height * sum(across * down for across, down in factors) // most)
    raise Unreadable(Fault.BROKEN, "This JPEG is broken before its first line.")


def _segments(data: bytes) -> Iterator[tuple[int, int]]:
    """The marker and the place of each segment up to the first scan (B.1.1.4)."""
    at, marker = 2, 0
    while marker != _SOS:
        if data[at] != 0xFF:
            raise Unreadable(Fault.BROKEN, "This JPEG is broken before its first line.")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _WITHOUT_LENGTH:
            at += 2
        else:
            yield marker, at
            (length,) = struct.unpack_from(">H", data, at + 2)
            if length < 2:
                raise Unreadable(Fault.BROKEN, "This JPEG is broken before its first line.")
            at += 2 + length


def _refuse_unusual(kind: int, bits: int) -> None:
    """What no browser shows: it is the picture of no person who has seen it anywhere."""
    if kind in _LOSSLESS:
        why = "a lossless JPEG"
    elif kind in _ARITHMETIC:
        why = "a JPEG with arithmetic coding"
    elif kind > _PROGRESSIVE:
        why = "a hierarchical JPEG"
    elif bits != 8:
        why = f"a JPEG of {bits} bits for each colour"
    else:
        return
    raise Unreadable(Fault.UNSUPPORTED_FORMAT, f"This is {why}, which no browser shows; saved anew it can be used.")


def _colours_of_first_scan(data: bytes) -> int:
    """0 where the picture ends or breaks before it."""
    with suppress(struct.error, IndexError, Unreadable):
        for marker, at in _segments(data):
            if marker == _SOS:
                return data[at + 4]
    return 0


def jpeg_scans(data: bytes, most: int) -> int:
    """How many scans a JPEG has at most, counted no further than one above `most`.

    Each scan of a progressive JPEG costs a pass over all its pixels and may take a few bytes only, so that a small
    file can keep a decoder busy for minutes (libjpeg-turbo's own tools have `-maxscans` against it).
    """
    if (at_most := data.count(_START_OF_SCAN)) <= most:
        return at_most  # the walk below counts fewer, those within metadata left out; for a photograph it takes longer
    at = found = 0
    while found <= most and (marker := _MARKER.search(data, at)):
        at, kind = marker.end(), data[marker.end() - 1]
        if kind == _EOI or at + 2 > len(data):
            break
        if kind not in _WITHOUT_LENGTH:
            at += struct.unpack_from(">H", data, at)[0]
            found += kind == _SOS
    return found
