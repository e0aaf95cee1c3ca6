"""Pictures of which little is left when they are small: rough ones, night skies, sketches, people before a wall."""

from __future__ import annotations

import numpy
from PIL import Image, ImageDraw, ImageFilter
from tests.picture_changes import upright

_WAVES_PX = (2, 4, 8, 16, 32, 64, 128)
_SLOPES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25)
"""How much stronger a wave twice as long is: 0 is sand, more is clouds."""

_EDGE_PX = 512
_DEVIATION = 45.0


def rough(number: int) -> Image.Image:
    """Noise with waves of every length, in one weak tint; every sixth number is as rough."""
    random = numpy.random.default_rng(number)
    height = _EDGE_PX if number % 3 else _EDGE_PX * 5 // 4
    pixels = numpy.zeros((height, _EDGE_PX), numpy.float32)
    for wave_px in _WAVES_PX:
        cells = random.standard_normal((height // wave_px + 2, _EDGE_PX // wave_px + 2)).astype(numpy.float32)
        waves = Image.fromarray(cells).resize((_EDGE_PX, height), Image.Resampling.BICUBIC)
        pixels += numpy.asarray(waves) * numpy.float32(wave_px ** _SLOPES[number % len(_SLOPES)])
    pixels = (pixels - pixels.mean()) / pixels.std() * _DEVIATION + random.uniform(90, 160)
    grey = Image.fromarray(pixels.clip(0, 255).astype(numpy.uint8))
    tints = random.uniform(0.8, 1.2, 3)
    return Image.merge("RGB", [grey.point([min(255, int(level * tint)) for level in range(256)]) for tint in tints])


def before_a_wall(portrait: bytes, wall: Image.Image) -> Image.Image:
    """Somebody's head and shoulders, and a wall where the ground was."""
    image = upright(portrait)
    edge = min(image.size)
    person = image.crop(((image.width - edge) // 2, 0, (image.width + edge) // 2, edge)).resize((400, 400))
    outline = Image.new("L", person.size, 0)
    draw = ImageDraw.Draw(outline)
    draw.ellipse((94, 40, 306, 300), fill=255)
    draw.ellipse((42, 230, 358, 600), fill=255)
    behind = wall.crop((0, 0, _EDGE_PX, _EDGE_PX)).resize(person.size)
    return Image.composite(person, behind, outline.filter(ImageFilter.GaussianBlur(3)))


def night_sky(number: int) -> Image.Image:
    """Points of every brightness on a dark ground: stars, or a town from above."""
    random = numpy.random.default_rng(number)
    image = Image.new("L", (_EDGE_PX, _EDGE_PX), int(random.uniform(5, 40)))
    draw = ImageDraw.Draw(image)
    for _ in range(int(random.uniform(30, 400))):
        x, y = random.uniform(0, _EDGE_PX, 2)
        radius = 1 + random.exponential(3)
        light = int(min(255, 40 + random.exponential(60)))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=light)
    return image.convert("RGB")


def sketch(number: int) -> Image.Image:
    """Strokes of a pencil on white paper, light and heavy."""
    random = numpy.random.default_rng(number)
    image = Image.new("L", (_EDGE_PX, _EDGE_PX), 250)
    draw = ImageDraw.Draw(image)
    for _ in range(int(random.uniform(60, 200))):
        x, y = random.uniform(60, _EDGE_PX - 60, 2)
        angle, length = random.uniform(0, 2 * numpy.pi), random.uniform(10, 90)
        to = (x + length * numpy.cos(angle), y + length * numpy.sin(angle))
        draw.line((x, y, *to), fill=int(random.uniform(40, 190)), width=int(random.uniform(1, 6)))
    return image.convert("RGB")
