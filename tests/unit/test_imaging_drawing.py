"""One decoding gives the check, the renditions and the fingerprint; a person's own square wins."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile
from tests.pictures import encoded, mosaic

from samepic.imaging import Fault, Unreadable, draw, fingerprint, render, same_picture
from samepic.imaging.cropping import square_box, square_px
from samepic.imaging.header import Header
from samepic.model.picture import CropBox, Picture, PictureFormat
from samepic.model.system import Rendition
from samepic.testkit.pictures import jpeg

SHAREPOINT = (Rendition("S", 48), Rendition("M", 72), Rendition("L", 300))


@pytest.fixture
def decodings(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The format of every picture whose pixels a decoder has been set to work on."""
    seen: list[str] = []
    prepared = ImageFile.ImageFile.load_prepare

    def counted(self: ImageFile.ImageFile) -> None:
        seen.append(self.format or "?")
        prepared(self)

    monkeypatch.setattr(ImageFile.ImageFile, "load_prepare", counted)
    yield seen


@pytest.mark.parametrize("name", ["JPEG", "PNG"])
def test_everything_is_made_of_one_decoding(name: str, decodings: list[str]) -> None:
    draw(encoded(mosaic(1, 648, 700), name), SHAREPOINT)
    assert decodings == [name]


def test_what_is_drawn_is_what_each_part_alone_would_make() -> None:
    data = encoded(mosaic(2, 648, 700))
    drawn = draw(data, SHAREPOINT)
    assert drawn.header == Header(PictureFormat.JPEG, 648, 700, is_scaled=True)
    assert list(drawn.renditions) == render(Picture(data), SHAREPOINT)
    assert same_picture(drawn.fingerprint, fingerprint(Picture(data)))
    assert draw(data).renditions == ()
    assert draw(data).fingerprint == fingerprint(Picture(data))


def test_what_is_drawn_crosses_to_another_process() -> None:
    drawn = draw(encoded(mosaic(2)), SHAREPOINT)
    assert pickle.loads(pickle.dumps(drawn)) == drawn


def test_a_picture_cut_short_is_refused_although_nothing_is_made_of_it() -> None:
    data = encoded(mosaic(3, 300, 300))
    with pytest.raises(Unreadable) as caught:
        draw(data[: len(data) * 2 // 3])
    assert caught.value.kind is Fault.TRUNCATED


def quartered(orientation: int = 1) -> bytes:
    """800 by 600 px upright: red, green above, blue, white below; stored as EXIF's orientation tells."""
    upright = Image.new("RGB", (800, 600), "white")
    upright.paste("red", (0, 0, 400, 300))
    upright.paste("green", (400, 0, 800, 300))
    upright.paste("blue", (0, 300, 400, 600))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = upright.transpose(Image.Transpose.ROTATE_90) if orientation == 6 else upright
    return encoded(stored, exif=exif.tobytes(), quality=95)


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (CropBox(20, 20, 200), (255, 0, 0)),
        (CropBox(450, 50, 240), (0, 128, 0)),
        (CropBox(100, 350, 250), (0, 0, 255)),
        (CropBox(700, 500, 300), (255, 255, 255)),  # beyond the edge: moved in
    ],
)
def test_a_persons_own_square_wins(box: CropBox, expected: tuple[int, int, int], orientation: int) -> None:
    (made,) = draw(quartered(orientation), [Rendition("L", 60)], box).renditions
    pixels = numpy.asarray(Image.open(io.BytesIO(made.data)), dtype=float)
    assert pixels.shape == (60, 60, 3)
    assert numpy.abs(pixels - expected).mean() < 6


def test_a_persons_own_square_is_not_enlarged() -> None:
    made = draw(encoded(mosaic(1, 900, 900)), SHAREPOINT, CropBox(30, 40, 100)).renditions
    assert [picture.width_px for picture in made] == [48, 72, 100]


def test_the_fingerprint_is_of_the_square_that_is_shown() -> None:
    data, box = jpeg(4, 800), CropBox(50, 200, 450)
    drawn = draw(data, SHAREPOINT, box)
    assert all(same_picture(drawn.fingerprint, fingerprint(made)) for made in drawn.renditions)
    assert not same_picture(draw(data).fingerprint, fingerprint(drawn.renditions[0]))


def test_a_square_of_nothing_is_no_square() -> None:
    with pytest.raises(ValueError, match="nothing in it"):
        CropBox(0, 0, 0)


@given(
    st.tuples(st.integers(1, 5000), st.integers(1, 5000)),
    st.builds(CropBox, st.integers(-9000, 9000), st.integers(-9000, 9000), st.integers(1, 9000)),
    st.sampled_from([1, 2, 4, 8]),
)
def test_every_square_lies_within_its_picture(size: tuple[int, int], box: CropBox, fraction: int) -> None:
    header = Header(PictureFormat.JPEG, *size)
    decoded = (-(-size[0] // fraction), -(-size[1] // fraction))
    left, top, right, bottom = square_box(decoded, header, box)
    assert 0 <= left < right <= decoded[0] + 1e-6
    assert 0 <= top < bottom <= decoded[1] + 1e-6
    assert right - left == pytest.approx(bottom - top)
    assert 1 <= square_px(header, box) <= min(size)
