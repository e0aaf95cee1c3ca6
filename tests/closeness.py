"""How close one picture is to another in the eyes of a viewer."""

from __future__ import annotations

import math

import numpy
from numpy.typing import NDArray
from PIL import Image

Floats = NDArray[numpy.float64]

_KERNEL = numpy.exp(-(numpy.arange(-5, 6) ** 2) / (2 * 1.5**2))
_KERNEL = _KERNEL / _KERNEL.sum()
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def ssim(one: Image.Image, other: Image.Image) -> float:
    """Structural similarity of lightness, 1 for the same pixels (Wang and others, 2004; their window and constants)."""
    x, y = (numpy.asarray(image.convert("L"), dtype=numpy.float64) for image in (one, other))
    mean_x, mean_y = _blurred(x), _blurred(y)
    square_x, square_y = _blurred(x * x) - mean_x**2, _blurred(y * y) - mean_y**2
    both = _blurred(x * y) - mean_x * mean_y
    light = (2 * mean_x * mean_y + _C1) / (mean_x**2 + mean_y**2 + _C1)
    return float((light * (2 * both + _C2) / (square_x + square_y + _C2)).mean())


def psnr(one: Image.Image, other: Image.Image) -> float:
    """Peak signal to noise over all three colours, in decibels; 99 for the same pixels."""
    x, y = (numpy.asarray(image.convert("RGB"), dtype=numpy.float64) for image in (one, other))
    error = float(((x - y) ** 2).mean())
    return 99.0 if error == 0 else 10 * math.log10(255**2 / error)


def _blurred(plane: Floats) -> Floats:
    """By a Gaussian window, without the margin where it would reach over the edge."""
    edge = len(_KERNEL) - 1
    rows = sum(weight * plane[at : plane.shape[0] - edge + at] for at, weight in enumerate(_KERNEL))
    blurred: Floats = sum(
        (weight * rows[:, at : plane.shape[1] - edge + at] for at, weight in enumerate(_KERNEL)),
        numpy.zeros(1),
    )
    return blurred
