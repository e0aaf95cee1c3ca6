"""A small canvas of floats, with coordinates in which a head has the same size wherever it is drawn."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Colour = tuple[float, float, float]


class Frame:
    """Pixels seen from a point: `x` to the right and `y` downwards, in units of half a head's height.

    pixels: `(3, height, width)`, 0 to 255; colour by colour, since long rows are what NumPy is fast at.
    soft: the width of an edge that looks smooth, in the same units.
    """

    def __init__(self, pixels: Floats, x: Floats, y: Floats, soft: float) -> None:
        self.pixels, self.x, self.y, self.soft = pixels, x, y, soft

    @classmethod
    def at(cls, pixels: Floats, centre: tuple[float, float], unit_px: float, tilt: float) -> Frame:
        """centre: in pixels. tilt: radians, clockwise."""
        height, width = pixels.shape[1:]
        across = (np.arange(width, dtype=np.float32) - np.float32(centre[0])) / np.float32(unit_px)
        down = (np.arange(height, dtype=np.float32) - np.float32(centre[1])) / np.float32(unit_px)
        cos, sin = np.float32(math.cos(tilt)), np.float32(math.sin(tilt))
        x = across[None, :] * cos + down[:, None] * sin
        y = down[:, None] * cos - across[None, :] * sin
        return cls(pixels, x, y, 1.6 / unit_px)

    def window(self, left: float, top: float, right: float, bottom: float) -> Frame:
        """The part around a rectangle: painting there costs less. A little is added for the tilt."""
        height, width = self.x.shape
        middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
        reach = 0.12
        columns = self.x[int(np.clip(np.searchsorted(self.y[:, width // 2], middle_y), 0, height - 1))]
        rows = self.y[:, int(np.clip(np.searchsorted(columns, middle_x), 0, width - 1))]
        x0, x1 = np.searchsorted(columns, (left - reach, right + reach))
        y0, y1 = np.searchsorted(rows, (top - reach, bottom + reach))
        part = (slice(int(y0), int(y1)), slice(int(x0), int(x1)))
        return Frame(self.pixels[:, *part], self.x[part], self.y[part], self.soft)

    def inside(self, distance: Floats, soft: float | None = None) -> Floats:
        """1 where the signed distance is negative, 0 where it is positive, smooth between."""
        alpha = 0.5 - distance / np.float32(soft or self.soft)
        return np.clip(alpha, 0, 1, out=alpha)

    def oval(self, x: float, y: float, wide: float, high: float, soft: float | None = None) -> Floats:
        """An ellipse's cover."""
        dx, dy = (self.x - np.float32(x)) / np.float32(wide), (self.y - np.float32(y)) / np.float32(high)
        return self.inside((np.sqrt(dx * dx + dy * dy) - 1) * np.float32(min(wide, high)), soft)

    def glow(self, x: float, y: float, wide: float, high: float) -> Floats:
        """A soft spot: 1 in the middle, fading to 0 at the ellipse's edge."""
        dx, dy = (self.x - np.float32(x)) / np.float32(wide), (self.y - np.float32(y)) / np.float32(high)
        fall: Floats = 1 - dx * dx - dy * dy
        np.clip(fall, 0, 1, out=fall)
        return np.multiply(fall, fall, out=fall)

    def convex(self, *corners: tuple[float, float]) -> Floats:
        """A convex polygon's cover; corners clockwise as seen."""
        distance: Floats | None = None
        for (x0, y0), (x1, y1) in pairwise((*corners, corners[0])):
            length = math.hypot(x1 - x0, y1 - y0)
            across, down = np.float32((y1 - y0) / length), np.float32((x0 - x1) / length)
            edge = self.x * across + self.y * down - np.float32(x0 * across + y0 * down)
            distance = edge if distance is None else np.maximum(distance, edge, out=distance)
        assert distance is not None
        return self.inside(distance)

    def paint(self, cover: Floats, colour: Colour, strength: float = 1.0) -> None:
        """Lay a colour over what is there."""
        over = cover if strength == 1.0 else cover * np.float32(strength)
        stays = 1 - over
        for plane, value in zip(self.pixels, colour, strict=True):
            plane *= stays
            plane += over * np.float32(value)

    def light(self, factor: Floats) -> None:
        """Make lighter (above 1) or darker (below 1)."""
        self.pixels *= factor


def wave(turns: Floats) -> Floats:
    """Almost a sine, of exact operations only: NumPy's own differs in the last digit from processor to processor."""
    at = turns * np.float32(0.5 / math.pi)
    at = at - np.floor(at)
    at = at * 2 - 1
    return np.asarray(at * (np.abs(at) - 1) * np.float32(4), dtype=np.float32)


def bump(x: Floats) -> Floats:
    """A bell: 1 at 0, next to nothing beyond 2."""
    flat = 1 + x * x
    return np.asarray(1 / (flat * flat), dtype=np.float32)


@lru_cache(maxsize=8)
def grain(edge: int) -> Floats:
    """Noise with a deviation of 1, always the same; callers shift it."""
    return np.random.Generator(np.random.PCG64(648)).standard_normal((edge, edge), dtype=np.float32)


@lru_cache(maxsize=2)
def strands(edge: int) -> Floats:
    """Noise drawn out downwards, like hair; between about -1 and 1."""
    noise = grain(edge)
    for reach in (1, 2, 4, 8):
        noise = noise + np.roll(noise, reach, axis=0)
    noise = noise + 0.5 * (np.roll(noise, 1, axis=1) + np.roll(noise, -1, axis=1))
    return np.asarray(noise * np.float32(0.1), dtype=np.float32)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two; share 0 is the first."""
    return (
        one[0] + (other[0] - one[0]) * share,
        one[1] + (other[1] - one[1]) * share,
        one[2] + (other[2] - one[2]) * share,
    )


def shade(colour: Colour, factor: float) -> Colour:
    """A colour made darker or lighter."""
    return (min(255.0, colour[0] * factor), min(255.0, colour[1] * factor), min(255.0, colour[2] * factor))
