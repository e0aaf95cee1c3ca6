"""The same-picture test says what told it, from a closed list, and the cheap checks come before the dear one."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from random import Random

import pytest
from PIL import Image, ImageOps
from tests.look_alikes import portrait
from tests.nobody import figure
from tests.picture_changes import SAME, channels_swapped, cut, recoloured, scaled, square_at, tinted, upright
from tests.pictures import encoded, mosaic
from tests.rough import before_a_wall, rough

from localtenant.worlds import recipes
from samepic.imaging import Unreadable, comparing, fingerprint, same_picture
from samepic.imaging.miniatures import EDGE_PX
from samepic.model.comparison import Comparison, ToldBy
from samepic.model.picture import Fingerprint, Miniature, Picture
from samepic.testkit.pictures import jpeg

SEED = 22
FACE = portrait(SEED, recipes.recipe(1))


def told(one: bytes, other: bytes) -> ToldBy:
    """What told it; and asked the other way round the same comes out."""
    first, second = (fingerprint(Picture(data)) for data in (one, other))
    compared = same_picture(first, second)
    assert same_picture(second, first) == compared
    assert compared.same == (compared.distance <= 1)
    return compared.told_by


def tall(seed: int) -> Image.Image:
    return upright(portrait(seed, "p5-nw~tall"))


def test_each_way_to_tell() -> None:
    image = upright(FACE)
    others = {
        ToldBy.NEAR: encoded(image, quality=40),
        ToldBy.ALIGNED: encoded(cut(image, 0.05, 0.05, 0, 0)),
        ToldBy.MIRRORED: encoded(ImageOps.mirror(image)),
        ToldBy.COLOURS: encoded(recoloured(image, 120)),
        ToldBy.APART: portrait(SEED, recipes.recipe(2)),
        ToldBy.PLACEHOLDER: encoded(figure(96, (235, 235, 235), (161, 159, 157))),
    }
    assert {told(FACE, other): kind for kind, other in others.items()} == {kind: kind for kind in others}
    assert same_picture(Picture(FACE), Picture(FACE)) == Comparison(True, 0.0, ToldBy.EQUAL_BYTES)
    assert told(encoded(image, "PNG"), encoded(image, "PNG", compress_level=1)) is ToldBy.EQUAL_FINGERPRINT
    shot = recipes.recipe(1).partition("~")[0].partition("@")[2]
    twins = [told(FACE, portrait(SEED, f"{recipes.recipe(n).partition('@')[0]}@{shot}")) for n in (32, 63, 94)]
    assert ToldBy.UNLIKE in twins
    assert {*others, ToldBy.EQUAL_BYTES, ToldBy.EQUAL_FINGERPRINT, ToldBy.UNLIKE} == {*ToldBy}


def test_a_comparison_is_true_where_the_pictures_are_the_same() -> None:
    assert Comparison(True, 0.5, ToldBy.NEAR)
    assert not Comparison(False, 2.0, ToldBy.APART)


def test_equal_bytes_need_not_be_a_picture_and_others_have_to() -> None:
    assert same_picture(Picture(b"none"), Picture(b"none"))
    with pytest.raises(Unreadable):
        same_picture(Picture(b"none"), Picture(FACE))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.4, 0.5, 0.77, 1.0])
def test_any_square_of_a_longer_picture_is_the_same_picture(share: float) -> None:
    for image in (tall(3), ImageOps.mirror(tall(4)).rotate(90, expand=True)):
        square = scaled(square_at(image, share), 72)
        assert same_picture(Picture(encoded(image)), Picture(encoded(square, quality=80)))


def test_a_square_of_one_long_picture_is_no_other_long_picture() -> None:
    squares = [encoded(square_at(tall(seed), 0.3)) for seed in range(4)]
    for number, square in enumerate(squares):
        others = [seed for seed in range(4) if seed != number]
        assert not any(same_picture(Picture(square), Picture(encoded(tall(seed)))) for seed in others)


def test_a_picture_that_lost_a_fifth_is_another_one() -> None:
    image = upright(FACE)
    assert not same_picture(Picture(FACE), Picture(encoded(cut(image, 0.2, 0.2, 0.2, 0.2))))


def test_its_own_mirror_image_is_the_same_picture_where_there_is_no_difference() -> None:
    half = mosaic(5, 100, 200)
    both = Image.new("RGB", (200, 200))
    both.paste(half, (0, 0))
    both.paste(ImageOps.mirror(half), (100, 0))
    assert same_picture(Picture(encoded(both)), Picture(encoded(ImageOps.mirror(both), quality=60)))


@pytest.mark.parametrize("number", range(6))
def test_colour_counts_and_a_small_shift_does_not(number: int) -> None:
    """One layout in two colourings; then the same through another white balance."""
    data = jpeg(number, 300)
    image = upright(data)
    for other in (channels_swapped(image), recoloured(image, 90), recoloured(image, 180), image.convert("L")):
        assert told(data, encoded(other)) in (ToldBy.COLOURS, ToldBy.UNLIKE)
    for small in (tinted(image, 1.04, 1, 0.96), tinted(image, 0.97, 1.02, 1)):
        assert told(data, encoded(small)) is ToldBy.NEAR


def test_as_small_as_any_system_keeps_it() -> None:
    """From both a whole and a cut picture, so that neither side is large."""
    image = upright(FACE)
    one, other = scaled(image, 48), scaled(cut(image, 0, 0.05, 0.03, 0), 48)
    assert told(encoded(one, quality=75), encoded(other, quality=75)) is ToldBy.ALIGNED


def test_the_miniature_is_small_and_holds_the_whole_picture() -> None:
    """It is kept for each person and system: under 1.5 kB, twice that for the longest picture."""
    for size, expected in {(648, 648): (32, 32), (486, 648): (32, 43), (900, 300): (64, 32), (1, 1): (32, 32)}.items():
        small = fingerprint(Picture(encoded(mosaic(1, *size)))).miniature
        assert abs(small.width - expected[0]) + abs(small.height - expected[1]) <= 1, "a JPEG is decoded at a fraction"
        assert len(small.lightness) == small.width * small.height <= 2 * EDGE_PX**2
        assert len(small.lightness) + len(small.colours) <= 1200 * (small.width * small.height / EDGE_PX**2)


def test_the_dear_half_is_asked_only_between_near_and_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many strangers are told apart by their hashes; NumPy is not even loaded for them."""
    people = [fingerprint(Picture(portrait(SEED, recipes.recipe(number)))) for number in range(0, 28, 2)]
    asked = [same_picture(one, other).told_by for one in people for other in people if one is not other]
    assert asked.count(ToldBy.APART) > len(asked) / 5
    script = "import sys; import samepic.imaging.comparing; assert 'samepic.imaging.laying' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_apart_by_hashes_is_apart_by_pixels_too() -> None:
    """The short cut never calls different what the dear half would call the same."""
    image = upright(FACE)
    cuts = [cut(image, *sides) for sides in ((0.05, 0, 0, 0.05), (0, 0.05, 0.05, 0), (0.05, 0.05, 0, 0))]
    for other in (*(encoded(each, quality=30) for each in cuts), SAME["cut by chance, 48 px"](image, Random(1))):
        one, two = fingerprint(Picture(FACE)), fingerprint(Picture(other))
        assert comparing.distance(one, two) <= comparing.APART_BITS
        assert same_picture(one, two)


