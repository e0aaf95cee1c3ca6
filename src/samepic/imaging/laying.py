"""The dearer half of the same-picture test, about a millisecond: one miniature laid on the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy

from samepic.imaging.aligning import WHOLE, Fit, Floats, Window, align, at, part, roughness, softened
from samepic.imaging.comparing import same_shape
from samepic.model.comparison import Comparison, ToldBy
from samepic.model.picture import Miniature

UNLIKE_AT_MOST = 0.010
"""Of two miniatures of the same picture: one less the correlation of their lightness."""

ROUGHNESS_COUNTS = 2.0
"""Where it is more than that, as often what the less rough one loses by being drawn anew, once aside and back. Either
miniature was drawn once, and in laying one on the other it is drawn again. Portraits lose too little to matter."""

LIGHTER_AT_MOST = 32.0
"""Levels, of 255, by which one picture may be lighter than the other throughout."""

TINT_AT_MOST = 10.0
"""Levels of Cb and Cr by which all colours together may be shifted, as another white balance does."""

COLOURS_AT_MOST = 7.0
"""Levels of Cb and Cr by which single colours may differ beyond that, in a picture of few colours."""

_OF_COLOURFUL = 0.3
"""Of the deviation of the colours within a picture: where neighbours differ, a cut moves much from cell to cell."""

_PLACES = 9
"""Where a square may have been cut from a longer picture, to begin the search at."""


def laid(one: Miniature, other: Miniature) -> Comparison:
    """Compare two pictures by their miniatures alone: as they lie, then wherever one fits the other best."""
    longer, shorter = sorted((one, other), key=_elongation, reverse=True)
    first, second = _Planes.of(longer), _Planes.of(shorter)
    fits = [at(first.lightness, second.lightness, start) for start in _starts(longer, shorter)]
    fit = min(fits, key=lambda each: each.unlike)
    as_they_lie = _judged(first, second, fit, ToldBy.NEAR)
    if as_they_lie:
        return as_they_lie
    return _judged(first, second, align(first.lightness, second.lightness, fit.window), ToldBy.ALIGNED)


@dataclass(frozen=True, slots=True)
class _Planes:
    """A miniature as numbers."""

    lightness: Floats
    colours: tuple[Floats, Floats]

    @classmethod
    def of(cls, small: Miniature) -> _Planes:
        lightness = numpy.frombuffer(small.lightness, numpy.uint8).reshape(small.height, small.width)
        blue, red = numpy.frombuffer(small.colours, numpy.uint8).reshape(2, -1, small.columns).astype(numpy.float64)
        return cls(softened(lightness.astype(numpy.float64)), (softened(blue), softened(red)))


def _judged(first: _Planes, second: _Planes, fit: Fit, told_by: ToldBy) -> Comparison:
    unlike = fit.unlike / UNLIKE_AT_MOST
    if unlike > 1:
        rough = min(roughness(first.lightness), roughness(second.lightness))
        unlike /= max(1.0, ROUGHNESS_COUNTS * rough / UNLIKE_AT_MOST)
    far = max(unlike, _colours_apart(first, second, fit.window), abs(fit.lighter) / LIGHTER_AT_MOST)
    if far <= 1:
        return Comparison(True, far, told_by)
    return Comparison(False, far, ToldBy.UNLIKE if unlike > 1 else ToldBy.COLOURS)


def _colours_apart(first: _Planes, second: _Planes, window: Window) -> float:
    """How far the colours are apart, of which 1 is the most for the same picture.

    What all of them have in common is another white balance and may be more; what is left is another colouring.
    """
    shown, known = zip(*(part(plane, window, second.colours[0].shape) for plane in first.colours), strict=True)
    ones, others = numpy.stack(shown)[:, known[0]], numpy.stack(second.colours)[:, known[0]]
    tint = numpy.hypot(*(ones - others).mean(axis=1))
    allowed = numpy.hypot(COLOURS_AT_MOST, _OF_COLOURFUL * min(_deviation(ones), _deviation(others)))
    return float(numpy.hypot(tint / TINT_AT_MOST, _deviation(ones - others) / allowed))


def _deviation(colours: Floats) -> float:
    """How far Cb and Cr lie from their mean, in levels."""
    return float(numpy.sqrt(colours.var(axis=1).sum()))


def _elongation(one: Miniature) -> tuple[float, bytes, bytes]:
    """The longer picture first, and always the same one of two: the answer must not depend on who is asked first."""
    sides = one.width, one.height
    return max(sides) / min(sides), one.lightness, one.colours


def _starts(longer: Miniature, shorter: Miniature) -> list[Window]:
    """Where the search begins: all over it, or wherever a square may have been cut from the longer picture."""
    if same_shape(longer, shorter):
        return [WHOLE]
    ratio = (longer.width * shorter.height) / (longer.height * shorter.width)
    share = min(ratio, 1 / ratio)
    places = [place / (_PLACES - 1) * (1 - share) for place in range(_PLACES)]
    if ratio > 1:
        return [Window(place, 0.0, share, 1.0) for place in places]
    return [Window(0.0, place, 1.0, share) for place in places]
