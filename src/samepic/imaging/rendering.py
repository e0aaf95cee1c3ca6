"""One picture in, the sizes that a system keeps out."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from samepic.imaging.cropping import Crop, square_box, square_px
from samepic.imaging.decoding import bounded, translated
from samepic.imaging.fitting import fitted
from samepic.imaging.header import Header
from samepic.imaging.limits import MAX_BYTES, MAX_PIXELS
from samepic.imaging.pixels import decode
from samepic.imaging.scaling import Square
from samepic.model.picture import CropBox, Picture
from samepic.model.system import Rendition


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
    square = Square(image, square_box(image.size, header, crop))
    original_px = square_px(header, crop)  # a JPEG decoded at a fraction is smaller than the original was
    edges = [each.edge_px if each.enlarge else min(each.edge_px, original_px) for each in renditions]
    for edge_px in sorted(edges, reverse=True):
        square.at(edge_px)
    return [fitted(square, rendition, edge_px) for rendition, edge_px in zip(renditions, edges, strict=True)]
