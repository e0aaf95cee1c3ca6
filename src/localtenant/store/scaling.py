"""Renditions as the vendor makes them: bytes in, JPEG out.

Whatever a store was given comes in here, so nothing is believed: size and type are read before a pixel is.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

GRAPH_EDGES_PX = (48, 64, 96, 120, 240, 360, 432, 504, 648)
"""The sizes of a picture that Graph and EWS know (facts §3.1, §4.1)."""

MAX_PIXELS = 100_000_000
"""More than any camera's picture; 4 MB of JPEG can claim thousands of millions."""

_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "MPO")
_QUALITY = 90


class NotAPicture(ValueError):
    """Bytes that cannot be read as a picture, or that claim too many pixels."""


def dimensions(data: bytes) -> tuple[int, int]:
    """(width, height) in pixels as a viewer shows it, turned by EXIF; without decoding. Raises NotAPicture."""
    with _opened(data) as image:
        width, height = image.size
        return (height, width) if _turned_sideways(image) else (width, height)


def is_readable(data: bytes) -> bool:
    """Whether every pixel can be decoded; a header alone does not make a picture."""
    try:
        _decoded(data, GRAPH_EDGES_PX[0])
    except NotAPicture:
        return False
    return True


def graph_size(data: bytes, edge_px: int) -> bytes:
    """A square rendition for Graph or EWS: the middle of the picture, never larger than the original.

    Facts §3.1: the nine sizes are square, and those above the uploaded one do not exist.
    """
    image = _square(_decoded(data, edge_px))
    edge_px = min(edge_px, image.width)
    return _jpeg(image.resize((edge_px, edge_px), Image.Resampling.BICUBIC, reducing_gap=2.0))


def library_thumbnail(data: bytes, edge_px: int, enlarge: bool) -> bytes:
    """SharePoint's thumbnail of a picture (facts §2.2).

    enlarge: SharePoint 2013's code, which always fills the square, from however little; else SharePoint 2010's rule:
    no crop, the longest side at most `edge_px`, never enlarged (200x100 becomes 144x72 at 144, and 40x40 stays).
    """
    image = _decoded(data, edge_px)
    if enlarge:
        size = (edge_px, edge_px)
        image = _square(image)
    else:
        share = min(1.0, edge_px / max(image.size))
        size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return _jpeg(image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0))


def _opened(data: bytes) -> Image.Image:
    """The header read and believed no further than MAX_PIXELS."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own limit is a warning first; ours is exact
            image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except Exception as error:  # Pillow's readers raise whatever a broken header makes them raise
        raise NotAPicture(f"not a picture: {type(error).__name__}") from error
    if image.width * image.height > MAX_PIXELS or min(image.size) < 1:
        raise NotAPicture(f"{image.width}x{image.height} pixels are too many, or none")
    return image


def _decoded(data: bytes, edge_px: int) -> Image.Image:
    """RGB pixels, turned upright, transparency on white, not much more of them than `edge_px` needs."""
    image = _opened(data)
    try:
        image.draft("RGB", (edge_px, edge_px))
        image.load()
        image = ImageOps.exif_transpose(image)
        if image.has_transparency_data:
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
        return image.convert("RGB")
    except Exception as error:  # likewise for broken pixels
        raise NotAPicture(f"broken picture: {type(error).__name__}") from error


def _turned_sideways(image: Image.Image) -> bool:
    try:
        return image.getexif().get(0x0112) in (5, 6, 7, 8)
    except Exception:  # broken EXIF turns nothing
        return False


def _square(image: Image.Image) -> Image.Image:
    edge = min(image.size)
    left, top = (image.width - edge) // 2, (image.height - edge) // 2
    return image.crop((left, top, left + edge, top + edge))


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
