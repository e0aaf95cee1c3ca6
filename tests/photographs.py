"""Pictures as large, as rich in detail and as noisy as cameras make them, around faces that the program drew."""

from __future__ import annotations

import io
from math import ceil

import numpy
from PIL import Image

from localtenant.worlds.portraits import draw

_WAVES_PX = (128, 64, 32, 16, 8, 4, 2)
"""Photographs have as much detail in every octave: coarse waves are strong, fine ones weak."""

_WAVES, _GRAIN = 1.2, 5.0
"""Levels of 255, so that twelve million pixels at quality 90 take three megabytes, as from a telephone."""


_WIDE_PX = 3024
"""Of a photograph as the camera took it."""


def photograph(number: int, width: int = _WIDE_PX, height: int = 4032) -> Image.Image:
    """An upright portrait; the same number gives the same pixels. A smaller one is like a large one scaled down."""
    face = Image.open(io.BytesIO(draw(7, f"p{number}~tall"))).convert("RGB")
    pixels = numpy.asarray(face.resize((width, height), Image.Resampling.BICUBIC), dtype=numpy.float32)
    random = numpy.random.default_rng(number)
    detail = numpy.zeros((height, width), numpy.float32)
    scale = width / _WIDE_PX
    for wave_px in _WAVES_PX:
        if wave_px * scale >= 2:
            cells = ceil(height / (wave_px * scale)), ceil(width / (wave_px * scale))
            coarse = Image.fromarray(random.standard_normal(cells, dtype=numpy.float32))
            waves = numpy.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC))
            detail += waves * numpy.float32(_WAVES * wave_px**0.5)
    detail += random.standard_normal((height, width), dtype=numpy.float32) * numpy.float32(_GRAIN * scale)
    return Image.fromarray((pixels + detail[..., None]).clip(0, 255).astype(numpy.uint8))


def as_jpeg(image: Image.Image, quality: int = 90) -> bytes:
    """As a camera would keep it: 4:2:0, not progressive."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()
