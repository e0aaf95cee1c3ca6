"""What comparing two pictures comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ToldBy(StrEnum):
    """What told whether two pictures are the same. A closed list, the cheapest first. Equal stamps need no test."""

    EQUAL_BYTES = "equal_bytes"  # the same
    EQUAL_FINGERPRINT = "equal_fingerprint"  # the same
    PLACEHOLDER = "placeholder"  # different: at least one is a blank or a placeholder, and nobody's picture
    APART = "apart"  # different: the hashes have little more in common than any two
    NEAR = "near"  # the same: the miniatures agree as they lie
    ALIGNED = "aligned"  # the same: they agree once one is laid on the part of it that the other shows
    MIRRORED = "mirrored"  # different: one is the other's mirror image
    COLOURS = "colours"  # different: the same lightness throughout, in other colours or another light
    UNLIKE = "unlike"  # different: wherever one is laid on the other


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether two pictures are the same, and how it was told.

    distance: 0 for equal pixels, up to 1 the same picture, above it another one; only to be compared with 1 and with
    distances of the same `told_by`. True as a condition where the pictures are the same, so that `if same_picture(…)`
    means what it says.
    """

    same: bool
    distance: float
    told_by: ToldBy

    def __bool__(self) -> bool:
        return self.same
