"""What the first bytes of a picture tell, learnt without decoding anything.

Pillow's WebP reader reserves room for the whole canvas when it opens a file, so the size has to be known before.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from samepic.imaging.faults import Fault, Unreadable
from samepic.model.picture import PictureFormat

_START_OF_FRAME = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
_NOT_PROGRESSIVE = frozenset({0xC0, 0xC1})
_WITHOUT_LENGTH = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})

_MARKER = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")
"""Any marker but those that stand within a scan's own data: a stuffed FF 00 and the restart markers."""

_SOS, _EOI = 0xDA, 0xD9
_START_OF_SCAN = bytes((0xFF, _SOS))

_OTHERS = (
    (b"GIF87a", 0, "GIF"),
    (b"GIF89a", 0, "GIF"),
    (b"BM", 0, "BMP"),
    (b"II*\x00", 0, "TIFF"),
    (b"MM\x00*", 0, "TIFF"),
    (b"ftypavif", 4, "AVIF"),
    (b"ftypheic", 4, "HEIC"),
    (b"ftypheix", 4, "HEIC"),
    (b"ftypmif1", 4, "HEIC"),
    (b"\x00\x00\x01\x00", 0, "icon"),
    (b"%PDF", 0, "PDF"),
    (b"<svg", 0, "SVG"),
)


@dataclass(frozen=True, slots=True)
class Header:
    """What a picture says of itself before it is decoded."""

    format: PictureFormat
    width_px: int
    height_px: int


def read_header(data: bytes) -> Header:
    """Tell format and size by content alone. Raises Unreadable."""
    if not data:
        raise Unreadable(Fault.EMPTY, "The picture has no bytes at all.")
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return Header(PictureFormat.JPEG, *_jpeg_size(data))
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return Header(PictureFormat.PNG, *_png_size(data))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return Header(PictureFormat.WEBP, *_webp_size(data))
    except (struct.error, IndexError):
        raise Unreadable(Fault.TRUNCATED, "The picture ends before it has told its size.") from None
    for magic, at, name in _OTHERS:
        if data[at : at + len(magic)] == magic:
            raise Unreadable(Fault.UNSUPPORTED_FORMAT, f"This is {name}; JPEG, PNG and WebP are read.")
    raise Unreadable(Fault.NOT_AN_IMAGE, "These bytes are no picture: neither JPEG, PNG nor WebP.")


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """The marker and the place of each segment up to the first scan (ITU T.81, B.1.1.4)."""
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


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """From the frame header (ITU T.81, B.2.2)."""
    for marker, at in _jpeg_segments(data):
        if marker in _START_OF_FRAME:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return int(width), int(height)
    raise Unreadable(Fault.BROKEN, "This JPEG is broken before its first line.")


def _is_one_scan(data: bytes) -> bool:
    """Whether a JPEG is not progressive and its first scan has all its colours: the decoder then reads no other one."""
    colours = None
    with suppress(struct.error, IndexError):
        for marker, at in _jpeg_segments(data):
            if marker in _NOT_PROGRESSIVE:
                colours = data[at + 9]
            elif marker == _SOS:
                return data[at + 4] == colours
    return False


def jpeg_scans(data: bytes, most: int) -> int:
    """How many scans a JPEG has at most, counted no further than one above `most`.

    Each scan of a progressive JPEG costs a pass over all its pixels and may take a few bytes only, so that a small
    file can keep a decoder busy for minutes (libjpeg-turbo's own tools have `-maxscans` against it).
    """
    if _is_one_scan(data):
        return 1
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


def _png_size(data: bytes) -> tuple[int, int]:
    """IHDR is always the first chunk (PNG, third edition, 5.6)."""
    if data[12:16] not in (b"IHDR", b""):
        raise Unreadable(Fault.BROKEN, "This PNG does not begin with its header.")
    width, height = struct.unpack_from(">II", data, 16)
    return int(width), int(height)


def _webp_size(data: bytes) -> tuple[int, int]:
    """The three kinds of WebP keep their size in three places (RFC 9649, 2.5 to 2.7)."""
    kind = data[12:16]
    if kind == b"VP8X":
        low, high = struct.unpack_from("<HB", data, 24), struct.unpack_from("<HB", data, 27)
        return 1 + low[0] + (low[1] << 16), 1 + high[0] + (high[1] << 16)
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return 1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise Unreadable(Fault.BROKEN, "This WebP does not begin with its header.")
