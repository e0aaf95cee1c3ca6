"""Pairs of pictures of which it is known whether they are the same one: drawn when asked for, nothing kept.

A seed and a number give the same pairs each time. What is `same` is one picture after what vendors, people's editors
and we do to pictures; what is not is as near to the same as the program can draw.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from PIL import Image
from tests.picture_changes import DIFFERENT, RECOLOURED, SAME, colourful, scaled, upright
from tests.pictures import encoded

from localtenant.worlds import portraits, recipes
from samepic.testkit.pictures import jpeg


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures, whether they are the same, and by what one comes from the other."""

    one: bytes = field(repr=False)
    other: bytes = field(repr=False)
    same: bool
    change: str
    subject: str


def portrait(seed: int, recipe: str) -> bytes:
    """A portrait of the local tenant's; not in its largest form, which takes a second to draw."""
    motif, _, form = recipe.partition("~")
    return portraits.draw(seed, motif if form == "big" else recipe)


def pairs_of(seed: int, number: int) -> Iterator[Pair]:
    """Everything that is done to one person's portrait, and everything that is not it: about 70 pairs."""
    subject = f"seed {seed}, p{number}"
    original = portrait(seed, recipes.recipe(number))
    image = upright(original)
    yield from changed_pairs(subject, original, image, Random(f"{seed}/{number}"))
    for change, other in _other_people(seed, number):
        yield Pair(original, other, False, change, subject)
    for change, other in _other_occasions(seed, number):
        yield Pair(original, other, False, change, subject)
    yield from _posters(seed, number)


def changed_pairs(subject: str, original: bytes, image: Image.Image, chance: Random) -> Iterator[Pair]:
    """One picture with each of its changes. image: its pixels, upright."""
    for name, change in SAME.items():
        yield Pair(original, change(image, chance), True, name, subject)
    others = DIFFERENT | (RECOLOURED if colourful(image) else {})
    for name, change in others.items():
        yield Pair(original, change(image, chance), False, name, subject)


def _other_people(seed: int, number: int) -> Iterator[tuple[str, bytes]]:
    """Others in the same chair: pose, light and background in common, clothes and face their own."""
    motif = recipes.recipe(number).partition("~")[0]
    shot = motif.partition("@")[2]
    for other in (number + 31, number + 62, number + 93):  # rounds of 31 have the same sex, in each name's own way
        identity = recipes.recipe(other).partition("@")[0]
        twin = portrait(seed, f"{identity}@{shot}")
        small = scaled(upright(twin), 48)
        yield "another person, same pose and background", twin
        yield "another person, same pose and background, 48 px, JPEG 30", encoded(small, quality=30)
        yield "another person, same pose and background, 72 px", encoded(scaled(upright(twin), 72))
    yield "another person", portrait(seed, recipes.recipe(number + 1000))


def _other_occasions(seed: int, number: int) -> Iterator[tuple[str, bytes]]:
    yield "the same person, an older picture", portrait(seed, recipes.older(number))
    yield "the same person, another picture", portrait(seed, recipes.local(number))
    yield "the address's former owner", portrait(seed, recipes.leaver(number))


def _posters(seed: int, number: int) -> Iterator[Pair]:
    """Shapes on a plain ground, as a drawing or a logo has them."""
    subject = f"poster {seed}/{number}"
    original = jpeg(1000 * seed + number, 300)
    chance = Random(subject)
    image = upright(original)
    for name in ("JPEG 30", "our 48 px", "cut by chance", "warmer"):
        yield Pair(original, SAME[name](image, chance), True, f"poster, {name}", subject)
    for name in ("hues turned by 120 degrees", "red for blue", "grey"):
        if colourful(image):
            yield Pair(original, RECOLOURED[name](image, chance), False, f"poster, {name}", subject)
    yield Pair(original, jpeg(1000 * seed + number + 500, 300), False, "another poster", subject)
