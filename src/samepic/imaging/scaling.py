"""One square of a picture in several sizes, each made once and from the next larger one."""

from __future__ import annotations

from PIL import Image

from samepic.imaging.cropping import Box
from samepic.imaging.pixels import SPARE, square, to_srgb

WHOLE_COLOUR_PX = 96
"""Above this edge colour is kept at half the edge. Why: docs/why/2026-11-22-renditions.md."""

_COLOURS_FILTER = Image.Resampling.BICUBIC
"""Colours without their lightness: averages of whole pixels first, then the cheaper filter, come out the same."""


class Square:
    """A square of a decoded, upright picture, as sRGB without metadata.

    Ask for the largest size first. From it the others are made in a fraction of the time, and nobody sees the
    difference: docs/why/2026-11-22-speed.md.
    """

    def __init__(self, image: Image.Image, box: Box) -> None:
        self._image, self._box = image, box
        self._made: dict[int, Image.Image] = {}

    def at(self, edge_px: int) -> Image.Image:
        """The square with exactly this edge, RGB or YCbCr. Not to be changed: the next one may be made from it."""
        if edge_px not in self._made:
            larger = min((edge for edge in self._made if edge > edge_px), default=None)
            if larger is None:
                self._made[edge_px] = _scaled(self._image, self._box, edge_px)
            else:
                self._made[edge_px] = _scaled(self._made[larger], (0, 0, larger, larger), edge_px)
        return self._made[edge_px]


def _scaled(image: Image.Image, box: Box, edge_px: int) -> Image.Image:
    if image.mode != "YCbCr":
        # Colours are converted after scaling: there are fewer pixels then.
        return to_srgb(square(image, box, edge_px))
    if edge_px <= WHOLE_COLOUR_PX or edge_px % 2:  # an odd edge has a pixel that is in no pair
        return square(image, box, edge_px)
    # Its encoder will average the colours of two by two pixels: they are scaled to that, and each is repeated.
    half = (edge_px // 2, edge_px // 2)
    lightness, *colours = image.split()
    small = [colour.resize(half, _COLOURS_FILTER, box, SPARE) for colour in colours]
    whole = [colour.resize((edge_px, edge_px), Image.Resampling.NEAREST) for colour in small]
    # Lightness is halved like that too, as a JPEG's decoder would have done. Divided by more it would show.
    gap = SPARE if (box[2] - box[0]) / edge_px < 3 * SPARE else 2.0
    return Image.merge("YCbCr", (square(lightness, box, edge_px, gap), *whole))
