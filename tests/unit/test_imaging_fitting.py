"""Whatever a system's limit is, a rendition keeps to it and is as good as the limit lets it be."""

from __future__ import annotations

import io
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.photographs import as_jpeg, photograph

from samepic.imaging import DoesNotFit, draw, fitting
from samepic.imaging.fitting import BEST_QUALITY, LEAST_QUALITY, fitted
from samepic.imaging.scaling import Square
from samepic.model.person import KeyKind
from samepic.model.picture import Picture, PictureFormat
from samepic.model.system import Looks, Rendition, Replaces, SystemProfile

LIMITS = st.integers(300, 12_000)
few = settings(max_examples=40, deadline=None)


@cache
def portrait() -> Square:
    """A square of 200 px that keeps its sizes, so that each is scaled once."""
    image = photograph(5, 200, 266)
    return Square(image, (0, 16, 200, 216))


def given_at(limit: int | None, edge_px: int = 96) -> Picture | None:
    """What a JPEG rendition with this limit becomes; None where it cannot be met."""
    try:
        return fitted(portrait(), Rendition("one", edge_px, max_bytes=limit), edge_px)
    except DoesNotFit:
        return None


def coarseness(picture: Picture) -> int:
    """The sum of a JPEG's quantisation steps: the lower, the higher its quality."""
    with Image.open(io.BytesIO(picture.data)) as image:
        tables: dict[int, list[int]] = image.quantization  # type: ignore[attr-defined]  # only JPEG images have it
        return sum(sum(table) for table in tables.values())


@few
@given(LIMITS)
def test_the_edge_is_exact_and_the_limit_is_kept(limit: int) -> None:
    made = given_at(limit)
    assume(made)
    assert made is not None
    assert len(made.data) <= limit
    with Image.open(io.BytesIO(made.data)) as image:
        assert image.size == (96, 96) == (made.width_px, made.height_px)
    assert made == given_at(limit)


@few
@given(LIMITS, LIMITS)
def test_a_larger_limit_never_gives_a_worse_picture(one: int, other: int) -> None:
    small, large = sorted((one, other))
    worse, better = given_at(small), given_at(large)
    if worse is None:
        return
    assert better is not None
    assert coarseness(better) <= coarseness(worse)


QUALITIES = BEST_QUALITY - LEAST_QUALITY + 1


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 50), min_size=QUALITIES, max_size=QUALITIES), st.integers(1, 50), st.integers(1, 50))
@example([5] * (QUALITIES - 1) + [9], 5, 8)
def test_nothing_depends_on_sizes_falling_evenly(
    monkeypatch: pytest.MonkeyPatch, sizes: list[int], one: int, other: int
) -> None:
    # An encoder whose file of each quality has any size at all; its first byte tells the quality.
    def any_size(_: Image.Image, __: PictureFormat, quality: int) -> bytes:
        return bytes([quality]) * sizes[quality - LEAST_QUALITY]

    monkeypatch.setattr(fitting, "encoded", any_size)
    small, large = sorted((one, other))
    worse, better = given_at(small), given_at(large)
    if sizes[0] <= small or sizes[-1] <= small:
        assert worse is not None
    if worse is not None:
        assert better is not None
        assert len(worse.data) <= small
        assert len(better.data) <= large
        assert better.data[0] >= worse.data[0]


def test_the_quality_is_the_best_that_fits() -> None:
    # Sizes of this picture rise with its quality, so that the best can be found by trying all of them.
    pixels = portrait().at(96)
    every = {quality: fitting.encoded(pixels, PictureFormat.JPEG, quality) for quality in range(36, 91)}
    for limit in (1_700, 2_000, 3_000, 4_000):
        best = max(quality for quality, data in every.items() if len(data) <= limit)
        made = given_at(limit)
        assert made is not None
        assert made.data == every[best]


@pytest.mark.parametrize(("edge_px", "limit"), [(648, 102_400), (96, 10_240)])
def test_active_directorys_limits_are_met_by_a_photograph(edge_px: int, limit: int) -> None:
    """The 100 KiB of the attribute, and the 10 KB that is advised for 96 px."""
    data = as_jpeg(photograph(9, 1200, 1600))
    (made,) = draw(data, [Rendition("thumbnailPhoto", edge_px, max_bytes=limit)]).renditions
    assert len(made.data) <= limit
    assert made.width_px == edge_px


def test_a_limit_that_cannot_be_met_is_told_in_numbers() -> None:
    with pytest.raises(DoesNotFit) as caught:
        fitted(portrait(), Rendition("thumbnailPhoto", 96, max_bytes=400), 96)
    words = caught.value.words
    assert "thumbnailPhoto: at 96 px" in words
    assert "400" in words


@pytest.mark.parametrize(
    ("edge_px", "limit", "expected"), [(48, None, "4:4:4"), (300, None, "4:2:0"), (48, 900, "4:2:0")]
)
def test_small_thumbnails_keep_the_colour_of_every_pixel(edge_px: int, limit: int | None, expected: str) -> None:
    (made,) = draw(as_jpeg(photograph(3, 400, 400)), [Rendition("one", edge_px, max_bytes=limit)]).renditions
    frame = made.data.index(b"\xff\xc2")
    sampling = made.data[frame + 11]  # of the first component, lightness (ITU T.81, B.2.2)
    assert sampling == {"4:4:4": 0x11, "4:2:0": 0x22}[expected]


def profile(*renditions: Rendition) -> SystemProfile:
    accepts = (PictureFormat.JPEG,)
    return SystemProfile(
        "one", renditions, accepts, 5_000, Looks.PER_PERSON, 1, Replaces.BLIND, timedelta(0), KeyKind.UPN, True
    )


def test_a_rendition_has_its_systems_limit_where_that_is_the_narrower() -> None:
    limits = [Rendition("a", 48), Rendition("b", 48, max_bytes=900), Rendition("c", 48, max_bytes=9_000)]
    assert [each.max_bytes for each in profile(*limits).renditions] == [5_000, 900, 5_000]


def test_a_system_wants_what_it_accepts() -> None:
    with pytest.raises(ValueError, match="does not accept"):
        profile(Rendition("a", 48, PictureFormat.PNG))
