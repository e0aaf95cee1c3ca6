"""What kind of file a portrait is: size, shape, type, and what a camera or a telephone would have written into it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from random import Random

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

_TURN_BACK = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}


@dataclass(frozen=True, slots=True)
class Form:
    """Pixels as shown, upright. orientation: the EXIF value by which a viewer turns what is stored; 1 is upright."""

    width: int = 648
    height: int = 648
    file_type: str = "JPEG"
    orientation: int = 1
    gps: tuple[float, float] | None = None


def form_of(name: str, chance: Random) -> Form:
    """A form by its name in the recipe (`tall`, `wide`, `square`, `big`, `turned`, `gps`, `png`); else 648 px."""
    if name == "tall":
        width = chance.choice((486, 648, 900))
        return Form(width, width * 4 // 3)
    if name == "wide":
        height = chance.choice((486, 648, 900))
        return Form(height * chance.choice((4, 3, 5)) // 3 if height % 3 == 0 else height * 4 // 3, height)
    if name == "square":
        edge = chance.choice((504, 800, 1024, 1200))
        return Form(edge, edge)
    if name == "big":
        return chance.choice((Form(2000, 2000), Form(3000, 4000), Form(4000, 3000), Form(2400, 3200), Form(4000, 4000)))
    if name == "turned":
        return Form(720, 960, orientation=chance.choice((3, 6, 8)))
    if name == "gps":
        return Form(960, 960, gps=(chance.uniform(56.0, 63.0), chance.uniform(5.0, 27.0)))
    if name == "png":
        return Form(file_type="PNG")
    return Form()


def encode(image: Image.Image, form: Form) -> bytes:
    """The file's bytes."""
    out = io.BytesIO()
    if form.file_type == "PNG":
        image.save(out, "PNG", compress_level=3)
        return out.getvalue()
    exif = Image.Exif()
    if form.orientation != 1:
        image = image.transpose(_TURN_BACK[form.orientation])
        exif[Base.Orientation] = form.orientation
    if form.gps is not None:
        exif[Base.Make] = "Local"
        exif.get_ifd(IFD.GPSInfo).update(
            {
                GPS.GPSLatitudeRef: "N",
                GPS.GPSLatitude: _degrees(form.gps[0]),
                GPS.GPSLongitudeRef: "E",
                GPS.GPSLongitude: _degrees(form.gps[1]),
            }
        )
    image.save(out, "JPEG", quality=88, **({"exif": exif} if len(exif) else {}))
    return out.getvalue()


def _degrees(value: float) -> tuple[float, float, float]:
    minutes = value % 1 * 60
    return (float(int(value)), float(int(minutes)), round(minutes % 1 * 60, 2))
