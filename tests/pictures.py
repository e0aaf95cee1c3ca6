"""Pictures for tests that need pixels, not people: coarse mosaics, all different, nothing flat."""

from __future__ import annotations

import io
from typing import Any

import numpy
from PIL import Image
from PIL.ExifTags import Base

_AS_STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""By EXIF's orientation: what was done to an upright picture that a viewer then turns back."""


def mosaic(seed: int, width: int = 200, height: int = 200) -> Image.Image:
    """A smooth picture of 9 by 9 random colours; the same seed gives the same pixels."""
    coarse = numpy.random.default_rng(seed).integers(0, 255, (9, 9, 3), dtype=numpy.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, name: str = "JPEG", **options: Any) -> bytes:
    """The image's bytes in one of Pillow's formats."""
    out = io.BytesIO()
    image.save(out, name, **options)
    return out.getvalue()


def turned(upright: Image.Image, orientation: int) -> tuple[Image.Image, Image.Exif]:
    """The pixels as a camera stores them that was held so, 1 to 8, and the EXIF that says so."""
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    return (upright.transpose(_AS_STORED[orientation]) if orientation in _AS_STORED else upright), exif
