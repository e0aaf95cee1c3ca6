"""What is behind the person: painted very small and enlarged, which makes it as soft as a lens would."""

from __future__ import annotations

import math
from random import Random

import numpy as np
from PIL import Image

from localtenant.worlds.portraits.canvas import Colour, Floats, mix
from localtenant.worlds.portraits.looks import Shot

_CANVAS: tuple[Colour, ...] = (
    (126, 134, 138),
    (148, 140, 126),
    (96, 110, 116),
    (168, 162, 154),
    (110, 98, 88),
    (134, 150, 142),
    (152, 150, 164),
    (84, 86, 92),
)
_CELLS = 18
_COSINES = np.array(
    [[math.cos(math.pi * wave * cell / (_CELLS - 1)) for cell in range(_CELLS)] for wave in range(6)], dtype=np.float32
)


def backdrop(shot: Shot, width: int, height: int) -> Floats:
    """Pixels of the backdrop, `(3, height, width)`, 0 to 255."""
    chance = Random(shot.chance)
    small = _blurred(_paint(shot, chance))
    small += _mottle(chance)
    edge = max(width, height)
    image = Image.fromarray(np.clip(small, 0, 255).astype(np.uint8)).resize((edge, edge), Image.Resampling.BICUBIC)
    left, top = (edge - width) // 2, (edge - height) // 2
    cut = image.crop((left, top, left + width, top + height))
    return np.stack([np.asarray(plane, dtype=np.float32) for plane in cut.split()])


def _blurred(small: Floats) -> Floats:
    """Each cell mixed with its neighbours, so that no edge is left to see."""
    for axis in (0, 1):
        edge = np.take(small, [0], axis=axis), np.take(small, [-1], axis=axis)
        wide = np.concatenate([edge[0], small, edge[1]], axis=axis)
        before, after = (np.take(wide, range(at, at + _CELLS), axis=axis) for at in (0, 2))
        small = small * np.float32(0.5) + (before + after) * np.float32(0.25)
    return small


def _mottle(chance: Random) -> Floats:
    """Light and shadow that wander over everything: slow waves of several lengths and directions."""
    waves = np.zeros((_CELLS, _CELLS), dtype=np.float32)
    for down in range(6):
        for across in range(6):
            if down + across:
                size = chance.choice((-1, 1)) * chance.uniform(5, 11) / (1 + 0.12 * (down + across))
                waves += np.float32(size) * np.outer(_COSINES[down], _COSINES[across])
    return np.repeat(waves[..., None], 3, axis=2)


def _paint(shot: Shot, chance: Random) -> Floats:
    small = np.empty((_CELLS, _CELLS, 3), dtype=np.float32)
    base = chance.choice(_CANVAS)
    warm: Colour = (base[0] + 8 * shot.warm, base[1], base[2] - 8 * shot.warm)
    small[:] = warm
    if shot.backdrop == "window":
        left = chance.randint(0, _CELLS - 7)
        for pane in range(2):
            small[chance.randint(0, 2) : 12, left + 4 * pane : left + 3 + 4 * pane] = (222, 230, 236)
        small[13:] = mix(warm, (60, 54, 50), 0.5)
    elif shot.backdrop == "garden":
        for _ in range(90):
            y, x = chance.randrange(_CELLS), chance.randrange(_CELLS)
            leaf = chance.uniform(70, 150)
            green: Colour = (leaf * 0.86, leaf, leaf * 0.72)
            small[y : y + chance.randint(1, 4), x : x + chance.randint(1, 4)] = mix(green, (235, 235, 215), y / 60)
    elif shot.backdrop == "office":
        for _ in range(9):
            y, x = chance.randrange(-2, _CELLS), chance.randrange(_CELLS)
            tone = chance.uniform(70, 215)
            small[max(0, y) : y + chance.randint(2, 8), x : x + chance.randint(2, 6)] = (tone, tone * 1.01, tone * 1.03)
    elif shot.backdrop == "shelves":
        small[:] = (112, 92, 74)
        for row in range(0, _CELLS, 4):
            for x in range(_CELLS):
                colour: Colour = (chance.uniform(70, 190), chance.uniform(65, 150), chance.uniform(60, 140))
                small[row : row + 3, x] = mix(colour, (124, 108, 94), 0.5)
    elif shot.backdrop == "sky":
        horizon = chance.randint(8, 14)
        for y in range(_CELLS):
            small[y] = mix((150, 182, 210), (226, 228, 222), min(1.0, y / horizon))
        small[horizon:] = chance.choice(((104, 122, 100), (130, 128, 116), (92, 112, 126)))
    return small
