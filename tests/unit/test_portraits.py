"""Portraits: files as cameras and telephones make them, and the same ones every time."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageOps
from PIL.ExifTags import GPS, IFD, Base

from localtenant.worlds import portraits, recipes
from localtenant.worlds.recipes import FORMS, Recipe

SAMPLE = ("p0-nw@p0", "p19-em@p18", "p7-aw@p7-old~png", "stranger-17", "p4~turned", "p5~gps", "p6~tall", "")


def opened(recipe: str) -> Image.Image:
    return Image.open(io.BytesIO(portraits.draw(7, recipe)))


def digest() -> str:
    return hashlib.sha256(b"".join(portraits.draw(7, recipe) for recipe in SAMPLE)).hexdigest()


def test_a_recipe_has_three_parts_and_any_text_is_one() -> None:
    assert Recipe.parse("p19-em@p18~png") == Recipe("p19-em", "p18", "png")
    assert Recipe.parse("stranger-17") == Recipe("stranger-17", "stranger-17", "")
    for odd in ("", "@", "~", "@~nonsense", "x" * 500, "\0ø"):
        assert portraits.draw(7, odd)


def test_the_same_recipe_gives_the_same_bytes_also_on_an_older_processor() -> None:
    """NumPy chooses its code by processor; a portrait must not depend on the choice."""
    code = (
        f"import sys; sys.path.insert(0, {os.path.dirname(__file__)!r}); import test_portraits as t; print(t.digest())"
    )
    plain = dict(os.environ, NPY_DISABLE_CPU_FEATURES="X86_V3 X86_V4", PYTHONWARNINGS="ignore", PYTHONHASHSEED="9")
    ran = subprocess.run([sys.executable, "-c", code], env=plain, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == digest()


@pytest.mark.parametrize(
    ("form", "size", "file_type"),
    [("", {(648, 648)}, "JPEG"), ("png", {(648, 648)}, "PNG")],
)
def test_most_are_jpegs_of_648_pixels_and_some_png(form: str, size: set[tuple[int, int]], file_type: str) -> None:
    image = opened(f"p1~{form}")
    assert image.size in size and image.format == file_type


def test_a_sideways_telephone_picture_is_upright_only_after_exif_is_obeyed() -> None:
    orientations = set()
    for number in range(12):
        image = opened(f"p{number}~turned")
        orientations.add(image.getexif()[Base.Orientation])
        assert ImageOps.exif_transpose(image).size == (720, 960)
    assert orientations == {3, 6, 8}


def test_a_picture_with_gps_tells_where_it_was_taken() -> None:
    place = opened("p3~gps").getexif().get_ifd(IFD.GPSInfo)
    assert place[GPS.GPSLatitudeRef] == "N" and 55 < place[GPS.GPSLatitude][0] < 64
    assert place[GPS.GPSLongitudeRef] == "E" and 4 < place[GPS.GPSLongitude][0] < 28


def test_some_are_tall_some_wide_some_large_and_all_within_what_graph_takes() -> None:
    tall, wide = opened("p1~tall"), opened("p2~wide")
    assert tall.height > tall.width and wide.width > wide.height
    edges = set()
    for number in range(6):
        data = portraits.draw(7, f"p{number}~big")
        assert len(data) < 4_000_000
        edges.add(max(Image.open(io.BytesIO(data)).size))
    assert max(edges) == 4000 and min(edges) >= 2000


def test_every_form_is_met_among_the_first_people() -> None:
    forms = {Recipe.parse(recipes.recipe(number)).form for number in range(50)}
    assert forms == set(FORMS) == {"", "png", "tall", "wide", "square", "big", "turned", "gps"}
    plain = sum(not Recipe.parse(recipes.recipe(number)).form for number in range(2000))
    assert plain > 1400


def test_one_in_ten_shares_pose_and_backdrop_with_somebody_else() -> None:
    parsed = [Recipe.parse(recipes.recipe(number)) for number in range(1000)]
    shots = [one.shot for one in parsed]
    assert len({one.identity for one in parsed}) == 1000
    assert len(shots) - len(set(shots)) == 100


def test_a_mirror_image_is_clearly_another_picture() -> None:
    for number in range(8):
        grey = np.asarray(opened(f"p{number}").convert("L").resize((48, 48)), dtype=float)
        assert np.abs(grey - grey[:, ::-1]).mean() > 8


def test_jpegs_weigh_what_photographs_weigh() -> None:
    sizes = [len(portraits.draw(7, f"p{number}")) for number in range(8)]
    assert all(40_000 < size < 200_000 for size in sizes)


@pytest.mark.parametrize(
    ("recipe", "greys"),
    [
        ("p0-nw@p0", [[122, 119, 133, 115], [109, 148, 137, 126], [92, 78, 66, 129]]),
        ("p19-em@p18", [[107, 111, 93, 100], [111, 105, 106, 91], [135, 129, 113, 104]]),
        ("stranger-17", [[109, 91, 91, 82], [97, 95, 100, 90], [46, 53, 55, 88]]),
    ],
)
def test_the_portraits_of_seed_7_have_not_changed_unnoticed(recipe: str, greys: list[list[int]]) -> None:
    """Twelve greys a portrait, so that another version of an encoder may round differently."""
    seen = np.asarray(opened(recipe).convert("L").resize((4, 3), Image.Resampling.BOX), dtype=int)
    assert np.abs(seen - np.asarray(greys)).max() <= 1
