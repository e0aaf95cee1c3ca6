"""What vendors, people's editors and we do to a picture and leave it the same one; and what makes it another."""

from __future__ import annotations

import io
from collections.abc import Callable
from random import Random

import numpy
from PIL import Image, ImageEnhance, ImageOps
from tests.pictures import encoded, turned

from localtenant.store.scaling import graph_size, library_thumbnail
from samepic.imaging import render
from samepic.model.picture import Picture
from samepic.model.system import Rendition

Change = Callable[[Image.Image, Random], bytes]

MOST_CUT = 0.05
"""Of an edge, at each side: what a cut may take away without making another picture."""


def upright(data: bytes) -> Image.Image:
    """Pixels as a viewer shows them."""
    with Image.open(io.BytesIO(data)) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def scaled(image: Image.Image, shorter_px: int) -> Image.Image:
    """The whole picture with a shorter side of so many pixels."""
    share = shorter_px / min(image.size)
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def cut(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    """Without these shares of the width and the height."""
    width, height = image.size
    return image.crop(
        (round(left * width), round(top * height), round((1 - right) * width), round((1 - bottom) * height))
    )


def square_at(image: Image.Image, share: float) -> Image.Image:
    """The largest square, with this share of the spare length to its left or above it."""
    edge = min(image.size)
    left, top = round((image.width - edge) * share), round((image.height - edge) * share)
    return image.crop((left, top, left + edge, top + edge))


def _any_cut(image: Image.Image, chance: Random) -> Image.Image:
    return cut(image, *(chance.uniform(0, MOST_CUT) for _ in range(4)))


def _cut_all_round(image: Image.Image) -> Image.Image:
    return cut(image, MOST_CUT, MOST_CUT, MOST_CUT, MOST_CUT)


def tinted(image: Image.Image, red: float, green: float, blue: float) -> Image.Image:
    """Each channel multiplied, as another white balance does."""
    gains = [round(min(255.0, level * gain)) for gain in (red, green, blue) for level in range(256)]
    return image.point(gains)


def _curved(image: Image.Image, gamma: float) -> Image.Image:
    return image.point([round(255 * (level / 255) ** gamma) for level in range(256)] * 3)


def recoloured(image: Image.Image, turn_degrees: float) -> Image.Image:
    """The same lightness everywhere and every hue turned: another picture with the same layout."""
    luma, blue, red = image.convert("YCbCr").split()
    cb, cr = (numpy.asarray(plane, dtype=numpy.float64) - 128 for plane in (blue, red))
    angle = numpy.deg2rad(turn_degrees)
    turned = (cb * numpy.cos(angle) - cr * numpy.sin(angle), cb * numpy.sin(angle) + cr * numpy.cos(angle))
    planes = [Image.fromarray(numpy.clip(plane + 128.5, 0, 255).astype(numpy.uint8)) for plane in turned]
    return Image.merge("YCbCr", (luma, *planes)).convert("RGB")


def channels_swapped(image: Image.Image) -> Image.Image:
    """Red for blue."""
    red, green, blue = image.split()
    return Image.merge("RGB", (blue, green, red))


def _turned(image: Image.Image, orientation: int) -> bytes:
    stored, exif = turned(scaled(image, 240), orientation)
    return encoded(stored, quality=85, exif=exif)


def _ours(image: Image.Image, edge_px: int) -> bytes:
    return render(Picture(encoded(image, quality=92)), [Rendition("", edge_px)])[0].data


SAME: dict[str, Change] = {
    "nothing": lambda image, _: encoded(image, "PNG", compress_level=1),
    "JPEG 30": lambda image, _: encoded(image, quality=30),
    "JPEG 50": lambda image, _: encoded(image, quality=50),
    "JPEG 75": lambda image, _: encoded(image, quality=75),
    "JPEG 95": lambda image, _: encoded(image, quality=95),
    "JPEG 30 of 48 px": lambda image, _: encoded(scaled(image, 48), quality=30),
    "WebP": lambda image, _: encoded(scaled(image, 300), "WEBP", quality=60, method=0),
    "PNG": lambda image, _: encoded(scaled(image, 200), "PNG", compress_level=1),
    "PNG of 256 colours": lambda image, _: encoded(scaled(image, 200).quantize(256), "PNG", compress_level=1),
    "our 48 px": lambda image, _: _ours(image, 48),
    "our 72 px": lambda image, _: _ours(image, 72),
    "our 300 px": lambda image, _: _ours(image, 300),
    "Graph's 48 px": lambda image, _: graph_size(encoded(image, quality=92), 48),
    "Graph's 240 px": lambda image, _: graph_size(encoded(image, quality=92), 240),
    "SharePoint's 72 px": lambda image, _: library_thumbnail(encoded(image, quality=92), 72, enlarge=True),
    "SharePoint 2010's 200 px": lambda image, _: library_thumbnail(encoded(image, quality=92), 200, enlarge=False),
    "cut 5 % left": lambda image, _: encoded(cut(image, MOST_CUT, 0, 0, 0)),
    "cut 5 % above": lambda image, _: encoded(cut(image, 0, MOST_CUT, 0, 0)),
    "cut 5 % right": lambda image, _: encoded(cut(image, 0, 0, MOST_CUT, 0)),
    "cut 5 % below": lambda image, _: encoded(cut(image, 0, 0, 0, MOST_CUT)),
    "cut 5 % all round": lambda image, _: encoded(_cut_all_round(image)),
    "cut 5 % at a corner": lambda image, _: encoded(cut(image, MOST_CUT, 0, 0, MOST_CUT)),
    "cut by chance": lambda image, chance: encoded(_any_cut(image, chance)),
    "cut by chance, JPEG 30": lambda image, chance: encoded(_any_cut(image, chance), quality=30),
    "cut by chance, 48 px": lambda image, chance: encoded(scaled(_any_cut(image, chance), 48), quality=85),
    "cut by chance, our 72 px": lambda image, chance: _ours(_any_cut(image, chance), 72),
    "a square of it": lambda image, chance: encoded(square_at(image, chance.random())),
    "a square of it, 72 px": lambda image, chance: encoded(scaled(square_at(image, chance.random()), 72)),
    "a square of it, cut": lambda image, chance: encoded(_any_cut(square_at(image, chance.random()), chance)),
    "lighter": lambda image, _: encoded(ImageEnhance.Brightness(scaled(image, 300)).enhance(1.06)),
    "darker": lambda image, _: encoded(ImageEnhance.Brightness(scaled(image, 300)).enhance(0.94)),
    "more contrast": lambda image, _: encoded(ImageEnhance.Contrast(scaled(image, 300)).enhance(1.1)),
    "paler": lambda image, _: encoded(ImageEnhance.Color(scaled(image, 300)).enhance(0.85)),
    "more colour": lambda image, _: encoded(ImageEnhance.Color(scaled(image, 300)).enhance(1.15)),
    "warmer": lambda image, _: encoded(tinted(scaled(image, 300), 1.04, 1.0, 0.96)),
    "colder": lambda image, _: encoded(tinted(scaled(image, 300), 0.96, 1.0, 1.04)),
    "another gamma": lambda image, chance: encoded(_curved(scaled(image, 300), chance.choice((0.92, 1.08)))),
    "turned by EXIF": lambda image, chance: _turned(image, chance.choice((3, 6, 8))),
    "mirrored back by EXIF": lambda image, chance: _turned(image, chance.choice((2, 4, 5, 7))),
    "cut, warmer, 96 px, JPEG 40": lambda image, chance: encoded(
        tinted(scaled(_any_cut(image, chance), 96), 1.03, 1.0, 0.97), quality=40
    ),
}

DIFFERENT: dict[str, Change] = {
    "mirrored": lambda image, _: encoded(ImageOps.mirror(scaled(image, 300))),
    "mirrored and cut": lambda image, chance: encoded(ImageOps.mirror(_any_cut(image, chance))),
    "mirrored, 48 px, JPEG 30": lambda image, _: encoded(ImageOps.mirror(scaled(image, 48)), quality=30),
}
"""Whatever the picture, provided that it is not its own mirror image."""

RECOLOURED: dict[str, Change] = {
    "hues turned by 60 degrees": lambda image, _: encoded(recoloured(scaled(image, 300), 60)),
    "hues turned by 120 degrees": lambda image, _: encoded(recoloured(scaled(image, 300), 120)),
    "hues turned by 180 degrees": lambda image, _: encoded(recoloured(scaled(image, 300), 180)),
    "hues turned by 240 degrees, 48 px": lambda image, _: encoded(recoloured(scaled(image, 48), 240)),
    "hues turned by 300 degrees, cut": lambda image, chance: encoded(
        recoloured(scaled(_any_cut(image, chance), 300), 300)
    ),
    "red for blue": lambda image, _: encoded(channels_swapped(scaled(image, 300))),
    "grey": lambda image, _: encoded(scaled(image, 300).convert("L")),
}
"""Other pictures of the same layout, provided that there was colour enough to tell: see `colourful`."""

LEAST_COLOUR = 12.0


def colourful(image: Image.Image) -> bool:
    """Whether the picture has colour to lose: its Cb and Cr lie LEAST_COLOUR levels from grey on average, or more.

    Turned by 60 degrees, such colours move by as much.
    """
    colours = numpy.asarray(image.convert("YCbCr").resize((16, 16)), dtype=numpy.float64)[..., 1:] - 128
    return float(numpy.hypot(colours[..., 0], colours[..., 1]).mean()) >= LEAST_COLOUR
