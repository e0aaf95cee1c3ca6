"""Renditions: upright, square, sRGB, on white, bare of metadata, within limits, the same bytes every time."""

from __future__ import annotations

import io

import numpy
import pillow_heif
import pytest
from PIL import Image, ImageCms
from tests.pictures import encoded, mosaic, turned

from samepic.imaging import DoesNotFit, Fault, check, render
from samepic.model.picture import RENDITION_FORMATS, Picture, PictureFormat
from samepic.model.system import Rendition

pillow_heif.register_heif_opener()

SHAREPOINT = (Rendition("S", 48), Rendition("M", 72), Rendition("L", 300))
RED, GREEN, BLUE = (220, 20, 20), (20, 200, 20), (20, 20, 220)


def rendered(data: bytes, *renditions: Rendition) -> list[Image.Image]:
    made = render(check(data), renditions or SHAREPOINT)
    return [Image.open(io.BytesIO(picture.data)).convert("RGB") for picture in made]


def colour(image: Image.Image, x: float, y: float) -> tuple[int, ...]:
    """The pixel at a share of width and height."""
    pixel = image.getpixel((int(x * (image.width - 1)), int(y * (image.height - 1))))
    assert isinstance(pixel, tuple)
    return tuple(pixel)


def near(one: tuple[int, ...], other: tuple[int, ...], within: int = 25) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= within


def banded(width: int, height: int, vertical: bool = False) -> Image.Image:
    """Three bands, red, green and blue, from above or from the left."""
    image = Image.new("RGB", (width, height))
    for index, band in enumerate((RED, GREEN, BLUE)):
        if vertical:
            image.paste(band, (index * width // 3, 0, (index + 1) * width // 3, height))
        else:
            image.paste(band, (0, index * height // 3, width, (index + 1) * height // 3))
    return image


def test_sizes_and_what_is_said_of_them() -> None:
    made = render(check(encoded(mosaic(1, 648, 648))), SHAREPOINT)
    assert [(picture.width_px, picture.height_px, picture.format) for picture in made] == [
        (48, 48, PictureFormat.JPEG),
        (72, 72, PictureFormat.JPEG),
        (300, 300, PictureFormat.JPEG),
    ]
    assert [check(picture.data) for picture in made] == made


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_the_same_picture_in_every_size(name: str) -> None:
    original = mosaic(2, 600, 600)
    for image in rendered(encoded(original, name)):
        expected = numpy.asarray(original.resize(image.size, Image.Resampling.LANCZOS), dtype=float)
        assert numpy.abs(numpy.asarray(image, dtype=float) - expected).mean() < 6


def test_a_smaller_original_keeps_its_size_unless_the_system_needs_another() -> None:
    data = encoded(mosaic(1, 100, 100))
    assert [image.width for image in rendered(data)] == [48, 72, 100]
    assert [image.width for image in rendered(data, Rendition("L", 300, enlarge=True))] == [300]
    assert [image.width for image in rendered(encoded(mosaic(1, 40, 90)))] == [40, 40, 40]
    assert [image.width for image in rendered(encoded(mosaic(1, 1, 1)))] == [1, 1, 1]


def test_a_tall_picture_is_cut_above_its_middle() -> None:
    (image,) = rendered(encoded(banded(200, 400)), Rendition("L", 100))
    # Rows 50 to 250 of 400: a third of the band of red, and hardly any blue.
    assert near(colour(image, 0.5, 0.2), RED)
    assert near(colour(image, 0.5, 0.8), GREEN)


def test_a_wide_picture_is_cut_at_its_middle() -> None:
    (image,) = rendered(encoded(banded(600, 200, vertical=True)), Rendition("L", 100))
    assert near(colour(image, 0.05, 0.5), GREEN)
    assert near(colour(image, 0.95, 0.5), GREEN)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "HEIF"])
def test_exif_turns_the_picture(orientation: int, name: str) -> None:
    upright = Image.new("RGB", (320, 320), GREEN)
    upright.paste(RED, (0, 0, 160, 160))
    upright.paste(BLUE, (160, 0, 320, 160))
    stored, exif = turned(upright, orientation)
    (image,) = rendered(encoded(stored, name, exif=exif if name == "TIFF" else exif.tobytes()), Rendition("L", 80))
    assert near(colour(image, 0.2, 0.2), RED)
    assert near(colour(image, 0.8, 0.2), BLUE)
    assert near(colour(image, 0.5, 0.8), GREEN)


def test_exif_turn_comes_before_the_crop() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying on its left side
    stored = banded(200, 400).transpose(Image.Transpose.ROTATE_90)
    (image,) = rendered(encoded(stored, exif=exif.tobytes()), Rendition("L", 100))
    assert near(colour(image, 0.5, 0.2), RED)
    assert near(colour(image, 0.5, 0.8), GREEN)


def test_broken_exif_is_no_reason_to_refuse() -> None:
    data = encoded(mosaic(1, 90, 90), exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff\x00\x00")
    assert len(rendered(data)) == 3


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "P"])
def test_alpha_is_laid_on_white(mode: str) -> None:
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 50, 100, 100))
    if mode == "P":
        paletted = image.convert("L").convert("P")
        paletted.putpalette([0, 0, 0, 255, 0, 0] + [0] * 762)
        pixels = numpy.zeros((100, 100), dtype=numpy.uint8)
        pixels[:50] = 1
        paletted.paste(Image.fromarray(pixels))
        data = encoded(paletted, "PNG", transparency=1)
    else:
        data = encoded(image.convert(mode), "PNG") if mode != "PA" else encoded(image.quantize(4), "PNG")
    (made,) = rendered(data, Rendition("L", 50))
    assert near(colour(made, 0.5, 0.2), (255, 255, 255))
    assert near(colour(made, 0.5, 0.8), (0, 0, 0))


