"""Nothing but pixels leaves: proven on the bytes, by walking every part of every rendition to its end."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import pillow_heif
import pytest
from PIL import Image, ImageCms, PngImagePlugin
from tests.pictures import encoded, mosaic

from samepic.imaging import draw
from samepic.model.picture import RENDITION_FORMATS, PictureFormat
from samepic.model.system import Rendition

pillow_heif.register_heif_opener()

SIZES = (48, 72, 300)
ALLOWED = {
    # JFIF's own header, quantisation, progressive frame, Huffman tables, scans, end: no APP1, APP2, APP13, no comment.
    PictureFormat.JPEG: {"SOI", "APP0", "DQT", "SOF2", "DHT", "SOS", "EOI"},
    PictureFormat.PNG: {"IHDR", "IDAT", "IEND"},
    PictureFormat.WEBP: {"VP8 "},
}
PLAIN_JFIF = b"\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
"""No density and no thumbnail."""

NAMES = {0xD8: "SOI", 0xE0: "APP0", 0xDB: "DQT", 0xC2: "SOF2", 0xC4: "DHT", 0xDA: "SOS", 0xD9: "EOI"}


def jpeg_parts(data: bytes) -> Iterator[str]:
    """Every marker from the first byte to the last, those between the scans among them."""
    at = 0
    while at < len(data):
        assert data[at] == 0xFF, "between two parts lies something else"
        marker = data[at + 1]
        yield NAMES.get(marker, f"{marker:02X}")
        if marker == 0xE0:
            assert data[at + 2 : at + 18] == PLAIN_JFIF
        at += 2 if marker in (0xD8, 0xD9) else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        while marker == 0xDA and (data[at] != 0xFF or data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7):
            at += 1


def png_parts(data: bytes) -> Iterator[str]:
    at = 8
    while at < len(data):
        yield data[at + 4 : at + 8].decode()
        at += 12 + int.from_bytes(data[at : at + 4], "big")


def webp_parts(data: bytes) -> Iterator[str]:
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    at = 12
    while at < len(data):
        yield data[at : at + 4].decode()
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + length + length % 2


PARTS = {PictureFormat.JPEG: jpeg_parts, PictureFormat.PNG: png_parts, PictureFormat.WEBP: webp_parts}


def exif() -> Image.Exif:
    made = Image.Exif()
    made[0x010F] = "SECRET camera"
    made[0x013B] = "SECRET artist"
    made.get_ifd(0x8825)[1] = "N"
    made.get_ifd(0x8825)[2] = (59.0, 54.0, 47.0)
    made.get_ifd(0x8825)[29] = "SECRET date"
    return made


def with_segments(jpeg: bytes) -> bytes:
    """IPTC, a thumbnail in EXIF, a picture of another size behind the end, and whatever a telephone adds."""
    thumbnail = encoded(mosaic(9, 40, 40), comment=b"SECRET thumbnail")
    ifd0 = struct.pack("<HHHII", 1, 0x010F, 2, 4, 0x00434553) + struct.pack("<I", 26)
    ifd1 = struct.pack("<HHHIIHHII", 2, 0x0201, 4, 1, 56, 0x0202, 4, 1, len(thumbnail)) + bytes(4)
    segments = (
        (0xE1, b"Exif\x00\x00II*\x00\x08\x00\x00\x00" + ifd0 + ifd1 + thumbnail),
        (0xED, b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0d\x1c\x02\x50\x00\x08SECRET by"),
        (0xE2, b"MPF\x00SECRET MPF"),
        (0xEB, b"JP\x00\x00SECRET where it was edited"),
        (0xFE, b"SECRET comment"),
    )
    packed = b"".join(b"\xff" + bytes([kind]) + struct.pack(">H", len(body) + 2) + body for kind, body in segments)
    return jpeg[:2] + packed + jpeg[2:] + b"SECRET trailer" + thumbnail


def with_chunks(png: bytes) -> bytes:
    """A time, a text in another language, and one that only its author knows."""
    made = png[:33]
    for kind, body in ((b"tIME", b"\x07\xea\x0b\x16\x08\x00\x00"), (b"prVt", b"SECRET chunk")):
        made += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return made + png[33:] + b"SECRET trailer"


@pytest.fixture(scope="module")
def laden() -> dict[str, bytes]:
    """One picture with everything in it that tells where, when and by whom it was taken."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "SECRET text")
    text.add_itxt("Location", "SECRET place", "nb", "Sted")
    image = mosaic(4, 320, 320)
    everything = {"exif": exif().tobytes(), "icc_profile": profile, "xmp": b"<x:xmpmeta>SECRET xmp</x:xmpmeta>"}
    return {
        "JPEG": encoded(image, "JPEG", comment=b"SECRET comment", dpi=(301, 301), **everything),
        "JPEG with segments": with_segments(encoded(image, "JPEG")),
        "PNG": with_chunks(encoded(image, "PNG", pnginfo=text, dpi=(301, 301), **everything)),
        "WEBP": encoded(image, "WEBP", **everything),
        "AVIF": encoded(image, "AVIF", **everything),
        "HEIF": encoded(image, "HEIF", **everything),
        "GIF": encoded(image, "GIF", comment=b"SECRET comment"),
        "TIFF": encoded(image, "TIFF", description="SECRET description", exif=exif(), icc_profile=profile),
    }


KINDS = ("JPEG", "JPEG with segments", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "TIFF")


@pytest.mark.parametrize("into", RENDITION_FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_bytes_carry_no_metadata(laden: dict[str, bytes], kind: str, into: PictureFormat) -> None:
    assert b"SECRET" in laden[kind]
    for made in draw(laden[kind], [Rendition(str(edge), edge, into) for edge in SIZES]).renditions:
        assert b"SECRET" not in made.data
        parts = list(PARTS[into](made.data))
        assert set(parts) <= ALLOWED[into]
        assert parts[-1] == ("EOI" if into is PictureFormat.JPEG else parts[-1])
        assert len(parts) == 1 or parts.count(parts[-1]) == 1, "nothing comes behind the end"


def test_the_walk_sees_what_is_there(laden: dict[str, bytes]) -> None:
    """Each kind of part that could tell something is met where nobody has taken it away."""
    whole = laden["JPEG with segments"]
    within = whole[: whole.index(b"SECRET trailer")]
    assert {"E1", "ED", "E2", "EB", "FE"} <= set(jpeg_parts(within))
    png = laden["PNG"].removesuffix(b"SECRET trailer")
    assert {"tIME", "prVt", "eXIf", "iCCP", "tEXt", "iTXt", "pHYs"} <= set(png_parts(png))
    assert {"VP8X", "EXIF", "XMP ", "ICCP"} <= set(webp_parts(laden["WEBP"]))
