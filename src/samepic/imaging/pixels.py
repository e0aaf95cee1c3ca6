"""What is done to pixels: turned by EXIF, squared, scaled, brought to sRGB, laid on a background."""

from __future__ import annotations

import io
from math import ceil

import numpy
from PIL import Image, ImageCms, ImageOps, JpegImagePlugin

from samepic.imaging.cropping import Box
from samepic.imaging.decoding import loaded, opened
from samepic.imaging.faults import Fault, Unreadable
from samepic.imaging.header import Header
from samepic.imaging.limits import MAX_WHOLE_PIXELS
from samepic.model.picture import WHITE

_WORKING_MODES = ("L", "YCbCr", "RGB", "RGBA", "CMYK", "LAB")

SPARE = 1.05
"""What a JPEG is decoded at, in edges that are wanted: where it comes out at the very edge or a hair larger, the filter
that follows has nothing to choose from. Measured: docs/why/2026-11-22-speed.md."""

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_PROFILES_MODES = {b"GRAY": "L", b"RGB ": "RGB", b"CMYK": "CMYK", b"Lab ": "LAB"}

_BACKGROUND = "samepic background"
"""Where an image's `info`, which goes with it through all that is done to it, has what lies under it."""


def decode(
    data: bytes, header: Header, edge_px: int, square_px: int | None = None, background: str = WHITE
) -> Image.Image:
    """Decode once, upright, so large that the square has `edge_px` or more; a JPEG hardly larger than that.

    A JPEG decoded at 1/2, 1/4 or 1/8 takes less time and is as good as one scaled by a filter. square_px: the
    square's edge in the original, None for all of its shorter side. The mode is one of L, YCbCr, RGB, RGBA, CMYK, LAB;
    YCbCr needs no conversion. The embedded colour profile stays in `info`. background: as #rrggbb, what `to_srgb` lays
    under pixels that one can see through.
    """
    with opened(data, header) as image:
        scale = SPARE * edge_px / (square_px or min(image.size))
        mode = "YCbCr" if _keeps_lightness_apart(image) else None
        # Rounded up: the square has to have its edge after the decoder has rounded too.
        wanted = ceil(image.width * scale), ceil(image.height * scale)
        if image.width * image.height > MAX_WHOLE_PIXELS:  # a small square of a camera's largest picture
            least = 2 if header.is_scaled else 4  # where its coefficients are kept, there is little room beside them
            wanted = min(wanted[0], image.width // least), min(wanted[1], image.height // least)
        image.draft(mode, wanted)
        if isinstance(image, JpegImagePlugin.JpegImageFile):
            image.decodermaxblock = len(data)  # in one piece: its decoder is slower at the end of each
        upright = _working_mode(_upright(loaded(image)))
        upright.info[_BACKGROUND] = background
        return upright


def _keeps_lightness_apart(image: Image.Image) -> bool:
    """Whether it is a JPEG of lightness and two colours, which can be scaled and encoded as they are.

    A profile has to see red, green and blue. A few JPEGs are kept so: Adobe's marker tells, or the letters for names.
    """
    if not isinstance(image, JpegImagePlugin.JpegImageFile) or image.mode != "RGB" or "icc_profile" in image.info:
        return False
    kept_apart = "adobe" not in image.info or image.info.get("adobe_transform") == 1
    return kept_apart and bytes(layer[0] for layer in image.layer) != b"RGB"


def square(
    image: Image.Image, box: Box, edge_px: int, gap: float = 2.0, by: Image.Resampling = Image.Resampling.LANCZOS
) -> Image.Image:
    """Cut the square and scale it to `edge_px`: by averages of whole pixels to `gap` edges, then by the filter."""
    left, top, right, bottom = (round(side) for side in box)
    if box == (left, top, right, bottom) and right - left == edge_px:
        return image.crop((left, top, right, bottom))
    return image.resize((edge_px, edge_px), by, box, reducing_gap=gap)


def to_srgb(image: Image.Image) -> Image.Image:
    """Bring colours to sRGB by the embedded profile, and alpha onto the background. The result carries no metadata.

    A profile that cannot be used is ignored, as browsers do.
    """
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    profile = image.info.get("icc_profile")
    rgb = _by_profile(image, profile) if isinstance(profile, bytes) and profile else None
    if rgb is None:
        rgb = image.convert("RGB")
    if alpha is None:
        rgb.info = {}
        return rgb
    result = Image.new("RGB", image.size, image.info.get(_BACKGROUND, WHITE))
    result.paste(rgb, mask=alpha)
    return result


def _by_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    """The colours as the profile means them; None where it cannot be used, or is for other colours than these.

    A grey picture may carry a profile for red, green and blue, and the other way round; inks only their own.
    """
    mode = _PROFILES_MODES.get(profile[16:20])  # ICC.1:2022, 7.2.6: the colour space of the data
    if mode is None or (mode != image.mode and not {mode, image.mode} <= {"L", "RGB", "RGBA"}):
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return _converted(image if image.mode == mode else image.convert(mode), source)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _converted(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB")
    assert converted is not None  # only where it was asked to change the image itself
    return converted


def _upright(image: Image.Image) -> Image.Image:
    try:
        ImageOps.exif_transpose(image, in_place=True)  # whoever is upright already is not copied
    except Exception:
        # EXIF is written by many hands; a picture is not refused for it.
        return image
    return image


def _working_mode(image: Image.Image) -> Image.Image:
    if image.mode in _WORKING_MODES and (image.mode != "YCbCr" or "icc_profile" not in image.info):
        return image
    if image.mode == "F":
        raise Unreadable(Fault.UNSUPPORTED_FORMAT, "This TIFF holds measurements and no colours.")
    if image.mode.startswith("I"):
        # 16-bit grey: Pillow's own conversion clips instead of scaling.
        converted = Image.fromarray((numpy.asarray(image).clip(0, 0xFFFF) >> 8).astype(numpy.uint8))
    else:
        transparent = image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info
        converted = image.convert("RGBA" if transparent else "RGB")
    converted.info = dict(image.info)
    return converted
