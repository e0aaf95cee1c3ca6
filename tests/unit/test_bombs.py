"""Small files that would unpack to something large cost next to nothing, and are named as what they are."""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from PIL import Image
from tests.corpus_samples import sample
from tests.pictures import encoded, mosaic
from tests.worker_memory import cost

from samepic.imaging import MAX_BYTES, MAX_PIXELS, Fault, Unreadable, Workers
from samepic.imaging.decoding import bounded
from samepic.imaging.limits import MAX_CPU_SECONDS, MAX_MEMORY_BYTES
from samepic.model.picture import CropBox

MOST_BYTES = 50 << 20
"""Above the idle worker, for a bomb."""

UNPACKED = 300 << 20


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(1)
    yield made
    made.close()


@cache
def zeros() -> bytes:
    """300 MB, packed."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(UNPACKED >> 20)) + packer.flush()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *before: bytes, rows: bytes | None = None) -> bytes:
    """A PNG whose rows unpack to 300 MB, whatever its size, with these chunks in front of them."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(before) + chunk(b"IDAT", rows or zeros()) + chunk(b"IEND", b"")


def tiff(width: int, height: int, *more: tuple[int, int], strip: bytes | None = None) -> bytes:
    """A TIFF of one grey strip that unpacks to 300 MB. more: further tags, each one long number."""
    strip = strip or zeros()
    tags = {256: width, 257: height, 258: 8, 259: 8, 262: 1, 273: 0, 277: 1, 278: height, 279: len(strip), **dict(more)}
    if 322 in tags:  # tiles stand where strips would
        tags[324], tags[325] = 0, tags.pop(279)
        del tags[273], tags[278]
    behind = 8 + 2 + 12 * len(tags) + 4
    for place in (273, 324):
        if place in tags:
            tags[place] = behind
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(tags.items()))
    return b"II*\x00" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + strip


def lying_avif() -> bytes:
    """36 million pixels, and boxes that tell of 64 x 48; its decoder would make room for what is within."""
    data = encoded(Image.new("RGB", (6000, 6000), "#804020"), "AVIF", speed=10)
    assert struct.pack(">II", 6000, 6000) in data
    return data.replace(struct.pack(">II", 6000, 6000), struct.pack(">II", 64, 48))


def scans(count: int) -> bytes:
    whole = encoded(Image.new("L", (3000, 3000)), "JPEG", progressive=True)
    scan = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + scan * count + b"\xff\xd9"


def laden(kind: bytes, body: bytes) -> bytes:
    """A small PNG with a chunk that unpacks to 300 MB."""
    return png(64, 48, chunk(kind, body + zeros()), rows=zlib.compress(bytes(65 * 48)))


def webp() -> bytes:
    canvas = (16_382).to_bytes(3, "little") * 2
    return b"RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00" + canvas


def jpeg() -> bytes:
    return sample("baseline.jpg").replace(struct.pack(">HH", 48, 64), struct.pack(">HH", 65_000, 65_000))


BOMBS: dict[str, tuple[Callable[[], bytes], Fault | None]] = {
    "a PNG of 108 megapixels": (lambda: png(12_000, 9_000), Fault.TOO_MANY_PIXELS),
    "a WebP with a canvas of 268": (webp, Fault.TOO_MANY_PIXELS),
    "a JPEG of 4 thousand": (jpeg, Fault.TOO_MANY_PIXELS),
    "a progressive JPEG of 49": (
        lambda: encoded(Image.new("L", (7000, 7000)), "JPEG", progressive=True),
        Fault.TOO_MANY_PIXELS,
    ),
    "a TIFF of 108": (lambda: tiff(12_000, 9_000), Fault.TOO_MANY_PIXELS),
    "a JPEG of 5,000 scans": (lambda: scans(5000), Fault.BROKEN),
    "an AVIF that lies": (lying_avif, Fault.BROKEN),
    "tiles larger than the picture": (lambda: tiff(64, 48, (322, 1 << 16), (323, 1 << 16)), Fault.BROKEN),
    "rows of 300 MB for 64 x 48": (lambda: png(64, 48), None),
    "a strip of 300 MB for 64 x 48": (lambda: tiff(64, 48), None),
    "text of 300 MB": (lambda: laden(b"zTXt", b"Comment\x00\x00"), Fault.BROKEN),
    "a colour profile of 300 MB": (lambda: laden(b"iCCP", b"icc\x00\x00"), Fault.BROKEN),
}
"""Small files, and what they are refused as; None for those whose pixels are read and whose rest is not."""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_little_and_is_named(workers: Workers, name: str) -> None:
    make, kind = BOMBS[name]
    data = make()
    assert len(data) < 1 << 20
    spent = cost(workers, data)
    assert spent.bytes <= MOST_BYTES
    assert spent.cpu_seconds <= MAX_CPU_SECONDS
    assert (spent.fault and spent.fault.kind) == kind


