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

_LEAST_TONE = 0.02
"""Of all pixels; what is less is no tone of the drawing but what encoding left beside one."""

_INK_LEVELS, _INK_DEVIATION = 44, 0.21
"""Strokes that are in no tone are of one ink where there are no more levels from the faintest to the strongest, or
where they deviate by no more of their mean. Letters lie by chance between pixels, and encoding is hard on faint ones;
the lights of a town, stars, and what a pencil draws are of many inks, by both signs."""

_LEAST_STROKES = 12
_FAINT = 0.4
"""Of the strongest stroke: what is fainter is the waves that encoding leaves beside an edge."""

_CELLS = (52, 16, 16)
_CELL_LEVELS = (5, 16, 16)

Levels = NDArray[numpy.int64]
Marks = NDArray[numpy.bool_]
Channels = tuple[Levels, ...]


def is_placeholder(image: Image.Image) -> bool:
    """One colour or nearly so, or a drawing in flat tones and one ink: nobody's face.

    `image` is a square of 48 px or more.
    """
    rgb = numpy.asarray(image, dtype=numpy.float64)
    if float(rgb.std(axis=(0, 1)).max()) < _FLAT_LEVELS:
        return True
    pixels: Levels = numpy.asarray(image.convert("YCbCr"), dtype=numpy.int64)
    smooth = _smooth(pixels[..., 0])
    if smooth.mean() < _LEAST_SMOOTH:
        return False
    left: Channels = tuple(pixels[smooth].T.copy())  # each in one piece: three times as fast as pixel by pixel
    unevenness, tones = 0.0, []
    for _ in range(_TONES):
        before = len(left[0])
        left, tone, uneven = _without_its_main_tone(left)
        unevenness += uneven
        if before - len(left[0]) >= _LEAST_TONE * smooth.size:
            tones.append(tone)
    between = len(left[0])
    within = int(smooth.sum()) - between
    is_flat = between <= _BETWEEN_AT_MOST * int(smooth.sum()) and unevenness <= _UNEVEN_AT_MOST * within
    return is_flat and _is_of_one_ink(pixels[..., 0], smooth, tones)


def _is_of_one_ink(lightness: Levels, smooth: Marks, tones: list[float]) -> bool:
    """Whether what is drawn on the tones, too thin to be one, is as strong everywhere."""
    wide = numpy.pad(lightness, 1, mode="edge")
    rows, columns = lightness.shape
    around = [wide[down : down + rows, across : across + columns] for down in range(3) for across in range(3)]
    extreme = (lightness == numpy.maximum.reduce(around)) | (lightness == numpy.minimum.reduce(around))
    strength = numpy.minimum.reduce([numpy.abs(lightness - tone) for tone in tones])
    strokes = strength[extreme & ~smooth & (strength > 2 * _LIGHTNESS_REACH)]
    if len(strokes) < _LEAST_STROKES:
        return True
    strokes = strokes[strokes > _FAINT * numpy.percentile(strokes, 95)]
    faintest, strongest = numpy.percentile(strokes, (5, 95))
    return bool(strongest - faintest <= _INK_LEVELS or strokes.std() <= _INK_DEVIATION * strokes.mean())


def _smooth(lightness: Levels) -> Marks:
    """The pixels that are no edge."""
    wide = numpy.pad(lightness, 1, mode="edge")
    beside = (wide[:-2, 1:-1], wide[2:, 1:-1], wide[1:-1, :-2], wide[1:-1, 2:])
    steps = numpy.maximum.reduce([numpy.abs(lightness - other) for other in beside])
    return numpy.asarray(steps <= _SMOOTH_LEVELS)


def _without_its_main_tone(pixels: Channels) -> tuple[Channels, float, float]:
    """The pixels that are not of the commonest tone; its lightness; and how far the others' is from it, in all."""
    if not len(pixels[0]):
        return pixels, 0.0, 0.0
    lightness, blue, red = (channel // levels for channel, levels in zip(pixels, _CELL_LEVELS, strict=True))
    cell = (lightness * _CELLS[1] + blue) * _CELLS[2] + red
    near = cell == numpy.bincount(cell).argmax()
    tone = [_median(channel[near]) for channel in pixels]
    for _ in range(2):  # a tone may lie at a cell's edge
        near = numpy.abs(pixels[0] - tone[0]) <= _LIGHTNESS_REACH
        for channel, middle in zip(pixels[1:], tone[1:], strict=True):
            near &= numpy.abs(channel - middle) <= _COLOUR_REACH
        tone = [_median(channel[near]) for channel in pixels]
    others = ~near
    uneven = float(numpy.abs(pixels[0][near] - tone[0]).sum())
    return tuple(channel[others] for channel in pixels), tone[0], uneven


def _median(levels: NDArray[numpy.int64]) -> float:
    """Of levels from 0 to 255, by counting them: a tenth of the time of sorting."""
    if not len(levels):
        return float("nan")
    count = len(levels)
    upto = numpy.bincount(levels).cumsum()
    low, high = upto.searchsorted(((count + 1) // 2, count // 2 + 1))
    return float(low + high) / 2
