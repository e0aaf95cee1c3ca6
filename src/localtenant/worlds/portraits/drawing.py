"""A portrait from its recipe: drawn at half size, enlarged, given grain, made into a file."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from random import Random

import numpy as np
from PIL import Image, ImageChops

from localtenant.worlds.portraits import face, hair
from localtenant.worlds.portraits.backdrop import backdrop
from localtenant.worlds.portraits.canvas import Floats, Frame, grain
from localtenant.worlds.portraits.figure import body, neck
from localtenant.worlds.portraits.files import Form, encode, form_of
from localtenant.worlds.portraits.looks import Clothes, Shot, Traits, clothes, shot, traits
from localtenant.worlds.recipes import Recipe

_CANVAS_PX = 324


def draw(seed: int, recipe: str) -> bytes:
    """The encoded portrait; the same seed and recipe give the same bytes on the same versions of Pillow and NumPy.

    Any text is a recipe; `localtenant.worlds.recipes` says what its parts mean. Takes about 15 ms at 648 px.
    """
    wanted = Recipe.parse(recipe)
    chance = _chance(seed, "form", recipe)
    form = form_of(wanted.form, chance)
    hint = wanted.identity.rpartition("-")[2] if "-" in wanted.identity else ""
    person = traits(_chance(seed, "identity", wanted.identity), hint)
    occasion = shot(_chance(seed, "shot", wanted.shot))
    worn = clothes(_chance(seed, "clothes", f"{wanted.identity}@{wanted.shot}"), person)
    return encode(_enlarged(_canvas(person, occasion, worn, form), form, chance), form)


def form(seed: int, recipe: str) -> Form:
    """What `draw` would make of this recipe, without drawing: the file's size and type."""
    return form_of(Recipe.parse(recipe).form, _chance(seed, "form", recipe))


def _chance(seed: int, about: str, text: str) -> Random:
    return Random(int.from_bytes(blake2b(f"{seed}/{about}/{text}".encode(), digest_size=16).digest()))


def _canvas(person: Traits, occasion: Shot, worn: Clothes, form: Form) -> Floats:
    short = min(form.width, form.height)
    width, height = round(_CANVAS_PX * form.width / short), round(_CANVAS_PX * form.height / short)
    pixels = backdrop(occasion, width, height)
    middle = ((width - _CANVAS_PX) / 2, (height - _CANVAS_PX) / 2)
    at = (middle[0] + occasion.x * _CANVAS_PX, middle[1] + occasion.y * _CANVAS_PX)
    unit = occasion.size * _CANVAS_PX
    upright = Frame.at(pixels, at, unit, occasion.tilt * 0.3)
    tilted = Frame.at(pixels, at, unit, occasion.tilt)
    hair.behind(tilted, person, occasion)
    neck(upright, person, occasion)
    body(upright, person, occasion, worn)
    face.head(tilted, person, occasion)
    face.age_lines(tilted, person, occasion)
    face.eyes(tilted, person, occasion)
    face.nose(tilted, person, occasion)
    face.beard(tilted, person, occasion)
    face.mouth(tilted, person, occasion)
    if person.hair_style == "headscarf":
        hair.headscarf(tilted, person, occasion, worn.scarf)
    else:
        hair.front(tilted, person, occasion)
    face.glasses(tilted, person, occasion, (46, 40, 40))
    pixels *= np.float32(occasion.exposure)
    return pixels


def _enlarged(pixels: Floats, form: Form, chance: Random) -> Image.Image:
    """At the wanted size, with grain as a sensor leaves it."""
    np.clip(pixels, 0, 255, out=pixels)
    drawn = Image.merge("RGB", [Image.fromarray(plane) for plane in pixels.astype(np.uint8)])
    image = drawn.resize((form.width, form.height), Image.Resampling.BILINEAR)
    sheet = _grain_sheet()
    left, top = chance.randrange(sheet.width), chance.randrange(sheet.height)
    over = Image.new("RGB", image.size)
    for y in range(-top, image.height, sheet.height):
        for x in range(-left, image.width, sheet.width):
            over.paste(sheet, (x, y))
    return ImageChops.add(image, over, offset=-128)


@lru_cache(maxsize=1)
def _grain_sheet() -> Image.Image:
    """Larger pictures show it more than once."""
    noise = np.clip(128 + grain(512) * np.float32(3.2), 0, 255).astype(np.uint8)
    return Image.merge("RGB", [Image.fromarray(noise)] * 3)