LARGEST = {
    "PNG": {"compress_level": 1},
    "WEBP": {"lossless": True, "method": 0, "quality": 0},
    "JPEG": {"progressive": True, "subsampling": 0},
    "AVIF": {"speed": 10},
    "TIFF": {"compression": "tiff_adobe_deflate"},
}


@pytest.mark.parametrize("name", LARGEST)
def test_the_largest_that_are_allowed_find_room_and_time(workers: Workers, name: str) -> None:
    """What the bounds promise to read is read: sixteen million pixels that one can see through, or of three colours."""
    grey = Image.linear_gradient("L").resize((4000, 4000))
    bands = (grey, grey.rotate(90), grey) if name in ("JPEG", "AVIF") else (grey, grey.rotate(90), grey, grey)
    spent = cost(workers, encoded(Image.merge("RGB" if len(bands) == 3 else "RGBA", bands), name, **LARGEST[name]))
    assert spent.fault is None
    assert spent.bytes <= MAX_MEMORY_BYTES


def test_a_progressive_jpeg_of_fifty_megapixels_finds_room_too(workers: Workers) -> None:
    """All its coefficients are kept until the last scan; a photograph of that size is no bomb."""
    noise = Image.effect_noise((2000, 1562), 40).resize((8000, 6250), Image.Resampling.BICUBIC)
    large = encoded(Image.merge("RGB", (noise,) * 3), progressive=True, quality=40)
    spent = cost(workers, large, CropBox(4000, 3000, 310))
    assert spent.fault is None
    assert spent.bytes <= MAX_MEMORY_BYTES


@pytest.mark.parametrize(("factors", "most"), [("22 11 11", 49), ("21 11 11", 37), ("11 11 11", 25), ("11", 49)])
def test_how_large_a_progressive_jpeg_may_be_is_counted_in_what_is_kept_of_it(factors: str, most: int) -> None:
    """Read off its header alone: two bytes of each coefficient, and fewer of colours at half the edge."""
    for megapixels in (most, most + 1):
        each = b"".join(bytes((number, int(factor, 16), 0)) for number, factor in enumerate(factors.split()))
        frame = struct.pack(">BHHB", 8, 1000 * megapixels, 1000, len(each) // 3) + each
        scan = b"\xff\xda" + struct.pack(">HB", 3, 1)
        header = b"\xff\xd8\xff\xc2" + struct.pack(">H", 2 + len(frame)) + frame + scan
        data = header + bytes(4_000_000)
        if megapixels == most:
            bounded(data, MAX_BYTES, MAX_PIXELS)
            continue
        with pytest.raises(Unreadable, match="Saved as a JPEG that is not progressive" if most < 49 else "at most"):
            bounded(data, MAX_BYTES, 49_000_000 if most == 49 else MAX_PIXELS)


@pytest.mark.parametrize("factors", [b"", b"\x00\x00\x00"])
def test_a_progressive_jpeg_without_colours_is_broken(factors: bytes) -> None:
    frame = struct.pack(">BHHB", 8, 6000, 6000, len(factors) // 3) + factors
    header = b"\xff\xd8\xff\xc2" + struct.pack(">H", 2 + len(frame)) + frame
    with pytest.raises(Unreadable, match="broken"):
        bounded(header + b"\xff\xda" + bytes(4_000_000), MAX_BYTES, MAX_PIXELS)


@pytest.mark.parametrize("end", range(4, 19))
def test_a_header_that_ends_before_its_colours_is_refused_as_any_other(end: int) -> None:
    frame = struct.pack(">BHHB", 8, 6000, 6000, 3) + bytes((0, 0x22, 0, 1, 0x11, 0, 2, 0x11, 0))
    with pytest.raises(Unreadable):
        bounded((b"\xff\xd8\xff\xc2" + struct.pack(">H", 2 + len(frame)) + frame)[:end], MAX_BYTES, MAX_PIXELS)


def test_a_small_square_of_a_camera_s_largest_picture_finds_room_too(workers: Workers) -> None:
    """Decoded whole, it would take all the memory that there is; at a half, its square has fewer pixels than asked."""
    large = Image.linear_gradient("L").resize((8001, 6001)).convert("RGB")
    spent = cost(workers, encoded(large), CropBox(4000, 3000, 310))
    assert spent.fault is None
    assert spent.bytes <= MAX_MEMORY_BYTES


def test_the_cost_is_measured(workers: Workers) -> None:
    """Otherwise all of the above would pass whatever it cost; where the system tells, a picture costs something."""
    spent = cost(workers, encoded(mosaic(1, 2000, 2000), "PNG"))
    assert spent.bytes > 4 << 20 or sys.platform != "linux"
