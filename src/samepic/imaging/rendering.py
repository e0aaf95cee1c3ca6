"""One picture in, the sizes that a system keeps out."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from samepic.imaging.cropping import Crop, square_box, square_px
from samepic.imaging.decoding import MAX_BYTES, MAX_PIXELS, bounded, translated
from samepic.imaging.faults import DoesNotFit, Fault
from samepic.imaging.header import Header
from samepic.imaging.pixels import decode, square, to_srgb
from samepic.model.picture import CropBox, Picture, PictureFormat
from samepic.model.system import Rendition

_QUALITIES = (90, 85, 80, 74, 68, 60, 52, 44, 36)


def render(
    picture: Picture, renditions: Sequence[Rendition], crop: Crop | CropBox = Crop.UPPER_CENTRE
) -> list[Picture]:
    """Decode a picture and make its renditions. Raises Unreadable, DoesNotFit."""
    if not renditions:
        return []
    header = bounded(picture.data, MAX_BYTES, MAX_PIXELS)
    image = decode(picture.data, header, largest_px(renditions), square_px(header, crop))
    with translated():
        return renditions_of(image, header, renditions, crop)


def largest_px(renditions: Sequence[Rendition]) -> int:
    """The edge that decoding has to be good for; 0 where nothing is asked for."""
    return max((rendition.edge_px for rendition in renditions), default=0)


def renditions_of(
    image: Image.Image, header: Header, renditions: Sequence[Rendition], crop: Crop | CropBox
) -> list[Picture]:
    """Make one square sRGB picture without metadata for each rendition, in their order, of decoded, upright pixels.

    The same bytes give the same bytes on the locked versions. A smaller original is given in its own size unless
    the rendition enlarges. Quality goes down until `max_bytes` is met. Raises DoesNotFit.
    """
    if not renditions:
        return []
    largest = largest_px(renditions)
    box = square_box(image.size, header, crop)
    edge = max(1, round(box[2] - box[0]))
    # Up to four times the largest rendition the renditions are scaled from the pixels as they are; a PNG of
    # twelve million pixels is made smaller once, before its colours are converted.
    master = to_srgb(square(image, box, edge if edge <= 4 * largest else 2 * largest))
    # A JPEG decoded at a fraction is smaller than the original was.
    original = square_px(header, crop)
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
