"""Whatever the bytes are, imaging answers with a picture or with its own fault, and nothing else escapes."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.pictures import encoded, mosaic

from samepic.imaging import Fault, PictureFault, check, fingerprint, render
from samepic.model.picture import Picture
from samepic.model.system import Rendition


def originals() -> list[bytes]:
    """Small pictures of every kind that is read, with everything that has a parser of its own."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "described"
    image = mosaic(1, 40, 30)
    see_through = image.convert("RGBA")
    see_through.putalpha(Image.linear_gradient("L").resize(image.size))
    return [
        encoded(image, "JPEG", exif=exif.tobytes(), icc_profile=b"\x00" * 200, comment=b"hello"),
        encoded(image, "JPEG", progressive=True),
        encoded(image.convert("CMYK"), "JPEG"),
        encoded(image, "PNG", exif=exif.tobytes()),
        encoded(image.quantize(16), "PNG", transparency=3),
        encoded(see_through, "PNG"),
        encoded(image, "WEBP", exif=exif.tobytes()),
        encoded(see_through, "WEBP", lossless=True),
        encoded(image, "WEBP", save_all=True, append_images=[mosaic(2, 40, 30)]),
        encoded(image, "GIF"),
    ]


ORIGINALS = originals()
MAGIC = [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBP"]
RENDITIONS = (Rendition("S", 12), Rendition("L", 64, enlarge=True))
thorough = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def survives(data: bytes) -> None:
    """Everything that imaging offers, on the same bytes, checked or not."""
    try:
        picture = check(data, max_pixels=1_000_000)
    except PictureFault as fault:
        assert fault.kind in Fault
        assert fault.words
    else:
        # What was checked can be used.
        assert [made.width_px for made in render(picture, RENDITIONS)][1] == 64
        fingerprint(picture)
        return
    for use in (lambda: render(Picture(data), RENDITIONS), lambda: fingerprint(Picture(data))):
        with suppress(PictureFault):
            use()


@thorough
@given(st.sampled_from(ORIGINALS), st.data())
def test_cut_anywhere(original: bytes, data: st.DataObject) -> None:
    survives(original[: data.draw(st.integers(0, len(original)))])


@thorough
@given(st.sampled_from(ORIGINALS), st.data())
def test_bytes_flipped(original: bytes, data: st.DataObject) -> None:
    broken = bytearray(original)
    places = st.integers(0, len(original) - 1) | st.integers(0, min(60, len(original) - 1))
    for at, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=8)):
        broken[at] = value
    survives(bytes(broken))


@thorough
@given(st.sampled_from(ORIGINALS), st.data())
def test_a_piece_taken_out_or_repeated(original: bytes, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(original))] * 2)))
    piece = original[start:end]
    survives(original[:start] + original[end:])
    survives(original[:end] + piece + original[end:])


@thorough
@given(
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBP"]), st.binary(max_size=400)
)
def test_any_bytes_at_all(magic: bytes, rest: bytes) -> None:
    survives(magic + rest)
