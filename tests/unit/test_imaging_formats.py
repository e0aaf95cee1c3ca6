"""Whatever people have is read as it looks to them, and what is none of it is named by its content."""

from __future__ import annotations

import io
import random
import struct
import sys
import zipfile
import zlib

import pytest
from PIL import Image
from tests.corpus_samples import CORPUS, READ, REFUSED, sample
from tests.pictures import encoded, mosaic

from samepic.imaging import MAX_PIXELS, Fault, Unreadable, Workers, draw
from samepic.imaging.header import read_header
from samepic.imaging.limits import MAX_WHOLE_PIXELS
from samepic.imaging.polyglots import refuse_polyglot
from samepic.model.picture import Picture, PictureFormat, format_of
from samepic.model.system import Rendition

RED, GREEN, BLUE, GREY = (208, 32, 32), (32, 176, 32), (32, 32, 208), (144, 144, 144)
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
AS_DRAWN = (RED, GREEN, BLUE, GREY)

QUARTERS = {
    "grey.jpg": ((85,) * 3, (114,) * 3, (51,) * 3, GREY),
    "sixteen-bit-grey.png": ((70,) * 3, (134,) * 3, (45,) * 3, GREY),
    "black-and-white.png": (BLACK, WHITE, BLACK, WHITE),
    "palette-see-through.png": (WHITE, GREEN, BLUE, GREY),
    "see-through.png": (WHITE, GREEN, BLUE, GREY),
    "see-through.webp": (WHITE, GREEN, BLUE, GREY),
    "see-through.avif": (WHITE, GREEN, BLUE, GREY),
    "turned.avif": (GREEN, GREY, RED, BLUE),  # a quarter to the left
    "turned.tif": (BLUE, RED, GREY, GREEN),  # a quarter to the right
}
"""Left and right above, left and right below, where they are not as drawn."""

WIDER = {"lab.tif": 45}
"""The encoder took another white point; nobody would call it another colour."""


