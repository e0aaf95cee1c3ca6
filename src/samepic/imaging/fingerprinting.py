"""A picture's fingerprint: what stays of it when it is encoded again, scaled, or slightly cut.

The lowest frequencies of a discrete cosine transform of the grey picture, each above or below their median
(the perceptual hash of Zauner, 2010, with 16 by 16 frequencies instead of 8 by 8).
"""

from __future__ import annotations

import math

import numpy
from numpy.typing import NDArray
from PIL import Image

from samepic.imaging.cropping import Crop, square_box
from samepic.imaging.decoding import bounded, translated
from samepic.imaging.header import Header
from samepic.imaging.limits import MAX_BYTES, MAX_PIXELS
from samepic.imaging.miniatures import miniature_of
from samepic.imaging.pixels import decode, square, to_srgb
from samepic.imaging.placeholders import is_placeholder
from samepic.model.picture import CropBox, Fingerprint, Picture

EDGE_PX = 48
"""Pixels that the transform is taken of: the smallest rendition that any system keeps."""

ENOUGH_PX = 2 * EDGE_PX
"""What a picture is decoded at for its fingerprint alone: the scaling filter wants something to choose from."""

_FREQUENCIES = 16

Grey = NDArray[numpy.float64]


def fingerprint(picture: Picture) -> Fingerprint:
    """Take a picture's fingerprint, about a millisecond. Raises Unreadable."""
    header = bounded(picture.data, MAX_BYTES, MAX_PIXELS)
    image = decode(picture.data, header, ENOUGH_PX)
    with translated():
        return fingerprint_of(image, header)


def fingerprint_of(image: Image.Image, header: Header, crop: Crop | CropBox = Crop.UPPER_CENTRE) -> Fingerprint:
    """Take the fingerprint of a picture that is decoded already, at EDGE_PX or more. `crop` is the square we show.

    A person's own square is the whole picture to whoever is shown it, and the miniature is of that.
    """
    shown, middle = (square_box(image.size, header, each) for each in (crop, Crop.CENTRE))
    upper = to_srgb(square(image, shown, EDGE_PX))
    centre = upper if shown == middle else to_srgb(square(image, middle, EDGE_PX))
    small = miniature_of(image, shown if isinstance(crop, CropBox) else None)
    hashes = [_bits(each) for each in ((upper,) if centre is upper else (upper, centre))]
    blank = is_placeholder(upper) and (centre is upper or is_placeholder(centre))
    return Fingerprint(hashes[0], hashes[-1], small, blank)


def _bits(image: Image.Image) -> int:
    grey: Grey = numpy.asarray(image.convert("L"), dtype=numpy.float64)
    low = (_COSINES @ grey @ _COSINES.T).ravel()
    above = low > numpy.median(low[1:])
    return int.from_bytes(numpy.packbits(above).tobytes(), "big")


def _cosines() -> Grey:
    """The first rows of the orthonormal DCT-II matrix."""
    rows = numpy.arange(_FREQUENCIES)[:, None]
    columns = numpy.arange(EDGE_PX)[None, :]
    matrix = numpy.cos(math.pi * rows * (2 * columns + 1) / (2 * EDGE_PX))
    scale = numpy.where(rows == 0, math.sqrt(1 / EDGE_PX), math.sqrt(2 / EDGE_PX))
    result: Grey = matrix * scale
    return result


_COSINES = _cosines()
