"""How big a picture is and what it is encoded as, from its first bytes."""

from __future__ import annotations

from dataclasses import dataclass

from localtenant.store.scaling import NotAPicture, dimensions

_KINDS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A picture's size in pixels as a viewer shows it, turned by EXIF, and its media type."""

    width_px: int
    height_px: int
    media_type: str


def measure(data: bytes) -> Measure | None:
    """Read the header only: nothing is decoded. None for what is none of the vendor's kinds of picture."""
    try:
        width, height = dimensions(data)
    except NotAPicture:
        return None
    return Measure(width, height, next((kind for magic, kind in _KINDS if data.startswith(magic)), "image/jpeg"))