def quarters(data: bytes) -> list[tuple[int, ...]]:
    """The colours in the four quarters of a rendition."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    places = [(x * image.width // 4, y * image.height // 4) for y in (1, 3) for x in (1, 3)]
    return [tuple(image.getpixel(place)) for place in places]


def far(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def refusal(data: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        draw(data, [Rendition("L", 48)])
    assert caught.value.words.endswith(".")
    return caught.value


def test_every_sample_is_accounted_for() -> None:
    assert {path.name for path in CORPUS.iterdir()} == {*READ, *REFUSED}
    assert set(READ.values()) == set(PictureFormat)


@pytest.mark.parametrize("name", READ)
def test_samples_of_independent_encoders_look_as_they_were_drawn(name: str) -> None:
    drawn = draw(sample(name), [Rendition("L", 48)])
    assert drawn.header.format is READ[name]
    assert (drawn.renditions[0].format, drawn.renditions[0].width_px) == (PictureFormat.JPEG, 48)
    expected = QUARTERS.get(name, AS_DRAWN)
    found = quarters(drawn.renditions[0].data)
    assert all(far(one, other) <= WIDER.get(name, 16) for one, other in zip(found, expected, strict=True)), found


@pytest.mark.parametrize("name", READ)
def test_a_header_tells_format_and_size_before_anything_is_decoded(name: str) -> None:
    header = read_header(sample(name))
    assert (header.format, header.width_px, header.height_px) == (READ[name], 64, 48)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_read_is_named(name: str) -> None:
    kind, words = REFUSED[name]
    fault = refusal(sample(name))
    assert fault.kind is kind
    assert words in fault.words


OTHERS = {
    b"MZ\x90\x00": "a Windows program",
    b"\x7fELF\x02": "a program",
    b"#!/bin/sh\n": "a script",
    b"PK\x03\x04\x14": "a ZIP archive",
    b"%!PS-Adobe": "PostScript",
    b"\xef\xbb\xbf<svg xmlns='x'>": "SVG",
    b"<!DOCTYPE svg PUBLIC 'x'>\n<svg>": "SVG",
    b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42": "a film",
    b"II+\x00\x08\x00": "BigTIFF",
    b"<!DOCTYPE html><html>": "a web page",
}


@pytest.mark.parametrize("beginning", OTHERS, ids=list(OTHERS.values()))
def test_whatever_it_is_called_its_content_tells(beginning: bytes) -> None:
    fault = refusal(beginning + bytes(2000))
    assert fault.kind in (Fault.UNSUPPORTED_FORMAT, Fault.NOT_AN_IMAGE)
    assert OTHERS[beginning] in fault.words


@pytest.mark.parametrize("beginning", [b"<!-- -->" * 600, b" " * 5000, b"<?xml ?>" * 600, b"<!--" * 1200])
def test_no_text_keeps_whoever_names_it_busy(beginning: bytes) -> None:
    """A pattern that could match in many ways would try them all; each of these has more than there is time for."""
    assert refusal(beginning + b"no picture").kind is Fault.NOT_AN_IMAGE


def test_a_format_that_somebody_claims_is_not_believed() -> None:
    assert draw(Picture(sample("still.gif"), PictureFormat.PNG).data).header.format is PictureFormat.GIF


def with_frame(kind: int, bits: int = 8) -> bytes:
    """The baseline sample with another kind of frame in its header."""
    data = bytearray(sample("baseline.jpg"))
    at = data.index(b"\xff\xc0")
    data[at + 1], data[at + 4] = kind, bits
    return bytes(data)


@pytest.mark.parametrize(
    ("kind", "bits", "words"),
    [(0xC1, 12, "12 bits"), (0xC3, 8, "lossless"), (0xC9, 8, "arithmetic"), (0xC5, 8, "hierarchical")],
)
def test_a_jpeg_that_no_browser_shows_is_refused_with_why(kind: int, bits: int, words: str) -> None:
    fault = refusal(with_frame(kind, bits))
    assert fault.kind is Fault.UNSUPPORTED_FORMAT
    assert words in fault.words


def test_a_moving_png_gives_its_first_frame() -> None:
    first, second = mosaic(1, 80, 80), mosaic(2, 80, 80)
    moving = encoded(first, "PNG", save_all=True, append_images=[second])
    assert b"acTL" in moving
    assert draw(moving, [Rendition("L", 48)]) == draw(encoded(first, "PNG"), [Rendition("L", 48)])


def test_heic_without_its_extra_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    fault = refusal(sample("still.heic"))
    assert fault.kind is Fault.UNSUPPORTED_FORMAT
    assert "samepic[heic]" in fault.words


def zip_of(data: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("a.txt", "hello")
    return out.getvalue()


JPEG = encoded(mosaic(1, 200, 200))
BOTH = {
    "a PDF": encoded(mosaic(1), comment=b"%PDF-1.4\n1 0 obj"),
    "a web page": encoded(mosaic(1), comment=b"<html><body onload=alert(1)>"),
    "a ZIP archive": zip_of(JPEG),
    "a ZIP archive in the picture's own comment": JPEG[:2] + b"\xff\xfe\x00\xff" + zip_of(b"").ljust(253) + JPEG[2:],
    "a script": encoded(mosaic(1), comment=b"x" * 5000 + b"<script>alert(1)</script>"),
    "a script of PHP": JPEG + b"<?php system($_GET[0]); ?>",
    "an archive": JPEG + b"7z\xbc\xaf\x27\x1c\x00\x04",
}


@pytest.mark.parametrize("what", [what for what in BOTH if "own comment" not in what])
def test_a_picture_that_is_something_else_too_is_refused(what: str) -> None:
    fault = refusal(BOTH[what])
    assert fault.kind is Fault.POLYGLOT
    assert what.removesuffix(" of PHP") in fault.words


def test_no_picture_is_something_else_by_chance() -> None:
    """Signs of every kind where they mean nothing, in noise as long as a large picture."""
    noise = bytearray(random.Random(1).randbytes(4 << 20))
    for at, sign in enumerate((b"PK\x05\x06", b"PK\x03\x04", b"%PDF-", b"<?xpacket", b"MZ", b"<x:xmpmeta", b"Rar!")):
        noise[5000 + 100 * at : 5000 + 100 * at + len(sign)] = sign
        noise[-300 * (at + 1) : len(noise) - 300 * (at + 1) + len(sign)] = sign
    noise[-2000:-1978] = b"PK\x05\x06" + bytes(18)  # the end of an archive, whose directory is not where it says
    refuse_polyglot(bytes(noise))


def box(kind: bytes, *content: bytes) -> bytes:
    whole = b"".join(content)
    return struct.pack(">I", 8 + len(whole)) + kind + whole


def boxes(brand: bytes) -> bytes:
    """A picture's boxes without the picture: 640 x 480, cut to 300 x 200; another item has other numbers."""
    sizes = [box(b"ispe", bytes(4), struct.pack(">II", *size)) for size in ((50, 50), (640, 480))]
    cut = box(b"clap", struct.pack(">8I", 600, 2, 200, 1, 0, 1, 0, 1))
    of_items = struct.pack(">IHBBHBBB", 2, 7, 1, 0x81, 9, 2, 0x82, 0x83)
    properties = box(b"iprp", box(b"ipco", *sizes, cut), box(b"ipma", bytes(4), of_items))
    places = box(b"iloc", bytes(4), b"\x44\x00", bytes(2))
    meta = box(b"meta", bytes(4), box(b"pitm", bytes(4), b"\x00\x09"), places, properties)
    return box(b"ftyp", brand, bytes(4), b"mif1") + meta


