"""Where formats whose size stands in a plain place keep it."""

from __future__ import annotations

import struct

from samepic.imaging.faults import Fault, Unreadable

_MOST_BLOCKS = 10_000
"""Of a GIF, before its first frame; a comment has one for each 255 letters."""


def png_size(data: bytes) -> tuple[int, int]:
    """IHDR is always the first chunk (PNG, third edition, 5.6)."""
    if data[12:16] not in (b"IHDR", b""):
        raise Unreadable(Fault.BROKEN, "This PNG does not begin with its header.")
    width, height = struct.unpack_from(">II", data, 16)
    return int(width), int(height)


def webp_size(data: bytes) -> tuple[int, int]:
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


def gif_size(data: bytes) -> tuple[int, int]:
    """The screen, or what the first frame reaches beyond it (GIF89a, 18 and 20): decoders make room for both."""
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = 13 + _table_bytes(flags)
    for _ in range(_MOST_BLOCKS):
        if data[at] == 0x2C:
            left, top, across, down = struct.unpack_from("<HHHH", data, at + 1)
            return max(width, left + across), max(height, top + down)
        if data[at] != 0x21:
            break
        at = _behind_blocks(data, at + 2)
    raise Unreadable(Fault.BROKEN, "This GIF has no frame.")


def _table_bytes(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _behind_blocks(data: bytes, at: int) -> int:
    for _ in range(_MOST_BLOCKS):
        if data[at] == 0:
            return at + 1
        at += 1 + data[at]
    raise Unreadable(Fault.BROKEN, "This GIF has more in front of its first frame than any has.")


def bmp_size(data: bytes) -> tuple[int, int]:
    """The old header has two short numbers, every later one two long ones; a negative height is stored from above."""
    (header_bytes,) = struct.unpack_from("<I", data, 14)
    if header_bytes == 12:
        width, height = struct.unpack_from("<HH", data, 18)
    else:
        width, height = struct.unpack_from("<ii", data, 18)
    return max(0, int(width)), abs(int(height))


def tiff_size(data: bytes) -> tuple[int, int]:
    """Tags 256 and 257 of the first directory (TIFF 6.0, section 2)."""
    order = "<" if data.startswith(b"II") else ">"
    (at,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, at)
    sizes = {}
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind = struct.unpack_from(f"{order}HH", data, entry)
        if tag in (256, 257) and tag not in sizes:
            (sizes[tag],) = struct.unpack_from(f"{order}{'H' if kind == 3 else 'I'}", data, entry + 8)
    if len(sizes) < 2:
        raise Unreadable(Fault.BROKEN, "This TIFF does not tell its size.")
    return sizes[256], sizes[257]
