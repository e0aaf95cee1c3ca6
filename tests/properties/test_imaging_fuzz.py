"""Whatever the bytes are, a worker answers with a picture or a named refusal, in bounded time and memory.

The pictures are the samples of independent encoders, and some by Pillow with what those do not make. For a longer
search: SAMEPIC_FUZZ_EXAMPLES=20000 .venv/bin/pytest -n 0 --timeout 0 tests/properties/test_imaging_fuzz.py
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms
from tests.corpus_samples import READ, sample
from tests.pictures import encoded, mosaic
from tests.worker_memory import peak_bytes

from samepic.imaging import Fault, PictureFault, Workers
from samepic.imaging.limits import MAX_MEMORY_BYTES
from samepic.model.system import Rendition


def with_metadata() -> list[bytes]:
    """Everything that has a parser of its own: EXIF, profiles, XMP, comments."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "described"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = mosaic(1, 40, 30)
    everything = {"exif": exif.tobytes(), "icc_profile": profile}
    return [
        encoded(image, "JPEG", comment=b"hello", **everything),
        encoded(image, "PNG", **everything),
        encoded(image, "PNG", save_all=True, append_images=[mosaic(2, 40, 30)]),
        encoded(image, "WEBP", xmp=b"<x/>", **everything),
        encoded(image, "AVIF", xmp=b"<x/>", **everything),
        encoded(image.convert("LAB"), "TIFF", icc_profile=profile),
    ]


ORIGINALS = [*(sample(name) for name in READ), *with_metadata()]
SIZES = (Rendition("S", 12), Rendition("L", 64, enlarge=True))
EXAMPLES = int(os.environ.get("SAMEPIC_FUZZ_EXAMPLES", "200"))
thorough = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
originals = st.sampled_from(ORIGINALS)

NOT_ALLOWED = {Fault.CRASHED, Fault.TOO_SLOW}
"""A picture of a few thousand bytes may be refused for anything else."""


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers(1)
    yield made
    made.close()


def survives(workers: Workers, data: bytes) -> None:
    try:
        drawn = workers.draw(data, SIZES)
    except PictureFault as fault:
        assert fault.kind not in NOT_ALLOWED, data.hex()
        assert fault.words.endswith(".")
    else:
        assert drawn.renditions[1].width_px == 64
    assert max((peak_bytes(pid) for pid in workers.pids), default=0) <= idle_bytes(workers) + MAX_MEMORY_BYTES


IDLE: dict[int, int] = {}


def idle_bytes(workers: Workers) -> int:
    """What the first worker took for a first picture; later ones are the same program."""
    if not IDLE:
        fresh = Workers(1)
        fresh.draw(sample("baseline.jpg"))
        IDLE[0] = max(peak_bytes(pid) for pid in fresh.pids)
        fresh.close()
    return IDLE[0]


@thorough
@given(originals, st.data())
def test_cut_anywhere(workers: Workers, original: bytes, data: st.DataObject) -> None:
    survives(workers, original[: data.draw(st.integers(0, len(original)))])


@thorough
@given(originals, st.data())
def test_bytes_flipped(workers: Workers, original: bytes, data: st.DataObject) -> None:
    broken = bytearray(original)
    places = st.integers(0, len(original) - 1) | st.integers(0, min(200, len(original) - 1))
    for at, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=8)):
        broken[at] = value
    survives(workers, bytes(broken))


@thorough
@given(originals, st.data())
def test_a_piece_taken_out_or_repeated(workers: Workers, original: bytes, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(original))] * 2)))
    times = data.draw(st.integers(0, 3))
    survives(workers, original[:start] + original[start:end] * times + original[end:])


@thorough
@given(originals, originals, st.data())
def test_the_beginning_of_one_and_the_end_of_another(
    workers: Workers, one: bytes, other: bytes, data: st.DataObject
) -> None:
    head = data.draw(st.integers(0, 200) | st.integers(0, len(one)))
    tail = data.draw(st.integers(0, 200) | st.integers(0, len(other)))
    survives(workers, one[:head] + other[tail:])


NUMBERS = [struct.pack(form, number) for number in (40, 30, 64, 48) for form in ("<H", ">H", "<I", ">I")]
EXTREMES = st.sampled_from([0, 1, 2, 63, 65, 255, 4000, 0x3FFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF])


@thorough
@given(originals, st.data())
def test_sizes_that_lie(workers: Workers, original: bytes, data: st.DataObject) -> None:
    """Somewhere stands 64 or 48; it becomes something else, or a length anywhere does."""
    lying = bytearray(original)
    told = [number for number in NUMBERS if number in original]
    for _ in range(data.draw(st.integers(1, 3))):
        number = data.draw(st.sampled_from(told)) if told and data.draw(st.booleans()) else None
        if number is None:
            at, width = data.draw(st.integers(0, len(original) - 1)), data.draw(st.sampled_from([2, 4]))
        else:
            at, width = lying.find(number), len(number)
        if at >= 0:
            value = data.draw(EXTREMES) & ((1 << 8 * width) - 1)
            lying[at : at + width] = value.to_bytes(width, data.draw(st.sampled_from(["big", "little"])))
    survives(workers, bytes(lying))


BEGINNINGS = sorted({original[:16] for original in ORIGINALS} | {b""})


@thorough
@given(st.sampled_from(BEGINNINGS), st.binary(max_size=400))
def test_any_bytes_at_all(workers: Workers, beginning: bytes, rest: bytes) -> None:
    survives(workers, beginning + rest)