@pytest.mark.parametrize(("brand", "size"), [(b"heic", (300, 200)), (b"avif", (640, 480))])
def test_the_primary_items_size_counts_and_what_its_decoder_cuts(brand: bytes, size: tuple[int, int]) -> None:
    header = read_header(boxes(brand))
    assert (header.width_px, header.height_px) == size


def patched(data: bytes, old: bytes, new: bytes) -> bytes:
    assert data.count(old) == 1
    return data.replace(old, new)


def png_of(width: int, height: int) -> bytes:
    data = bytearray(sample("colour.png"))
    data[16:24] = struct.pack(">II", width, height)
    data[29:33] = struct.pack(">I", zlib.crc32(bytes(data[12:29])))
    return bytes(data)


TOO_LARGE = {
    "PNG": png_of(4001, 4000),
    "GIF": patched(
        sample("still.gif"), struct.pack("<HHHHB", 0, 0, 64, 48, 0), struct.pack("<HHHHB", 0, 0, 4001, 4000, 0)
    ),
    "GIF screen": sample("still.gif")[:6] + struct.pack("<HH", 4001, 4000) + sample("still.gif")[10:],
    "BMP": sample("windows.bmp")[:18] + struct.pack("<ii", 4001, -4000) + sample("windows.bmp")[26:],
    "TIFF": patched(
        sample("lzw.tif"), struct.pack("<HHIHH", 256, 3, 1, 64, 0), struct.pack("<HHII", 256, 4, 1, 400_000)
    ),
    "WebP": b"RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00" + (4000).to_bytes(3, "little") * 2,
    "AVIF": patched(sample("eight-bit.avif"), struct.pack(">II", 64, 48), struct.pack(">II", 4001, 4000)),
    "HEIC": patched(sample("still.heic"), struct.pack(">II", 64, 64), struct.pack(">II", 4001, 4000)),
    "JPEG, progressive": patched(sample("progressive.jpg"), struct.pack(">HH", 48, 64), struct.pack(">HH", 4001, 4000)),
    "JPEG, one colour after another": patched(
        sample("one-colour-after-another.jpg"), struct.pack(">HH", 48, 64), struct.pack(">HH", 4001, 4000)
    ),
    "JPEG": patched(sample("baseline.jpg"), struct.pack(">HH", 48, 64), struct.pack(">HH", 7072, 7072)),
}


@pytest.mark.parametrize("name", TOO_LARGE)
def test_more_pixels_than_are_read_are_refused_by_the_header(name: str) -> None:
    header = read_header(TOO_LARGE[name])
    assert header.width_px * header.height_px > (MAX_PIXELS if name == "JPEG" else MAX_WHOLE_PIXELS)
    fault = refusal(TOO_LARGE[name])
    assert fault.kind is Fault.TOO_MANY_PIXELS
    assert f"{MAX_PIXELS if name == 'JPEG' else MAX_WHOLE_PIXELS:,}" in fault.words


def test_a_camera_s_jpeg_may_have_fifty_million() -> None:
    large = Image.new("L", (8000, 6250), 120)
    large.paste(200, (0, 0, 4000, 6250))
    drawn = draw(encoded(large, "JPEG"), [Rendition("L", 48)])
    assert (drawn.header.width_px, drawn.header.is_scaled) == (8000, True)


@pytest.mark.parametrize("name", READ)
def test_a_format_is_told_by_its_first_bytes(name: str) -> None:
    assert format_of(sample(name)[:64]) is READ[name]


def test_renditions_are_not_made_in_every_format_that_is_read() -> None:
    with pytest.raises(ValueError, match="not made as image/gif"):
        Rendition("L", 300, PictureFormat.GIF)


def test_a_worker_reads_every_format() -> None:
    workers = Workers(1)
    try:
        for name in READ:
            assert workers.draw(sample(name), [Rendition("L", 48)]) == draw(sample(name), [Rendition("L", 48)])
    finally:
        workers.close()
