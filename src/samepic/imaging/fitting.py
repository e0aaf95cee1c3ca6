"""The best encoding of a rendition that a system's limit of bytes lets through."""

from __future__ import annotations

import io

from PIL import Image

from samepic.imaging.faults import DoesNotFit, Fault
from samepic.imaging.scaling import WHOLE_COLOUR_PX, Square
from samepic.model.picture import Picture, PictureFormat
from samepic.model.system import Rendition

BEST_QUALITY = 90
LEAST_QUALITY = 36
"""Below it a face is no longer one."""

_WHOLE_COLOUR_QUALITY = 75
"""Down to this quality every pixel of a thumbnail keeps its own colour (4:4:4).

Of 48 px there would be 24 px of colour otherwise, and red edges smear; that costs some 300 bytes of 2,500. From edges
above WHOLE_COLOUR_PX nobody sees it, and a tenth of the bytes goes (4:2:0).
"""


def fitted(square: Square, rendition: Rendition, edge_px: int) -> Picture:
    """Encode a square with this edge as well as the rendition's limit lets us.

    The same pixels and limit give the same bytes; a larger limit never a lower quality. Raises DoesNotFit.
    """
    data, fits = _best(square.at(edge_px), rendition)
    if fits:
        return Picture(data, rendition.format, edge_px, edge_px)
    raise DoesNotFit(
        Fault.DOES_NOT_FIT,
        f"{rendition.name}: at {edge_px} px the picture has {len(data):,} bytes at the lowest quality; "
        f"the system takes {rendition.max_bytes:,}.",
    )


def _best(pixels: Image.Image, rendition: Rendition) -> tuple[bytes, bool]:
    """The best encoding that fits; where none does, the smallest.

    Halving asks at each quality only whether it fits. Whatever the sizes are (they do not fall evenly), a larger
    limit answers the first question that is answered differently with yes, and so ends higher.
    """
    data = encoded(pixels, rendition.format, BEST_QUALITY)
    if _fits(data, rendition) or rendition.format is PictureFormat.PNG:
        return data, _fits(data, rendition)
    best = encoded(pixels, rendition.format, LEAST_QUALITY)
    if not _fits(best, rendition):
        return best, False
    fitting, too_large = LEAST_QUALITY, BEST_QUALITY
    while too_large - fitting > 1:
        quality = (fitting + too_large) // 2
        data = encoded(pixels, rendition.format, quality)
        if _fits(data, rendition):
            fitting, best = quality, data
        else:
            too_large = quality
    return best, True


def _fits(data: bytes, rendition: Rendition) -> bool:
    return rendition.max_bytes is None or len(data) <= rendition.max_bytes


def encoded(pixels: Image.Image, format_: PictureFormat, quality: int) -> bytes:
    """Encode sRGB pixels, RGB or YCbCr; a quality, of 100, means nothing to PNG. No metadata."""
    out = io.BytesIO()
    if format_ is PictureFormat.JPEG:
        whole = pixels.width <= WHOLE_COLOUR_PX and quality >= _WHOLE_COLOUR_QUALITY
        colour = "4:4:4" if whole else "4:2:0"
        no = {"comment": b""}  # Pillow would hand on the one that the picture came with
        pixels.save(out, "JPEG", quality=quality, optimize=True, progressive=True, subsampling=colour, **no)
    elif format_ is PictureFormat.PNG:
        pixels.convert("RGB").save(out, "PNG", optimize=True)
    else:
        pixels.convert("RGB").save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()
