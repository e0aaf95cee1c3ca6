"""Pictures are read by content, bounded before anything is decoded, and refused with words."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib

import pytest
from PIL import Image
from tests.pictures import encoded, mosaic

from samepic.imaging import Fault, Unreadable, check, fingerprint, render
from samepic.model.picture import Picture, PictureFormat
from samepic.model.system import Rendition


def refusal(data: bytes, **limits: int) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        check(data, **limits)
    assert caught.value.words.endswith(".")
    return caught.value


@pytest.mark.parametrize(
    ("name", "expected"),
    [("JPEG", PictureFormat.JPEG), ("PNG", PictureFormat.PNG), ("WEBP", PictureFormat.WEBP)],
)
def test_format_and_size_are_told_by_content(name: str, expected: PictureFormat) -> None:
    picture = check(encoded(mosaic(1, 90, 70), name))
    assert (picture.format, picture.width_px, picture.height_px) == (expected, 90, 70)


@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("transparent", [True, False])
def test_every_kind_of_webp_tells_its_size(lossless: bool, transparent: bool) -> None:
    image = mosaic(1, 91, 33).convert("RGBA" if transparent else "RGB")
    if transparent:
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    picture = check(encoded(image, "WEBP", lossless=lossless, exact=True))
    assert (picture.width_px, picture.height_px) == (91, 33)


def test_animated_webp_gives_its_first_frame() -> None:
    first, second = mosaic(1, 80, 80), mosaic(2, 80, 80)
    moving = check(encoded(first, "WEBP", save_all=True, append_images=[second], lossless=True))
    still = check(encoded(first, "WEBP", lossless=True))
    assert fingerprint(moving) == fingerprint(still)
    assert len(render(moving, [Rendition("only", 40)])) == 1


@pytest.mark.parametrize("data", [b"<html>Sign in</html>", b"\x00" * 4000, b"hello", b"\xff\xd8"])
def test_what_is_no_picture(data: bytes) -> None:
    assert refusal(data).kind is Fault.NOT_AN_IMAGE


def test_no_bytes() -> None:
    assert refusal(b"").kind is Fault.EMPTY


def test_exactly_the_limit_of_bytes_is_read() -> None:
    data = encoded(mosaic(1, 64, 64), "JPEG")
    check(data, max_bytes=len(data))
    assert refusal(data, max_bytes=len(data) - 1).kind is Fault.TOO_MANY_BYTES


def test_exactly_the_limit_of_pixels_is_read() -> None:
    data = encoded(mosaic(1, 64, 50), "PNG")
    check(data, max_pixels=3200)
    fault = refusal(data, max_pixels=3199)
    assert fault.kind is Fault.TOO_MANY_PIXELS
    assert "64 x 50" in fault.words


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("kept", [0.02, 0.3, 0.6, 0.9])
def test_a_picture_cut_short_is_refused(name: str, kept: float) -> None:
    data = encoded(mosaic(3, 200, 200), name)
    fault = refusal(data[: int(len(data) * kept)])
    assert fault.kind in (Fault.TRUNCATED, Fault.BROKEN, Fault.NOT_AN_IMAGE)


def test_a_progressive_jpeg_without_its_last_scans_is_refused() -> None:
    data = encoded(mosaic(3, 200, 200), "JPEG", progressive=True, quality=90)
    assert refusal(data[: int(len(data) * 0.7)]).kind is Fault.TRUNCATED


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that unpacks to as many pixels as it claims."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + width)) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def webp_that_claims(width: int, height: int) -> bytes:
    """A WebP whose canvas is as large as it claims."""
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x02\x00\x00\x00" + size
    return b"RIFF" + struct.pack("<I", len(body)) + body


BOMBS = {
    "png": png_that_claims(12_000, 9_000),
    "webp": webp_that_claims(16_383, 16_383),
    "jpeg": encoded(Image.new("L", (64, 64)), "JPEG").replace(
        struct.pack(">HH", 64, 64), struct.pack(">HH", 65_000, 65_000), 1
    ),
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_decompression_bomb_is_refused_by_its_header(name: str) -> None:
    assert len(BOMBS[name]) < 200_000
    assert refusal(BOMBS[name]).kind is Fault.TOO_MANY_PIXELS


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_rendering_and_fingerprinting_refuse_a_bomb_that_nobody_checked(name: str) -> None:
    picture = Picture(BOMBS[name], PictureFormat.JPEG, 64, 64)
    with pytest.raises(Unreadable):
        render(picture, [Rendition("S", 48)])
    with pytest.raises(Unreadable):
        fingerprint(picture)


def test_bombs_do_not_take_memory() -> None:
    """In a process of its own, because the peak of this one has other causes."""
    program = (
        "import resource, sys\n"
        "from samepic.imaging import check, Unreadable\n"
        "bombs = [bytes.fromhex(line) for line in sys.stdin]\n"
        "def peak():\n"
        "    # What `resource` tells of Linux begins with the peak of the process that started this one.\n"
        "    if sys.platform == 'darwin': return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "    return next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
        "before = peak()\n"
        "for bomb in bombs:\n"
        "    try: check(bomb)\n"
        "    except Unreadable as fault: print(fault.kind)\n"
        "print(peak() - before)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        input="\n".join(bomb.hex() for bomb in BOMBS.values()),
        capture_output=True,
        text=True,
        check=True,
    )
    *kinds, grown_kib = ran.stdout.split()
    assert kinds == ["too_many_pixels"] * len(BOMBS)
    assert int(grown_kib) < 16 * 1024  # the PNG alone unpacks to 108 MB


def test_two_sizes_in_one_jpeg_are_refused() -> None:
    small = encoded(mosaic(1, 32, 32), "JPEG")
    start = small.index(b"\xff\xc0")
    length = 2 + int.from_bytes(small[start + 2 : start + 4], "big")
    other = small[start : start + length].replace(struct.pack(">HH", 32, 32), struct.pack(">HH", 900, 900))
    with pytest.raises(Unreadable):
        check(small[:start] + small[start : start + length] + other + small[start + length :])


def test_a_small_jpeg_of_a_great_many_scans_is_refused_before_it_is_decoded() -> None:
    whole = encoded(Image.new("L", (2000, 2000)), "JPEG", progressive=True)
    scan = whole[whole.rindex(b"\xff\xda") : -2]
    assert check(whole[:-2] + scan * 3 + b"\xff\xd9").width_px == 2000
    assert "scans" in refusal(whole[:-2] + scan * 40 + b"\xff\xd9").words


def test_a_jpeg_that_is_not_progressive_may_not_have_a_great_many_scans_either() -> None:
    whole = encoded(mosaic(1, 90, 70))
    start = whole.index(b"\xff\xda")
    one_colour = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x5a" * 9
    assert "scans" in refusal(whole[:start] + one_colour * 40 + b"\xff\xd9").words
    # Where the first scan has all the colours, the decoder itself refuses the second before it has read it.
    assert refusal(whole[:-2] + one_colour * 40 + b"\xff\xd9").kind is Fault.BROKEN


@pytest.mark.parametrize("progressive", [True, False])
def test_what_looks_like_a_scan_inside_a_profile_or_behind_the_picture_is_none(progressive: bool) -> None:
    colours = b"\xff\xda\x00\x02" * 5000
    data = encoded(mosaic(1, 90, 70), "JPEG", progressive=progressive, icc_profile=colours) + colours
    assert check(data).width_px == 90
