"""Portraits drawn by the program."""

from __future__ import annotations

import io
from hashlib import blake2b

import numpy as np
from PIL import Image


def draw(seed: int, recipe: str) -> bytes:
    """A portrait as encoded bytes; the same seed and recipe give the same bytes on the same versions."""
    rng = np.random.default_rng(int.from_bytes(blake2b(f"{seed}/{recipe}".encode(), digest_size=8).digest()))
    image = Image.fromarray(rng.integers(0, 256, (9, 9, 3), dtype=np.uint8)).resize(
        (648, 648), Image.Resampling.BICUBIC
    )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()
