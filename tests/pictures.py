"""Pictures for tests that need pixels, not people: coarse mosaics, all different, nothing flat."""

from __future__ import annotations

import io
from typing import Any

import numpy
from PIL import Image


def mosaic(seed: int, width: int = 200, height: int = 200) -> Image.Image:
    """A smooth picture of 9 by 9 random colours; the same seed gives the same pixels."""
    coarse = numpy.random.default_rng(seed).integers(0, 255, (9, 9, 3), dtype=numpy.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, name: str = "JPEG", **options: Any) -> bytes:
    """The image's bytes in one of Pillow's formats."""
    out = io.BytesIO()
    image.save(out, name, **options)
    return out.getvalue()
