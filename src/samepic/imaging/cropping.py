"""Which square of a picture is shown: the person's own, else the upper middle."""

from __future__ import annotations

from enum import Enum

from samepic.imaging.header import Header
from samepic.model.picture import CropBox

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels of the decoded picture; a JPEG decoded at a fraction has fractions of pixels."""


class Crop(Enum):
    """Where the square is cut from a picture that is not square, as the share of the spare length left above."""

    UPPER_CENTRE = 0.25  # faces sit in the upper half of a portrait
    CENTRE = 0.5


def square_px(header: Header, crop: Crop | CropBox) -> int:
    """The edge of the square in pixels of the original: what a rendition can show at most."""
    shorter = min(header.width_px, header.height_px)
    return min(shorter, crop.edge_px) if isinstance(crop, CropBox) else shorter


def square_box(size: tuple[int, int], header: Header, crop: Crop | CropBox) -> Box:
    """Where the square lies in the decoded, upright picture of this size."""
    width, height = size
    if isinstance(crop, Crop):
        edge = min(width, height)
        left = (width - edge) // 2
        # A landscape is cut at its middle; only height has an upper half.
        top = round((height - edge) * crop.value)
        return left, top, left + edge, top + edge
    # The shorter sides are compared, because the header tells of the picture before EXIF has turned it.
    scale = min(size) / min(header.width_px, header.height_px)
    chosen = min(crop.edge_px * scale, width, height)
    x = min(max(crop.left_px * scale, 0), width - chosen)
    y = min(max(crop.top_px * scale, 0), height - chosen)
    return x, y, x + chosen, y + chosen
