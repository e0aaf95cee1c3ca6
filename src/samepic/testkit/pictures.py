"""Pictures to test with: photo-like enough for fingerprints, all different, the same number always the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from random import Random

from PIL import Image, ImageDraw

from samepic.imaging.comparing import same_picture as is_same
from samepic.imaging.rendering import render
from samepic.model.picture import Picture
from samepic.model.system import Rendition

NO_PICTURE_BYTES = b"%PDF-1.4 this is no picture, whatever its name says"


@lru_cache(maxsize=64)
def jpeg(number: int, edge_px: int = 648) -> bytes:
    """Coloured shapes on a plain ground; two numbers give two pictures that nobody takes for each other."""
    random = Random(number)
    image = Image.new("RGB", (648, 648), _colour(random))
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y, width, height = (random.randrange(-80, 648), random.randrange(-80, 648), *_edges(random))
        shape = draw.ellipse if random.random() < 0.5 else draw.rectangle
        shape((x, y, x + width, y + height), fill=_colour(random))
    out = io.BytesIO()
    image.resize((edge_px, edge_px), Image.Resampling.LANCZOS).save(out, "JPEG", quality=88)
    return out.getvalue()


def _colour(random: Random) -> tuple[int, int, int]:
    return random.randrange(256), random.randrange(256), random.randrange(256)


def _edges(random: Random) -> tuple[int, int]:
    return random.randrange(60, 260), random.randrange(60, 260)


def renditions(number: int, wanted: Sequence[Rendition]) -> list[Picture]:
    """The same picture in a system's sizes."""
    return render(Picture(jpeg(number)), wanted)


def same_picture(one: bytes, other: bytes) -> bool:
    """Whether two encodings show the same picture, whatever their size."""
    return is_same(Picture(one), Picture(other)).same


def edge_px(data: bytes) -> int:
    """The longer edge of a picture."""
    with Image.open(io.BytesIO(data)) as image:
        return max(image.size)
