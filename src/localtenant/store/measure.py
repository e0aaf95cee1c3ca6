"""How big a picture is and what it is encoded as, from its first bytes."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

MEDIA_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "BMP": "image/bmp"}


@dataclass(frozen=True, slots=True)
class Measure:
    """A picture's size as encoded, before any turning by EXIF."""

    width_px: int
    height_px: int
    media_type: str


def measure(data: bytes) -> Measure | None:
    """Read the header only: nothing is decoded. None for what is none of the vendor's kinds of picture."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            media_type = MEDIA_TYPES.get(image.format or "")
            return Measure(*image.size, media_type) if media_type else None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
