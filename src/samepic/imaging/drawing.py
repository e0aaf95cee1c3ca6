"""Everything that is made of one picture, from one decoding of its bytes."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from samepic.imaging.cropping import Crop, square_box, square_px
from samepic.imaging.decoding import bounded, translated
from samepic.imaging.drawn import Drawn
from samepic.imaging.fingerprinting import ENOUGH_PX, fingerprint_of
from samepic.imaging.header import Header
from samepic.imaging.limits import MAX_BYTES, MAX_PIXELS
from samepic.imaging.pixels import decode
from samepic.imaging.rendering import largest_px, renditions_of
from samepic.model.picture import WHITE, CropBox
from samepic.model.system import Rendition


def draw(
    data: bytes,
    renditions: Sequence[Rendition] = (),
    crop: CropBox | None = None,
    max_bytes: int = MAX_BYTES,
    max_pixels: int = MAX_PIXELS,
    background: str = WHITE,
) -> Drawn:
    """Check a picture, make its renditions in their order and take its fingerprint, decoding its bytes once.

    crop: the person's own square, which wins over the upper middle. background: see Policy; the fingerprint is of what
    is shown, and so depends on it too. Raises Unreadable, DoesNotFit.
    """
    header = bounded(data, max_bytes, max_pixels)
    shown = crop or Crop.UPPER_CENTRE
    image = decode(data, header, max(ENOUGH_PX, largest_px(renditions)), square_px(header, shown), background)
    with translated():
        made = renditions_of(image, header, renditions, shown)
        return Drawn(header, tuple(made), fingerprint_of(_small(image, header, shown), header, shown))


def _small(image: Image.Image, header: Header, crop: Crop | CropBox) -> Image.Image:
    """The picture as small as is enough for its fingerprint: averages of whole pixels cost next to nothing."""
    left, _, right, _ = square_box(image.size, header, crop)
    return image.reduce(max(1, int((right - left) / ENOUGH_PX)))
