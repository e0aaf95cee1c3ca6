"""Colours are what the embedded profile says: of inks, of greys and of Lab, with profiles that nobody would guess."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image, ImageCms
from tests.pictures import encoded

from samepic.imaging import draw
from samepic.model.system import Rendition

Colour = tuple[int, int, int]


def profile(kind: bytes, space: bytes, connection: bytes, **tags: bytes) -> bytes:
    """An ICC profile, version 2, of these tags and no others (ICC.1:2001-04, 6 and 7)."""
    body, directory, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        directory += struct.pack(">4sII", name.encode(), at + len(body), len(content))
        body += padded
    head = struct.pack(">I4xI4s4s4s12x4s", at + len(body), 0x02400000, kind, space, connection, b"acsp")
    head = head.ljust(68, b"\x00") + struct.pack(">iii", 63190, 65536, 54061)  # D50
    return head.ljust(128, b"\x00") + struct.pack(">I", len(tags)) + directory + body


WHITE_POINT = b"XYZ \x00\x00\x00\x00" + struct.pack(">iii", 63190, 65536, 54061)


def inks() -> bytes:
    """Full cyan is a red, no ink is white, and whatever has another ink in it is dark."""
    lab = {0: (255, 128, 128), 8: (135, 208, 195)}
    table = b"".join(bytes(lab.get(corner, (30, 128, 128))) for corner in range(16))
    straight = bytes(range(256))
    matrix = struct.pack(">9i", *(65536 if n % 4 == 0 else 0 for n in range(9)))
    look_up = b"mft1\x00\x00\x00\x00\x04\x03\x02\x00" + matrix + straight * 4 + table + straight * 3
    return profile(b"prtr", b"CMYK", b"Lab ", A2B0=look_up, wtpt=WHITE_POINT)


def dark_grey() -> bytes:
    """The middle is far darker than usual: a gamma of four."""
    return profile(b"mntr", b"GRAY", b"XYZ ", wtpt=WHITE_POINT, kTRC=b"curv\x00\x00\x00\x00\x00\x00\x00\x01\x04\x00")


def middle(data: bytes) -> Colour:
    made = Image.open(io.BytesIO(draw(data, [Rendition("L", 40)]).renditions[0].data)).convert("RGB")
    red, green, blue = made.getpixel((20, 20))
    return int(red), int(green), int(blue)


def near(one: Colour, other: Colour, within: int = 12) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= within


@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
def test_inks(name: str) -> None:
    cyan = Image.new("CMYK", (60, 60), (255, 0, 0, 0))
    assert near(middle(encoded(cyan, name)), (0, 255, 255), 20)
    red, green, blue = middle(encoded(cyan, name, icc_profile=inks()))
    assert red > 200
    assert max(green, blue) < 60
    assert near(middle(encoded(Image.new("CMYK", (60, 60)), name, icc_profile=inks())), (255, 255, 255))


@pytest.mark.parametrize(("mode", "name"), [("L", "JPEG"), ("L", "PNG"), ("LA", "PNG"), ("L", "TIFF")])
def test_greys(mode: str, name: str) -> None:
    grey = Image.new("L", (60, 60), 128).convert(mode)
    assert near(middle(encoded(grey, name)), (128, 128, 128))
    assert near(middle(encoded(grey, name, icc_profile=dark_grey())), (71, 71, 71))


@pytest.mark.parametrize("has_profile", [True, False])
def test_lab(has_profile: bool) -> None:
    source, lab = (ImageCms.ImageCmsProfile(ImageCms.createProfile(space)) for space in ("sRGB", "LAB"))
    orange = ImageCms.profileToProfile(Image.new("RGB", (60, 60), (230, 120, 30)), source, lab, outputMode="LAB")
    assert orange is not None
    options = {"icc_profile": lab.tobytes()} if has_profile else {}
    assert near(middle(encoded(orange, "TIFF", **options)), (230, 120, 30))


def test_a_profile_for_other_colours_is_not_used() -> None:
    red = Image.new("RGB", (60, 60), (220, 30, 30))
    assert near(middle(encoded(red, icc_profile=inks())), (220, 30, 30))
    cyan = Image.new("CMYK", (60, 60), (255, 0, 0, 0))
    assert near(
        middle(encoded(cyan, icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())),
        (0, 255, 255),
        20,
    )


def test_a_grey_picture_may_carry_a_profile_for_red_green_and_blue() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert near(middle(encoded(Image.new("L", (60, 60), 128), icc_profile=srgb)), (128, 128, 128))
