"""The same-picture test: whether two encodings show one picture. Measured in docs/reference/same-picture.md.

What is cheap needs neither Pillow nor NumPy, and they are not loaded for it: a person's request waits for them.
"""

from __future__ import annotations

from dataclasses import replace
from operator import sub

from samepic.model.comparison import Comparison, ToldBy
from samepic.model.picture import Fingerprint, Miniature, Picture, distance

APART_BITS = 128
"""Half of them, as many as chance makes differ. Hashes of one shape that differ in more bits are of two pictures."""

NEAR_BITS = 28
"""Up to here mirrored hashes are of mirror images. It is also the unit of the distance of what is apart."""

SCALED_ROW = 4.0
"""Levels, of 255, by which a row of pixels differs at most, on average. Scaled portraits had up to 1.2, and portraits
with sixteen other bytes somewhere in their file mostly more than 8."""

SCALED_COLOURS = 1.5
"""The same of all colours together; there they had up to 0.6."""

_SAME_SHAPE = 1.14
"""Ratios of width to height that differ by less may come from cuts; beyond, a square was cut from something long."""

_ODD_ACROSS = sum(1 << bit for bit in range(0, 256, 2))
"""Every second frequency across changes its sign in a mirror. The lowest is in the highest bit, row by row."""


def same_picture(one: Picture | Fingerprint, other: Picture | Fingerprint) -> Comparison:
    """Tell whether two pictures are the same one, although encoded again, scaled, slightly cut or tinted.

    A mirror image, other colours and a placeholder are different pictures. Cheaper checks come first; the order of
    the two makes no difference. A picture's fingerprint is taken where it is not given: raises Unreadable.
    """
    if isinstance(one, Picture) and isinstance(other, Picture) and one.data == other.data:
        return Comparison(True, 0.0, ToldBy.EQUAL_BYTES)
    first, second = _fingerprint(one), _fingerprint(other)
    if first == second:
        return Comparison(True, 0.0, ToldBy.EQUAL_FINGERPRINT)
    bits = distance(first, second)
    if first.blank or second.blank:
        return Comparison(False, max(1.01, bits / NEAR_BITS), ToldBy.PLACEHOLDER)
    if bits > APART_BITS and same_shape(first.miniature, second.miniature):
        return Comparison(False, bits / NEAR_BITS, ToldBy.MIRRORED if mirrored(first, second) else ToldBy.APART)
    from samepic.imaging.laying import laid  # see the module's first lines

    compared = laid(first.miniature, second.miniature)
    if compared.told_by is ToldBy.UNLIKE and mirrored(first, second):
        return replace(compared, told_by=ToldBy.MIRRORED)
    return compared


def scaled_alike(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether two miniatures of one shape show the very same, pixel by pixel: one was made of the other by scaling.

    Stricter than `same_picture`, and cheap: a copy whose last rows were lost on the way is the same, but not this.
    """
    first, second = one.miniature, other.miniature
    if (first.width, first.height, first.columns) != (second.width, second.height, second.columns):
        return False
    rows = range(0, len(first.lightness), first.width)
    return (
        _mean_difference(first.colours, second.colours) <= SCALED_COLOURS
        and max(_mean_difference(first.lightness, second.lightness, row, first.width) for row in rows) <= SCALED_ROW
    )


def mirrored(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether one is nearly the other's mirror image, by their hashes."""
    turned = replace(other, upper=other.upper ^ _ODD_ACROSS, centre=other.centre ^ _ODD_ACROSS)
    return distance(one, turned) <= NEAR_BITS


def same_shape(one: Miniature, other: Miniature) -> bool:
    """Whether both are about as wide for their height."""
    ratio = (one.width * other.height) / (one.height * other.width)
    return 1 / _SAME_SHAPE <= ratio <= _SAME_SHAPE


def _fingerprint(one: Picture | Fingerprint) -> Fingerprint:
    if isinstance(one, Fingerprint):
        return one
    from samepic.imaging.fingerprinting import fingerprint

    return fingerprint(one)


def _mean_difference(one: bytes, other: bytes, start: int = 0, length: int | None = None) -> float:
    end = len(one) if length is None else start + length
    return float(sum(map(abs, map(sub, one[start:end], other[start:end]))) / (end - start))
