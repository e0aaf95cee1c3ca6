"""Pictures of nobody: one colour, the grey figures that systems show where they have no picture, initials."""

from __future__ import annotations

import numpy
from numpy.typing import NDArray
from PIL import Image

_FLAT_LEVELS = 6.0
"""Standard deviation of a channel, of 255, below which a picture has nothing in it."""

_LIGHTNESS_REACH = 8
_COLOUR_REACH = 16
"""Levels around a tone that encoding adds; JPEG keeps less of colours."""

_SMOOTH_LEVELS = 8
"""Of lightness, from a pixel to those beside it: more is an edge, and edges have all that lies between two tones."""

_TONES = 3
"""Page, ground and ink: a figure on a disc has three."""

_BETWEEN_AT_MOST = 0.014
"""Of the smooth pixels those at no tone. A drawing has none but what encoding adds; a face is nothing else."""

_UNEVEN_AT_MOST = 1.9
"""Levels of lightness from a tone to its pixels, on average. The shades of a faint picture fill a tone's reach."""

_LEAST_SMOOTH = 0.25

_CELLS = (52, 16, 16)
_CELL_LEVELS = (5, 16, 16)

Levels = NDArray[numpy.int64]
Marks = NDArray[numpy.bool_]


def is_placeholder(image: Image.Image) -> bool:
    """One colour or nearly so, or a drawing in flat tones: nobody's face. `image` is a square of 48 px or more."""
    rgb = numpy.asarray(image, dtype=numpy.float64)
    if float(rgb.std(axis=(0, 1)).max()) < _FLAT_LEVELS:
        return True
    pixels: Levels = numpy.asarray(image.convert("YCbCr"), dtype=numpy.int64)
    smooth = _smooth(pixels[..., 0])
    if smooth.mean() < _LEAST_SMOOTH:
        return False
    left: Levels = pixels[smooth]
    unevenness = 0.0
    for _ in range(_TONES):
        left, uneven = _without_its_main_tone(left)
        unevenness += uneven
    within = int(smooth.sum()) - len(left)
    return len(left) <= _BETWEEN_AT_MOST * int(smooth.sum()) and unevenness <= _UNEVEN_AT_MOST * within


def _smooth(lightness: Levels) -> Marks:
    """The pixels that are no edge."""
    wide = numpy.pad(lightness, 1, mode="edge")
    beside = (wide[:-2, 1:-1], wide[2:, 1:-1], wide[1:-1, :-2], wide[1:-1, 2:])
    steps = numpy.maximum.reduce([numpy.abs(lightness - other) for other in beside])
    return numpy.asarray(steps <= _SMOOTH_LEVELS)


def _without_its_main_tone(pixels: Levels) -> tuple[Levels, float]:
    """The pixels that are not of the commonest tone; and how far the lightness of the others is from it, in all."""
    if not len(pixels):
        return pixels, 0.0
    number = numpy.ravel_multi_index(tuple((pixels // _CELL_LEVELS).T), _CELLS, mode="clip")
    tone = numpy.median(pixels[number == numpy.bincount(number).argmax()], axis=0)
    for _ in range(2):  # a tone may lie at a cell's edge
        near = (numpy.abs(pixels - tone) <= (_LIGHTNESS_REACH, _COLOUR_REACH, _COLOUR_REACH)).all(axis=1)
        tone = numpy.median(pixels[near], axis=0)
    return pixels[~near], float(numpy.abs(pixels[near][:, 0] - tone[0]).sum())
