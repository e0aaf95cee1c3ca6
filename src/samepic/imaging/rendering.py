"""One picture in, the sizes that a system keeps out."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from samepic.imaging.decoding import MAX_BYTES, MAX_PIXELS, bounded, translated
from samepic.imaging.faults import DoesNotFit, Fault
from samepic.imaging.pixels import Crop, decode, square, to_srgb
from samepic.model.picture import Picture, PictureFormat
from samepic.model.system import Rendition

_QUALITIES = (90, 85, 80, 74, 68, 60, 52, 44, 36)


def render(picture: Picture, renditions: Sequence[Rendition]) -> list[Picture]:
    """Make one upright, square, sRGB picture without metadata for each rendition, in their order.

    The same bytes give the same bytes on the locked versions. A smaller original is given in its own size unless
    the rendition enlarges. Quality goes down until `max_bytes` is met. Raises Unreadable, DoesNotFit.
    """
    if not renditions:
        return []
    header = bounded(picture.data, MAX_BYTES, MAX_PIXELS)
    largest = max(rendition.edge_px for rendition in renditions)
    image = decode(picture.data, header, largest)
    with translated():
        edge = min(image.size)
        # Up to four times the largest rendition the renditions are scaled from the pixels as they are; a PNG of
        # twelve million pixels is made smaller once, before its colours are converted.
        master = to_srgb(square(image, Crop.UPPER_CENTRE, edge if edge <= 4 * largest else 2 * largest))
        # A JPEG decoded at a fraction is smaller than the original was.
        original = min(header.width_px, header.height_px)
        return [_rendition(master, rendition, original) for rendition in renditions]


def _rendition(master: Image.Image, rendition: Rendition, original_px: int) -> Picture:
    edge = rendition.edge_px if rendition.enlarge else min(rendition.edge_px, original_px)
    pixels = master if master.width == edge else master.resize((edge, edge), Image.Resampling.LANCZOS, None, 3.0)
    qualities = (0,) if rendition.format is PictureFormat.PNG else _QUALITIES
    for quality in qualities:
        data = _encode(pixels, rendition.format, quality)
        if rendition.max_bytes is None or len(data) <= rendition.max_bytes:
            return Picture(data, rendition.format, edge, edge)
    raise DoesNotFit(
        Fault.DOES_NOT_FIT,
        f"{rendition.name}: at {edge} px the picture has {len(data):,} bytes at the lowest quality; "
        f"the system takes {rendition.max_bytes:,}.",
    )


def _encode(pixels: Image.Image, format_: PictureFormat, quality: int) -> bytes:
    out = io.BytesIO()
    if format_ is PictureFormat.JPEG:
        pixels.save(out, "JPEG", quality=quality, optimize=True, progressive=True, subsampling="4:2:0")
    elif format_ is PictureFormat.PNG:
        pixels.save(out, "PNG", optimize=True)
    else:
        pixels.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()
