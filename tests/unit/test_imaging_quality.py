"""However a rendition is come by, it is as close to the original as one made the slow way."""

from __future__ import annotations

import io
from functools import cache

import pytest
from PIL import Image
from tests.closeness import psnr, ssim
from tests.photographs import as_jpeg, photograph
from tests.pictures import encoded

from samepic.imaging import MAX_BYTES, MAX_PIXELS, draw
from samepic.imaging.cropping import Crop, square_box
from samepic.imaging.decoding import bounded
from samepic.imaging.fitting import encoded as rendition_bytes
from samepic.imaging.pixels import decode
from samepic.imaging.scaling import Square
from samepic.model.picture import RENDITION_FORMATS, PictureFormat
from samepic.model.system import Rendition

EDGES = (648, 300, 72, 48)


@cache
def original(number: int, width: int, height: int, name: str) -> bytes:
    image = photograph(number, width, height)
    return as_jpeg(image) if name == "JPEG" else encoded(image, name)


def slowly(data: bytes, edge_px: int) -> Image.Image:
    """The reference: all pixels of the original, its square, Lanczos in one step."""
    whole = Image.open(io.BytesIO(data)).convert("RGB")
    edge = min(whole.size)
    left, top = (whole.width - edge) // 2, round((whole.height - edge) / 4)
    return whole.resize((edge_px, edge_px), Image.Resampling.LANCZOS, (left, top, left + edge, top + edge))


ORIGINALS = [
    (11, 1512, 2016, "JPEG"),
    (12, 1362, 1362, "JPEG"),  # decoded at a half, 681 px for 648: the least that the filter gets to choose from
    (13, 1200, 900, "PNG"),
    (14, 700, 800, "WEBP"),
]


@pytest.mark.parametrize(("number", "width", "height", "name"), ORIGINALS)
def test_pixels_are_those_of_the_slow_way(number: int, width: int, height: int, name: str) -> None:
    data = original(number, width, height, name)
    header = bounded(data, MAX_BYTES, MAX_PIXELS)
    image = decode(data, header, EDGES[0])
    square = Square(image, square_box(image.size, header, Crop.UPPER_CENTRE))
    for edge_px in EDGES:
        made, reference = square.at(edge_px), slowly(data, edge_px)
        assert ssim(made, reference) >= 0.985, edge_px
        assert psnr(made, reference) >= 44, edge_px


def test_renditions_lose_no_more_than_their_encoding_does() -> None:
    data = original(*ORIGINALS[0])
    drawn = draw(data, [Rendition(str(edge_px), edge_px) for edge_px in EDGES])
    for made, edge_px in zip(drawn.renditions, EDGES, strict=True):
        reference = slowly(data, edge_px)
        slow = Image.open(io.BytesIO(rendition_bytes(reference, PictureFormat.JPEG, 90)))
        assert ssim(Image.open(io.BytesIO(made.data)), reference) >= ssim(slow, reference) - 0.01, edge_px


def test_a_photograph_is_decoded_no_larger_than_it_is_needed() -> None:
    data = original(11, 1512, 2016, "JPEG")
    header = bounded(data, MAX_BYTES, MAX_PIXELS)
    assert decode(data, header, 300).size == (378, 504)
    assert decode(data, header, 648).size == (756, 1008)
    assert decode(data, header, 721).size == (1512, 2016)  # 756 px would be less than a twentieth more
    assert decode(data, header, 300, square_px=700).size == (756, 1008)


@pytest.mark.parametrize("into", RENDITION_FORMATS)
@pytest.mark.parametrize("kept_as", [{}, {"keep_rgb": True}, {"exif": b"Exif\0\0"}])
def test_colours_are_right_however_a_jpeg_keeps_them(kept_as: dict[str, object], into: PictureFormat) -> None:
    image = photograph(15, 400, 400)
    data = encoded(image, "JPEG", quality=95, **kept_as)
    for edge_px in (300, 151, 72):
        (made,) = draw(data, [Rendition("one", edge_px, into)]).renditions
        assert psnr(Image.open(io.BytesIO(made.data)), slowly(data, edge_px)) >= 33, edge_px
