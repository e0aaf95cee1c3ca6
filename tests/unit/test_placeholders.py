"""A picture of nobody is told from a picture: figures, initials, one colour, nothing at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image
from tests.look_alikes import portrait
from tests.nobody import everything, figure, the_tenants
from tests.picture_changes import scaled, upright
from tests.pictures import encoded, mosaic
from tests.rough import night_sky, sketch

from localtenant.worlds import recipes
from samepic.imaging import fingerprint, same_picture
from samepic.model.comparison import ToldBy
from samepic.model.picture import Fingerprint, Picture

SEED = 20


def of(data: bytes) -> Fingerprint:
    return fingerprint(Picture(data))


def cut_out(image: Image.Image) -> Image.Image:
    """A portrait on plain white, as photographers deliver them."""
    mask = Image.radial_gradient("L").resize(image.size).point(lambda level: 255 if level < 120 else 0)
    return Image.composite(image, Image.new("RGB", image.size, "white"), mask)


@pytest.mark.parametrize(("edge_px", "quality"), [(48, 90), (72, 75), (96, 50), (240, 40), (300, 30)])
def test_figures_initials_and_plain_colours_are_nobody(edge_px: int, quality: int) -> None:
    missed = [name for name, image in everything(edge_px) if not of(encoded(image, quality=quality)).blank]
    assert missed == []


@pytest.mark.parametrize("edge_px", [48, 64, 72, 96, 200, 240, 300, 648])
def test_what_the_tenant_shows_for_nobody(edge_px: int) -> None:
    assert of(the_tenants(edge_px)).blank


BLANKS = {
    "1x1": Image.new("RGB", (1, 1), "grey"),
    "1x1, transparent": Image.new("RGBA", (1, 1), (0, 0, 0, 0)),
    "nearly one colour": Image.linear_gradient("L").resize((90, 90)).point(lambda level: 120 + level // 20),
    "transparent": Image.new("RGBA", (90, 90), (0, 0, 0, 0)),
    "upright": Image.new("RGB", (300, 400), (243, 242, 241)),
}


@pytest.mark.parametrize("name", BLANKS)
def test_nothing_at_all(name: str) -> None:
    assert of(encoded(BLANKS[name], "PNG")).blank


def test_no_portrait_is_nobody() -> None:
    """In colour, in grey, pale, with little contrast, and cut out on white."""
    for number in range(14, 30):
        image = scaled(upright(portrait(SEED, recipes.recipe(number))), 200)
        pale = image.point([128 + level // 2 for level in range(256)] * 3)
        faint = image.point([100 + level // 4 for level in range(256)] * 3)
        shown_as = (image, image.convert("L"), pale, faint, cut_out(image), cut_out(image).convert("L"))
        for shown in shown_as:
            assert not of(encoded(shown)).blank, number
    assert not any(of(encoded(mosaic(seed))).blank for seed in range(20))


@pytest.mark.parametrize("draw", [night_sky, sketch])
def test_points_and_strokes_of_many_strengths_are_a_picture(draw: Callable[[int], Image.Image]) -> None:
    """One plain ground and nothing smooth on it, as letters have, but of many inks."""
    for number in range(8):
        for edge_px in (512, 96):
            assert not of(encoded(draw(number).resize((edge_px, edge_px)), quality=75)).blank, (number, edge_px)


def test_nobody_is_the_same_as_nobody_else() -> None:
    """Two people without a picture do not have the same one; the very same file is still the same."""
    small, large = (Picture(encoded(figure(edge, (235, 235, 235), (161, 159, 157)))) for edge in (48, 96))
    person = Picture(encoded(mosaic(1)))
    assert same_picture(small, small)
    for one, other in ((small, large), (small, person), (person, large)):
        told = same_picture(one, other)
        assert (told.same, told.told_by) == (False, ToldBy.PLACEHOLDER)
        assert told.distance > 1
