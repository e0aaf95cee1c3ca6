"""Lay one small picture on another: find the part of one that the other shows, and tell how well they then agree.

A picture that lost a few per cent at a side has its pixels elsewhere, not others. Gauss and Newton's iteration finds
where (Lucas and Kanade, 1981), for a window that may be shifted and stretched along both axes; brightness and
contrast may differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy
from numpy.typing import NDArray

Floats = NDArray[numpy.float64]

_STEPS = 8
_STILL = 5e-4
"""A step, in shares of an edge, that moves nothing any more."""

_LONGEST_STEP = 0.06
_LEAST_COVER = 0.72
"""Of the second picture that has to lie on the first. Where both lost 5 % at opposite corners it is 0.81, and the
search may pass through less."""

_STRETCH = 1.17
"""Of a window's edge, up or down: what was cut at both sides of either picture, and a little."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a picture, in shares of its width and height; it may reach beyond the edges."""

    left: float
    top: float
    wide: float
    high: float


WHOLE = Window(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Fit:
    """Where the second picture lies on the first, and how far they agree there.

    unlike: one less the correlation of their lightness, 0 for the same pixels. lighter: by how many levels the first
    is lighter on average.
    """

    window: Window
    unlike: float
    lighter: float


def softened(plane: Floats) -> Floats:
    """Mixed with its neighbours, so that a shift by less than a pixel changes little."""
    for axis in (0, 1):
        before = numpy.concatenate([plane.take([0], axis), plane.take(range(plane.shape[axis] - 1), axis)], axis)
        after = numpy.concatenate([plane.take(range(1, plane.shape[axis]), axis), plane.take([-1], axis)], axis)
        plane = (before + 2 * plane + after) / 4
    return plane


def roughness(plane: Floats) -> float:
    """What a picture loses by being drawn anew half a pixel aside and back: one less the correlation with itself.

    A face loses next to nothing. Grass, whose neighbours have nothing in common, loses so much that even the right
    place for a part of it agrees no better.
    """
    half = Window(0.5 / plane.shape[1], 0.5 / plane.shape[0], 1.0, 1.0)
    aside, _ = part(plane, half, plane.shape)
    back, _ = part(aside, Window(-half.left, -half.top, 1.0, 1.0), plane.shape)
    inner = numpy.zeros(plane.shape, dtype=numpy.bool_)
    inner[2:-2, 2:-2] = True
    return _fit(WHOLE, back[inner], plane[inner]).unlike


def at(first: Floats, second: Floats, window: Window) -> Fit:
    """How the two agree with the second on this window of the first, without moving it."""
    shown, known = part(first, window, second.shape)
    if known.mean() < _LEAST_COVER:
        return Fit(window, 2.0, 0.0)
    return _fit(window, shown[known], second[known])


def align(first: Floats, second: Floats, start: Window) -> Fit:
    """The best place for the second picture on the first, from this window on."""
    best = at(first, second, start)
    window = start
    for _ in range(_STEPS):
        moved = _step(first, second, window, start)
        if moved is None:
            break
        still = _moved_by(window, moved) < _STILL
        window = moved
        best = min(best, at(first, second, window), key=lambda fit: fit.unlike)
        if still:
            break
    return best


def part(plane: Floats, window: Window, shape: tuple[int, ...]) -> tuple[Floats, NDArray[numpy.bool_]]:
    """A window of a plane, drawn anew with so many rows and columns; and which of them lie within the plane."""
    down, inside_down = _between(plane.shape[0], window.top, window.high, shape[0])
    across, inside_across = _between(plane.shape[1], window.left, window.wide, shape[1])
    drawn: Floats = down @ plane @ across.T
    return drawn, inside_down[:, None] & inside_across[None, :]


def _between(pixels: int, begin: float, length: float, wanted: int) -> tuple[Floats, NDArray[numpy.bool_]]:
    """Each wanted pixel as a mixture of the two it lies between, as a matrix; rows and columns are apart."""
    where = (begin + length * _middles(wanted)) * pixels - 0.5
    shares = numpy.clip(1 - numpy.abs(where[:, None] - numpy.arange(pixels)[None, :]), 0, None)
    total = shares.sum(axis=1, keepdims=True)
    inside = (where >= -0.5) & (where <= pixels - 0.5)
    return shares / numpy.where(total > 0, total, 1), inside


def _middles(pixels: int) -> Floats:
    return (numpy.arange(pixels) + 0.5) / pixels


def _fit(window: Window, one: Floats, other: Floats) -> Fit:
    lighter = float(one.mean() - other.mean())
    one, other = one - one.mean(), other - other.mean()
    scale = float(numpy.sqrt((one @ one) * (other @ other)))
    return Fit(window, 1 - float(one @ other) / scale if scale else 2.0, lighter)


def _step(first: Floats, second: Floats, window: Window, start: Window) -> Window | None:
    """One step of the iteration: how the window has to move for the difference to vanish, were it linear."""
    shown, known = part(first, window, second.shape)
    if known.mean() < _LEAST_COVER:
        return None
    rows, columns = second.shape
    down, across = numpy.gradient(shown, axis=0) * rows, numpy.gradient(shown, axis=1) * columns
    ways = [across, across * _middles(columns)[None, :], down, down * _middles(rows)[:, None], shown, shown * 0 + 1]
    slopes = numpy.stack([way[known] for way in ways], axis=1)
    slopes[:, :2] /= window.wide
    slopes[:, 2:4] /= window.high
    square = slopes.T @ slopes
    square[range(4), range(4)] += 1e-4 * float(numpy.trace(square[:4, :4])) / 4
    square[range(6), range(6)] += 1e-6
    solved = numpy.linalg.solve(square, slopes.T @ second[known])
    gain = float(solved[4])
    if gain <= 0:
        return None
    left, wide, top, high = (float(each) for each in numpy.clip(solved[:4] / gain, -_LONGEST_STEP, _LONGEST_STEP))
    return Window(
        window.left + left,
        window.top + top,
        _bounded(window.wide + wide, start.wide),
        _bounded(window.high + high, start.high),
    )


def _bounded(length: float, start: float) -> float:
    return min(max(length, start / _STRETCH), start * _STRETCH)


def _moved_by(one: Window, other: Window) -> float:
    return max(
        abs(one.left - other.left), abs(one.top - other.top), abs(one.wide - other.wide), abs(one.high - other.high)
    )