def wide_gamut() -> bytes:
    """A profile whose red and green have changed places: nobody can use it and not be noticed."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132], "big")
    for entry in range(count):
        at = 132 + 12 * entry
        swapped = {b"rXYZ": b"gXYZ", b"gXYZ": b"rXYZ"}.get(bytes(profile[at : at + 4]))
        if swapped:
            profile[at : at + 4] = swapped
    return bytes(profile)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "TIFF in YCbCr"])
def test_colours_follow_the_embedded_profile(name: str) -> None:
    image = Image.new("RGB", (80, 80), RED).convert("YCbCr" if "YCbCr" in name else "RGB")
    data = encoded(image, name.split()[0], icc_profile=wide_gamut())
    (made,) = rendered(data, Rendition("L", 60))
    red, green, blue = colour(made, 0.5, 0.5)
    assert green > 180 > 90 > red
    assert blue < 90


def test_a_profile_that_cannot_be_used_is_ignored() -> None:
    for profile in (b"nonsense", wide_gamut()[:200]):
        (made,) = rendered(encoded(Image.new("RGB", (80, 80), RED), icc_profile=profile), Rendition("L", 60))
        assert near(colour(made, 0.5, 0.5), RED)


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "I;16"])
def test_every_colour_mode_becomes_rgb(mode: str) -> None:
    image = mosaic(5, 120, 120)
    if mode == "I;16":
        grey = numpy.asarray(image.convert("L")).astype(numpy.uint16) * 257
        data = encoded(Image.fromarray(grey), "PNG")
    else:
        data = encoded(image.convert(mode), "JPEG" if mode == "CMYK" else "PNG")
    (picture,) = render(check(data), [Rendition("L", 96)])
    made = Image.open(io.BytesIO(picture.data))
    assert made.mode == "RGB"
    expected = numpy.asarray(image.resize((96, 96)).convert("L"), dtype=float)
    assert numpy.corrcoef(expected.ravel(), numpy.asarray(made.convert("L"), dtype=float).ravel())[0, 1] > (
        0.5 if mode == "1" else 0.8  # one bit is dithered
    )


def test_quality_goes_down_until_the_limit_is_met() -> None:
    picture = check(encoded(mosaic(6, 400, 400)))
    (free,) = render(picture, [Rendition("L", 300)])
    (bound,) = render(picture, [Rendition("L", 300, max_bytes=len(free.data) // 2)])
    assert len(bound.data) <= len(free.data) // 2
    assert (bound.width_px, bound.height_px) == (300, 300)
    (exact,) = render(picture, [Rendition("L", 300, max_bytes=len(free.data))])
    assert exact == free


@pytest.mark.parametrize("into", RENDITION_FORMATS)
def test_what_cannot_be_made_to_fit_is_said(into: PictureFormat) -> None:
    with pytest.raises(DoesNotFit) as caught:
        render(check(encoded(mosaic(6, 400, 400))), [Rendition("thumbnail", 300, into, max_bytes=700)])
    assert caught.value.kind is Fault.DOES_NOT_FIT
    assert "thumbnail" in caught.value.words
    assert "700" in caught.value.words


def test_the_same_bytes_every_time() -> None:
    data = encoded(mosaic(7, 500, 700), exif=b"")
    assert render(check(data), SHAREPOINT) == render(check(data), SHAREPOINT)
    assert render(Picture(data), SHAREPOINT) == render(check(data), SHAREPOINT)


def test_jpegs_are_progressive_and_small() -> None:
    made = render(check(encoded(mosaic(8, 648, 648))), SHAREPOINT)
    assert all(b"\xff\xc2" in picture.data for picture in made)
    assert len(made[0].data) < 4_000


def test_nothing_asked_nothing_made() -> None:
    assert render(check(encoded(mosaic(1))), []) == []
