"""One square of a picture in several sizes, each made once and from the next larger one."""

from __future__ import annotations

from PIL import Image

from samepic.imaging.cropping import Box
from samepic.imaging.pixels import square, to_srgb


class Square:
    """A square of a decoded, upright picture, as sRGB without metadata.

    Ask for the largest size first. From it the others are made in a fraction of the time, and nobody sees the
    difference: docs/why/2026-11-22-speed.md has the measurement.
    """

    def __init__(self, image: Image.Image, box: Box) -> None:
        self._image, self._box = image, box
        self._made: dict[int, Image.Image] = {}

    def at(self, edge_px: int) -> Image.Image:
        """The square with exactly this edge. Not to be changed: the next one may be made from it."""
        if edge_px not in self._made:
            larger = min((edge for edge in self._made if edge > edge_px), default=None)
            if larger is None:
                # Colours are converted after scaling: there are fewer pixels then.
                made = to_srgb(square(self._image, self._box, edge_px))
            else:
                made = square(self._made[larger], (0, 0, larger, larger), edge_px)
            self._made[edge_px] = made
        return self._made[edge_px]
