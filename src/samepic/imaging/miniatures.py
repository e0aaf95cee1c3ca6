"""A picture's miniature: the whole of it, small enough to be kept of millions, large enough to be laid on another."""

from __future__ import annotations

from PIL import Image

from samepic.imaging.cropping import Box
from samepic.imaging.pixels import to_srgb
from samepic.model.picture import Miniature

EDGE_PX = 32
"""The shorter side. Measured: docs/why/2026-11-22-same-picture.md."""

LONGEST = 2
"""The longer side in shorter ones; of a longer picture the middle is kept, which holds every square that is shown."""

COLOUR_CELL_PX = 4
"""Colours are kept for squares of so many pixels: encoders keep less of them than of lightness, and so do we."""


def miniature_of(image: Image.Image, shown: Box | None = None) -> Miniature:
    """Take the miniature of a picture that is decoded already, upright, of any size; or of the part that is shown."""
    begin_x, begin_y, end_x, end_y = shown or (0, 0, *image.size)
    width, height = end_x - begin_x, end_y - begin_y
    shorter = min(width, height)
    across, down = min(width, LONGEST * shorter), min(height, LONGEST * shorter)
    left, top = begin_x + (width - across) / 2, begin_y + (height - down) / 2
    size = (round(EDGE_PX * across / shorter), round(EDGE_PX * down / shorter))
    box = (left, top, left + across, top + down)
    small = to_srgb(image.resize(size, Image.Resampling.HAMMING, box, reducing_gap=3.0))
    luma, blue, red = small.convert("YCbCr").split()
    cells = (max(1, size[0] // COLOUR_CELL_PX), max(1, size[1] // COLOUR_CELL_PX))
    colours = [plane.resize(cells, Image.Resampling.BOX).tobytes() for plane in (blue, red)]
    return Miniature(size[0], size[1], luma.tobytes(), cells[0], colours[0] + colours[1])
