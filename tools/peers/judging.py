"""What came of a pass: whole pictures, requests, writes. By Pillow and the tenant's own counts alone, so that no
contender judges itself.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from tests.tenant_control import TenantControl

_EDGE = 48
_MOST_APART = 14.0
"""Of 255, between the two in grey at 48 px, on average. Re-encoding costs 1 to 4; a turn or a stretch 25 and more."""

_GPS = 0x8825
_STORING = frozenset({"Files/add", "photo/$value", "SetSingleValueProfileProperty"})

Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Counted:
    """Requests on the wire, bytes sent down, and writes that were carried out: pictures stored and properties set."""

    requests: int
    down: int
    writes: int


@dataclass(frozen=True, slots=True)
class Killed:
    """Writes before the kill and in the run after it, how many of these were made a second time, and how many people's
    pictures are not whole in the end.
    """

    before: int
    after: int
    again: int
    not_whole: int


def counted(control: TenantControl) -> Counted:
    """Since the ledger was cleared."""
    outer = [entry for entry in control.ledger()["entries"] if not entry["batched"]]
    return Counted(
        sum(entry["count"] for entry in outer),
        sum(entry["bytes_out"] for entry in outer),
        writes_by_place(control).total(),
    )


def writes_by_place(control: TenantControl) -> Counter[str]:
    """The same writes by what they wrote: a file's address, or a profile's property."""
    places: Counter[str] = Counter()
    for one in control.json("GET", "/changes")["changes"]:
        if one["changed"]:
            places.update(["; ".join(one["changed"])])
        elif one["operation"] in _STORING:
            places.update([f"{one['path']} {one['sha256'] if one['operation'] == _PROPERTY else ''}"])
    return places


_PROPERTY = "SetSingleValueProfileProperty"


@dataclass(frozen=True, slots=True)
class Original:
    """A picture as it was, upright, small and in grey: all of it, and the squares that anybody would cut."""

    is_wide: bool
    whole: Grey
    squares: tuple[Grey, ...]

    @staticmethod
    @lru_cache(maxsize=4096)
    def of(path: Path) -> Original:
        """Of a file; remembered, for every round asks again."""
        return Original.of_bytes(path.read_bytes())

    @staticmethod
    def of_bytes(data: bytes) -> Original:
        """Of a picture's bytes."""
        with Image.open(io.BytesIO(data)) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
        ground = Image.new("RGBA", upright.size, "white")
        ground.alpha_composite(upright)
        squares = tuple(_grey(ground, box) for box in _squares(*ground.size))
        return Original(ground.width > ground.height, _grey(ground, None), squares)


def is_whole(original: Original, shown: bytes) -> bool:
    """Whether what is shown is the original, upright and in proportion, all of it or a square of it, no place told."""
    try:
        with Image.open(io.BytesIO(shown)) as picture:
            if picture.getexif().get_ifd(_GPS):
                return False
            upright = ImageOps.exif_transpose(picture)
            there = _grey(upright, None)
    except OSError:
        return False
    square = abs(upright.width - upright.height) <= 1
    if not square and original.is_wide != (upright.width > upright.height):
        return False
    return min(_apart(one, there) for one in (original.squares if square else (original.whole,))) <= _MOST_APART


def _apart(one: Grey, other: Grey) -> float:
    return float(np.abs(one.astype(np.int16) - other).mean())


def _squares(width: int, height: int) -> Iterator[tuple[int, int, int, int]]:
    """From the upper end to the middle."""
    edge = min(width, height)
    for part in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5):
        left, top = (width - edge) // 2, round((height - edge) * part)
        yield left, top, left + edge, top + edge


def _grey(picture: Image.Image, box: tuple[int, int, int, int] | None) -> Grey:
    small = picture.convert("L").resize((_EDGE, _EDGE), Image.Resampling.BOX, box=box)
    return np.asarray(small, dtype=np.uint8)
