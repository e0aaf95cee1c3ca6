"""What the first bytes of a picture tell, learnt without decoding anything.

Some decoders reserve room for all pixels when they open a file, so the size has to be known before.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from samepic.imaging.faults import Fault, Unreadable
from samepic.imaging.header_boxes import boxed_size
from samepic.imaging.header_jpeg import read_jpeg
from samepic.imaging.header_plain import bmp_size, gif_size, png_size, tiff_size, webp_size
from samepic.imaging.strangers import stranger
from samepic.model.picture import PictureFormat, format_of

_SIZES: dict[PictureFormat, Callable[[bytes], tuple[int, int]]] = {
    PictureFormat.PNG: png_size,
    PictureFormat.WEBP: webp_size,
    PictureFormat.AVIF: boxed_size,
    PictureFormat.HEIC: boxed_size,
    PictureFormat.GIF: gif_size,
    PictureFormat.BMP: bmp_size,
    PictureFormat.TIFF: tiff_size,
}


@dataclass(frozen=True, slots=True)
class Header:
    """What a picture says of itself before it is decoded.

    Sizes are as stored, before anything turns them. is_scaled: a decoder may pass over pixels nobody needs, so that
    the picture's size costs no memory.
    """

    format: PictureFormat
    width_px: int
    height_px: int
    is_scaled: bool = False


def read_header(data: bytes) -> Header:
    """Tell format and size by content alone. Raises Unreadable."""
    if not data:
        raise Unreadable(Fault.EMPTY, "The picture has no bytes at all.")
    found = format_of(data)
    if found is None:
        raise stranger(data)
    try:
        if found is PictureFormat.JPEG:
            return Header(found, *read_jpeg(data))
        return Header(found, *_SIZES[found](data))
    except (struct.error, IndexError):
        raise Unreadable(Fault.TRUNCATED, "The picture ends before it has told its size.") from None
