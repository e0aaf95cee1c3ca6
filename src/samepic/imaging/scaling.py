"""One square of a picture in several sizes, each made once and from the next larger one."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from samepic.imaging.cropping import Box
from samepic.imaging.pixels import SPARE, square, to_srgb

WHOLE_COLOUR_PX = 96
"""Above this edge colour is kept at half the edge. Why: docs/why/2026-11-22-renditions.md."""

_COLOURS_FILTER = Image.Resampling.BILINEAR
"""Colours without their lightness: averages of whole pixels first, then the cheapest filter, come out the same."""

_NEARLY = 1.25
"""What is scaled down by less than this loses 0.002 of similarity by the cheaper of two filters. That is most of the
largest sizes, whose pixels come from the decoder and cost as much to scale as all other sizes together."""


class Square:
    """A square of a decoded, upright picture, as sRGB without metadata.

    Ask for the largest size first. From it the others are made in a fraction of the time, and nobody sees the
    difference: docs/why/2026-11-22-speed.md.
    """

    def __init__(self, image: Image.Image, box: Box) -> None:
        self._image, self._box = image, box
        self._made: dict[int, Image.Image] = {}
        self._planes: dict[int, _Planes] = {}

    def at(self, edge_px: int) -> Image.Image:
        """The square with exactly this edge, RGB or YCbCr. Not to be changed: the next one may be made from it."""
        if edge_px not in self._made:
            self._made[edge_px] = self._merged(edge_px) if self._image.mode == "YCbCr" else self._scaled(edge_px)
        return self._made[edge_px]

    def _scaled(self, edge_px: int) -> Image.Image:
        larger = self._next_larger(edge_px)
        if larger is None:
            # Colours are converted after scaling: there are fewer pixels then.
            return to_srgb(square(self._image, self._box, edge_px))
        return square(self._made[larger], (0, 0, larger, larger), edge_px)

    def _merged(self, edge_px: int) -> Image.Image:
        larger = self._next_larger(edge_px)
        planes = self._planes[larger] if larger else _Planes.of(self._image, self._box)
        self._planes[edge_px] = made = planes.at(edge_px)
        return made.merged()

    def _next_larger(self, edge_px: int) -> int | None:
        return min((edge for edge in self._made if edge > edge_px), default=None)


@dataclass(frozen=True, slots=True)
class _Planes:
    """Lightness and two colours, each as large as it is needed, and where in them the square is."""

    lightness: Image.Image
    colours: tuple[Image.Image, ...]
    box: Box
    colours_box: Box

    @classmethod
    def of(cls, image: Image.Image, box: Box) -> _Planes:
        """Those of a decoded YCbCr picture."""
        lightness, *colours = image.split()
        return cls(lightness, tuple(colours), box, box)

    def at(self, edge_px: int) -> _Planes:
        """The same square with this edge.

        Where an encoder will average the colours of two by two pixels, they are scaled to that at once; an odd edge
        has a pixel that is in no pair.
        """
        colours_px = edge_px if edge_px <= WHOLE_COLOUR_PX or edge_px % 2 else edge_px // 2
        size = (colours_px, colours_px)
        colours = tuple(each.resize(size, _COLOURS_FILTER, self.colours_box, SPARE) for each in self.colours)
        whole = (0, 0, edge_px, edge_px)
        return _Planes(_lightness(self.lightness, self.box, edge_px), colours, whole, (0, 0, *size))

    def merged(self) -> Image.Image:
        """All three as one picture; each pixel of a smaller plane is repeated."""
        size, nearest = self.lightness.size, Image.Resampling.NEAREST
        colours = [each if each.size == size else each.resize(size, nearest) for each in self.colours]
        return Image.merge("YCbCr", (self.lightness, *colours))


def _lightness(plane: Image.Image, box: Box, edge_px: int) -> Image.Image:
    """Scaled by averages of two by two pixels first where that is enough, as a JPEG's decoder would have done.

    Divided by more it would show.
    """
    ratio = (box[2] - box[0]) / edge_px
    gap = SPARE if ratio < 3 * SPARE else 2.0
    by = Image.Resampling.BICUBIC if 1 <= ratio < _NEARLY else Image.Resampling.LANCZOS
    return square(plane, box, edge_px, gap, by)
