"""The corpora that the same-picture test is measured on, as streams of verdicts: no picture is kept."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from random import Random

import numpy
from PIL import Image

sys.path.insert(0, ".")
from tests.look_alikes import Pair, changed_pairs, pairs_of, portrait
from tests.nobody import everything
from tests.picture_changes import DIFFERENT, scaled, upright
from tests.pictures import encoded
from tests.rough import before_a_wall, night_sky, rough, sketch

from localtenant.worlds import recipes
from samepic.imaging import fingerprint, same_picture
from samepic.model.comparison import ToldBy
from samepic.model.picture import Fingerprint, Picture, distance

TUNED_ON, REPORTED = 3, 41
"""Seeds of the portraits."""

PHOTOGRAPHS = (
    *("astronaut", "brick", "camera", "cell", "chelsea", "coffee", "coins", "color", "grass", "gravel"),
    *("hubble_deep_field", "ihc", "moon", "motorcycle_left", "motorcycle_right", "retina", "rocket"),
)
"""What scikit-image's wheel has of photographs, and a wheel of colours. Scans of text and masks are left out."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One pair after the test. bits: by how many the hashes differ."""

    same: bool
    change: str
    subject: str
    told: bool
    distance: float
    told_by: ToldBy
    bits: int

    @property
    def wrong(self) -> bool:
        """Whether the test erred."""
        return self.same is not self.told


def person(seed_and_number: tuple[int, int]) -> list[Judged]:
    """One person's portrait with everything that is done to it and everything that is not it."""
    return [_judged(pair) for pair in pairs_of(*seed_and_number)]


def strangers(seed: int, people: int) -> Iterator[Judged]:
    """Every two of them."""
    prints = [_of(portrait(seed, recipes.recipe(number))) for number in range(people)]
    for one, other in combinations(range(people), 2):
        subject = f"seed {seed}, p{one} and p{other}"
        yield _compared(prints[one], prints[other], False, "any two people", subject)


def photograph(name: str) -> list[Judged]:
    """One photograph with everything that is done to it."""
    image = _photographs()[name]
    data = encoded(image, "PNG", compress_level=1)
    return [_judged(pair) for pair in changed_pairs(name, data, image, Random(name))]


def barely_there(number: int) -> list[Judged]:
    """One rough picture, one night sky, one sketch with everything that is done to them; two people before one wall."""
    found = []
    for draw in (rough, night_sky, sketch):
        image, name = draw(number), f"{draw.__name__.replace('_', ' ')} {number}"
        data = encoded(image, "PNG", compress_level=1)
        pairs = changed_pairs(name, data, image, Random(name))
        # A tint that has as much blue as red has none of them to swap.
        found += [_judged(pair) for pair in pairs if pair.same or pair.change in DIFFERENT]
    motif = recipes.recipe(number).partition("~")[0]
    for other in (number + 31, number + 62):
        twin = f"{recipes.recipe(other).partition('@')[0]}@{motif.partition('@')[2]}"
        one, two = (before_a_wall(portrait(REPORTED, recipe), rough(number)) for recipe in (motif, twin))
        subject = f"wall {number}, p{number} and p{other}"
        for size_px in (400, 72, 48):
            pair = Pair(encoded(one), encoded(scaled(two, size_px)), False, f"another before it, {size_px} px", subject)
            found.append(_judged(pair))
    return found


def other_photographs() -> Iterator[Judged]:
    """Every two of the photographs and their quarters, which is grass beside grass; every two of a hundred faces."""
    prints: dict[str, Fingerprint] = {}
    for name, image in _photographs().items():
        prints[name] = _of(encoded(image, quality=90))
        half = (image.width // 2, image.height // 2)
        for number, (left, top) in enumerate(((0, 0), (half[0], 0), (0, half[1]), half)):
            quarter = image.crop((left, top, left + half[0], top + half[1]))
            prints[f"{name}, quarter {number + 1}"] = _of(encoded(quarter, quality=90))
    for one, other in combinations(prints, 2):
        yield _compared(prints[one], prints[other], False, "any two photographs or quarters", f"{one} and {other}")
    faces = [_of(encoded(face, quality=90)) for face in _faces()]
    for first, second in combinations(range(len(faces)), 2):
        subject = f"face {first} and face {second}"
        yield _compared(faces[first], faces[second], False, "any two faces, 25 px enlarged", subject)


def nobody(edge_and_quality: tuple[int, int]) -> list[tuple[str, bool]]:
    """What is drawn where there is no picture, and whether it was recognised as that."""
    edge_px, quality = edge_and_quality
    return [(name, _of(encoded(image, quality=quality)).blank) for name, image in everything(edge_px)]


def portraits_taken_for_nobody(seed: int, people: int) -> int:
    """How many portraits would be taken for a placeholder, in colour or in grey."""
    found = 0
    for number in range(people):
        small = scaled(upright(portrait(seed, recipes.recipe(number))), 96)
        found += any(_of(encoded(each)).blank for each in (small, small.convert("L")))
    return found


def _judged(pair: Pair) -> Judged:
    return _compared(_of(pair.one), _of(pair.other), pair.same, pair.change, pair.subject)


def _compared(one: Fingerprint, other: Fingerprint, same: bool, change: str, subject: str) -> Judged:
    told = same_picture(one, other)
    return Judged(same, change, subject, told.same, told.distance, told.told_by, distance(one, other))


@lru_cache(maxsize=4)
def _of(data: bytes) -> Fingerprint:
    return fingerprint(Picture(data))


@lru_cache(maxsize=1)
def _photographs() -> dict[str, Image.Image]:
    import skimage

    folder = Path(skimage.__file__).parent / "data"
    found: dict[str, Image.Image] = {}
    for name in PHOTOGRAPHS:
        [path] = folder.glob(f"{name}.*")
        with Image.open(path) as image:
            found[name] = scaled(image.convert("RGB"), min(512, *image.size))
        found[name].info.clear()  # a profile that only some formats carry on would be another picture
    return found


def _faces() -> Iterator[Image.Image]:
    """The hundred faces of lfw_subset.npy (Labelled Faces in the Wild), four times as large as they are."""
    import skimage

    for pixels in numpy.load(Path(skimage.__file__).parent / "data" / "lfw_subset.npy")[:100]:
        yield Image.fromarray((255 * pixels).astype(numpy.uint8)).resize((100, 100), Image.Resampling.BICUBIC)
