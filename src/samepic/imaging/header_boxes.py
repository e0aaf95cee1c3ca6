"""The size of an AVIF or HEIC picture, out of its boxes (ISO/IEC 14496-12 and 23008-12)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from samepic.imaging.faults import Fault, Unreadable
from samepic.imaging.header_av1 import sequence_size
from samepic.imaging.limits import MAX_WHOLE_PIXELS
from samepic.model.picture import PictureFormat, format_of

_MOST_BOXES = 4096
"""In one place; a picture of a telephone has a hundred, one for each of its tiles."""

_TO_THE_END = 1 << 32

Span = tuple[int, int]
"""Where a box's content begins and ends."""


def boxed_size(data: bytes) -> tuple[int, int]:
    """What the primary item says that it has, before it is turned (`ispe`); of HEIC, what it is cut to (`clap`).

    Any other item, a tile or a thumbnail, is bounded too. Raises Unreadable.
    """
    meta = _first(data, (0, len(data)), b"meta")
    inside = (meta[0] + 4, meta[1])
    properties = _first(data, inside, b"iprp")
    every = [_Property(data, kind, *span) for kind, span in _boxes(data, _first(data, properties, b"ipco"))]
    told = max((one.size for one in every if one.kind == b"ispe"), key=_pixels, default=(0, 0))
    if _pixels(told) > MAX_WHOLE_PIXELS:
        return told  # the largest decides, whose ever it is
    if any(_pixels(size) > _pixels(told) for size in _coded_sizes(data, inside)):
        raise Unreadable(Fault.BROKEN, "The picture tells two different sizes of itself.")
    own = [every[n - 1] for n in _of_primary(data, inside, properties) if 0 < n <= len(every)]
    whole = next((one.size for one in own if one.kind == b"ispe"), None)
    if whole is None:
        raise Unreadable(Fault.BROKEN, "The picture does not tell its size.")
    if format_of(data) is not PictureFormat.HEIC:
        return whole  # its decoder leaves cutting to others
    return next((one.cut for one in own if one.kind == b"clap"), whole)


def _pixels(size: tuple[int, int]) -> int:
    return size[0] * size[1]


def _coded_sizes(data: bytes, meta: Span) -> Iterator[tuple[int, int]]:
    """The size in the data of each item that is AV1: what its decoder makes room for (`iloc`)."""
    for start, length in _extents(data, _first(data, meta, b"iloc")):
        size = sequence_size(data[start : start + length])
        if size is not None:
            yield size


def _extents(data: bytes, iloc: Span) -> Iterator[tuple[int, int]]:
    """Where each item's first piece lies in the file, and how long it is; items kept elsewhere are left out."""
    at, _ = iloc
    version, widths = data[at], data[at + 4 : at + 6]
    of_offset, of_length, of_base, of_index = widths[0] >> 4, widths[0] & 15, widths[1] >> 4, widths[1] & 15
    count, at = _number(data, at + 6, 4 if version == 2 else 2)
    for _ in range(min(count, _MOST_BOXES)):
        at += 4 if version == 2 else 2
        method, at = _number(data, at, 2) if version else (0, at)
        at += 2
        base, at = _number(data, at, of_base)
        pieces, at = _number(data, at, 2)
        index_bytes = of_index if version else 0
        offset, behind = _number(data, at + index_bytes, of_offset)
        length, _ = _number(data, behind, of_length)
        at += pieces * (index_bytes + of_offset + of_length)
        if pieces and method & 15 == 0:
            yield base + offset, length or _TO_THE_END


def _number(data: bytes, at: int, length: int) -> tuple[int, int]:
    if at + length > len(data):
        raise IndexError(at)
    return int.from_bytes(data[at : at + length], "big"), at + length


@dataclass(frozen=True, slots=True)
class _Property:
    """A box of `ipco`."""

    data: bytes
    kind: bytes
    start: int
    end: int

    @property
    def size(self) -> tuple[int, int]:
        """Of `ispe`: behind its version, two numbers."""
        width, height = struct.unpack_from(">II", self.data, self.start + 4)
        return int(width), int(height)

    @property
    def cut(self) -> tuple[int, int]:
        """Of `clap`: two fractions, width and height; the two that follow are where it lies."""
        width, of_width, height, of_height = struct.unpack_from(">IIII", self.data, self.start)
        return width // max(1, of_width), height // max(1, of_height)


def _of_primary(data: bytes, meta: Span, properties: Span) -> list[int]:
    """The primary item's properties, by their numbers in `ipco`, counted from one (`pitm`, `ipma`)."""
    at, _ = _first(data, meta, b"pitm")
    (primary,) = struct.unpack_from(">I" if data[at] else ">H", data, at + 4)
    at, end = _first(data, properties, b"ipma")
    item, one = (">I" if data[at] else ">H"), (">H" if data[at + 3] & 1 else ">B")
    at += 8
    while at < end:
        (found,) = struct.unpack_from(item, data, at)
        at += struct.calcsize(item)
        count = data[at]
        numbers = struct.unpack_from(f">{count}{one[1]}", data, at + 1)
        if found == primary:
            return [number & (0x7FFF if one == ">H" else 0x7F) for number in numbers]  # the first bit: essential
        at += 1 + count * struct.calcsize(one)
    return []


def _first(data: bytes, within: Span, kind: bytes) -> Span:
    for found, span in _boxes(data, within):
        if found == kind:
            return span
    raise Unreadable(Fault.BROKEN, "The picture does not tell its size.")


def _boxes(data: bytes, within: Span) -> Iterator[tuple[bytes, Span]]:
    at, end = within
    for _ in range(_MOST_BOXES):
        if at + 8 > end:
            return
        length, kind = struct.unpack_from(">I4s", data, at)
        content = at + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, content)
            content += 8
        elif length == 0:
            length = end - at
        if length < content - at:
            raise Unreadable(Fault.BROKEN, "The picture's parts are broken.")
        yield kind, (content, min(at + length, end))
        at += length
