"""One encoded image of a person, and what tells two of them apart."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import NewType

Stamp = NewType("Stamp", str)
"""A system's own version mark of a picture; opaque, compared only with its own past."""

Place = NewType("Place", str)
"""Where a target keeps a person's picture, in the target's own notation; opaque to everybody else."""


class Answer(Enum):
    """What a system says of a picture when it does not give a stamp: three different things."""

    NO_PICTURE = "no_picture"
    NOT_TOLD = "not_told"
    GONE = "gone"  # no such person

    def __repr__(self) -> str:
        return self.name


NO_PICTURE = Answer.NO_PICTURE
NOT_TOLD = Answer.NOT_TOLD
GONE = Answer.GONE

PictureState = Stamp | Answer


class PictureFormat(StrEnum):
    """The encodings that imaging reads; systems accept some of them."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    AVIF = "image/avif"
    HEIC = "image/heic"
    GIF = "image/gif"
    BMP = "image/bmp"
    TIFF = "image/tiff"


RENDITION_FORMATS = (PictureFormat.JPEG, PictureFormat.PNG, PictureFormat.WEBP)
"""The encodings that renditions are made in."""

_BEGINNINGS = (
    (b"\xff\xd8\xff", PictureFormat.JPEG),
    (b"\x89PNG\r\n\x1a\n", PictureFormat.PNG),
    (b"GIF87a", PictureFormat.GIF),
    (b"GIF89a", PictureFormat.GIF),
    (b"BM", PictureFormat.BMP),
    (b"II*\x00", PictureFormat.TIFF),
    (b"MM\x00*", PictureFormat.TIFF),
)
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_MOST_BRANDS = 64


def format_of(data: bytes) -> PictureFormat | None:
    """Tell the encoding by the first bytes, whatever a header claims; None where it is none of ours."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return PictureFormat.WEBP
    if data[4:8] == b"ftyp":
        return _format_of_brands(data)
    return next((found for beginning, found in _BEGINNINGS if data.startswith(beginning)), None)


def _format_of_brands(data: bytes) -> PictureFormat | None:
    """AVIF and HEIC are the same boxes; the brands tell what is in them (ISO/IEC 14496-12, 4.3)."""
    length = min(int.from_bytes(data[:4], "big"), 16 + 4 * _MOST_BRANDS)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, length, 4))}
    if brands & _AVIF_BRANDS:
        return PictureFormat.AVIF
    return PictureFormat.HEIC if brands & _HEIC_BRANDS else None


@dataclass(frozen=True, slots=True)
class Picture:
    """Encoded bytes with what their header says. `width_px` and `height_px` are 0 where nobody has looked."""

    data: bytes = field(repr=False)
    format: PictureFormat = PictureFormat.JPEG
    width_px: int = 0
    height_px: int = 0

    @property
    def sha256(self) -> str:
        """Hex digest of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


WHITE = "#ffffff"
"""What lies under a picture that one can see through, unless a policy says otherwise: as on Office's own cards."""


@dataclass(frozen=True, slots=True)
class CropBox:
    """The square that a person chose of their own picture, in pixels of the upright original.

    What lies beyond the picture's edges is moved in, or cut off where it is too large.
    """

    left_px: int
    top_px: int
    edge_px: int

    def __post_init__(self) -> None:
        if self.edge_px < 1:
            raise ValueError(f"a crop box of {self.edge_px} px has nothing in it")


_MOST_MINIATURE_PIXELS = 64 * 64


@dataclass(frozen=True, slots=True)
class Miniature:
    """The whole picture, very small: what two fingerprints that are neither near nor far are decided by.

    lightness: one byte for each pixel, row by row. colours: as bytes too, Cb and then Cr of `columns` coarser cells
    in each row. ValueError where they do not fit together.
    """

    width: int
    height: int
    lightness: bytes = field(repr=False)
    columns: int
    colours: bytes = field(repr=False)

    def __post_init__(self) -> None:
        cells = 2 * self.columns
        if not 0 < len(self.lightness) == self.width * self.height <= _MOST_MINIATURE_PIXELS:
            raise ValueError("a miniature's pixels are not as many as it says")
        if self.width < 1 or not 0 < cells <= len(self.colours) <= 2 * len(self.lightness) or len(self.colours) % cells:
            raise ValueError("a miniature's colours do not fill its rows")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a picture is recognised by.

    upper, centre: perceptual hashes after the upper-centre and after the centre square crop, integers of
    FINGERPRINT_BITS bits (too wide for a database's integer: keep them as text); equal for square pictures.
    blank: pixels without a face-like content: one colour, 1x1, a placeholder figure, initials.
    """

    upper: int
    centre: int
    miniature: Miniature
    blank: bool = False


FINGERPRINT_BITS = 256


def distance(one: Fingerprint, other: Fingerprint) -> int:
    """In how many bits two hashes differ, whichever square either was cut to; 0 to FINGERPRINT_BITS."""
    return min((a ^ b).bit_count() for a in (one.upper, one.centre) for b in (other.upper, other.centre))