def test_hashes_tell_apart_only_what_differs_more_than_by_chance() -> None:
    """A rocket before a sky, cut at a corner, has hashes 126 bits away from its own; its miniature decides."""
    person = fingerprint(Picture(FACE))
    for bits, told_by in ((126, ToldBy.NEAR), (130, ToldBy.APART)):
        flipped = (1 << bits) - 1
        other = replace(person, upper=person.upper ^ flipped, centre=person.centre ^ flipped)
        assert same_picture(person, other).told_by is told_by


@pytest.mark.parametrize(
    "change", ["cut 5 % all round", "cut 5 % at a corner", "JPEG 30 of 48 px", "cut by chance, 48 px"]
)
def test_sand_and_grass_are_the_same_when_they_are_cut(change: str) -> None:
    """Neighbours have little in common there, so that drawing it anew already makes it unlike itself."""
    for number in (6, 12, 24, 36):
        image = rough(number)
        assert same_picture(Picture(encoded(image)), Picture(SAME[change](image, Random(number)))), number


def test_other_sand_is_another_picture() -> None:
    prints = [fingerprint(Picture(encoded(rough(number)))) for number in (6, 12, 24, 36)]
    assert not any(same_picture(one, other) for one, other in combinations(prints, 2))


def test_who_sits_before_a_rough_wall_counts_more_than_the_wall() -> None:
    """The same wall at the same place, the same pose and light; other people."""
    for number in (0, 12):
        wall = rough(number)
        for seat in (1, 4, 5):
            motif = recipes.recipe(seat).partition("~")[0]
            other = f"{recipes.recipe(seat + 31).partition('@')[0]}@{motif.partition('@')[2]}"
            one, two = (before_a_wall(portrait(SEED, recipe), wall) for recipe in (motif, other))
            compared = same_picture(Picture(encoded(one)), Picture(encoded(scaled(two, 72))))
            assert compared.told_by is ToldBy.UNLIKE and compared.distance > 1.25, (number, seat)


def test_the_mark_of_a_blank_decides_whatever_else_agrees() -> None:
    person = fingerprint(Picture(FACE))
    blank = Fingerprint(person.upper, person.centre, person.miniature, blank=True)
    assert same_picture(person, blank).told_by is ToldBy.PLACEHOLDER


@pytest.mark.parametrize(
    ("width", "height", "columns", "lightness", "colours"),
    [(2, 2, 1, 3, 2), (0, 0, 1, 0, 2), (2, 2, 0, 4, 2), (2, 2, 1, 4, 3), (-2, -2, 1, 4, 2), (65, 64, 1, 4160, 2)],
)
def test_a_miniature_that_does_not_fit_together_is_none(
    width: int, height: int, columns: int, lightness: int, colours: int
) -> None:
    """It comes from a worker, which a picture may have taken over, and from the state."""
    with pytest.raises(ValueError, match="a miniature's"):
        Miniature(width, height, bytes(lightness), columns, bytes(colours))


@pytest.mark.parametrize("format_", ["PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_in_whatever_format(format_: str) -> None:
    image = scaled(upright(FACE), 160)
    assert told(FACE, encoded(image, format_)) is ToldBy.NEAR
    assert told(FACE, encoded(ImageOps.mirror(image), format_)) is ToldBy.MIRRORED
