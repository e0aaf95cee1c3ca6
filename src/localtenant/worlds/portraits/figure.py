"""Neck, shoulders and clothes."""

from __future__ import annotations

import numpy as np

from localtenant.worlds.portraits.canvas import Colour, Floats, Frame, mix, shade, wave
from localtenant.worlds.portraits.looks import Clothes, Shot, Traits


def neck(frame: Frame, person: Traits, shot: Shot) -> None:
    """The neck with the chin's shadow on it."""
    part = frame.window(-0.9, 0.4, 0.9, 1.9)
    spread = np.clip(part.y - np.float32(1.1), 0, 1)
    cover = part.inside(np.abs(part.x) - np.float32(person.neck) - spread * spread * np.float32(1.2))
    cover *= part.inside(np.float32(0.4) - part.y)
    part.paint(cover, shade(person.skin, 0.88))
    side = np.clip(1 + part.x * np.float32(0.45 * shot.light), 0.7, 1.12)
    part.paint(cover, shade(person.skin, 0.97), 0.35)
    part.light(1 - cover * (1 - side))
    chin = part.glow(-0.06 * shot.light, 0.92, 0.75, 0.46)
    part.paint(cover * chin, shade(person.skin, 0.55), 0.75)


def body(frame: Frame, person: Traits, shot: Shot, worn: Clothes) -> None:
    """Shoulders and what covers them."""
    part = frame.window(-4.0, 0.9, 4.0, 5.0)
    x, y = part.x, part.y
    away = np.abs(x)
    rise = np.clip((away - np.float32(0.34)) / np.float32(person.shoulders - 0.3), 0, 1)
    top = np.float32(1.13) + np.float32(0.5) * rise * rise * (3 - 2 * rise)
    arm = np.clip(away - np.float32(person.shoulders * 0.86), 0, 2)
    top = top + np.float32(3.2) * arm * arm + x * np.float32(shot.lean)
    cover = part.inside((top - y) * np.float32(0.8))
    opening = _opening(part, worn)
    cloth = cover * (1 - opening)
    part.paint(cloth, worn.main)
    folds = _folds(part, shot)
    part.light(1 + cloth * (folds - 1))
    if worn.kind in ("suit", "jacket", "blazer"):
        _lapels(part, cover, worn, folds, person.neck)
    elif worn.kind in ("shirt", "blouse"):
        _collar(part, cover, shade(worn.main, 1.1), person.neck)
    else:
        _rim(part, cover, opening, shade(worn.main, 0.78))


def _opening(part: Frame, worn: Clothes) -> Floats:
    """Where the neck shows."""
    x, y = part.x, part.y
    if worn.kind == "crew":
        return part.oval(0, 1.12, 0.56, 0.36)
    if worn.kind == "rollneck":
        return part.inside(y - np.float32(0.98) - np.float32(0.12) * (1 - x * x * 4))
    depth = {"vneck": 2.0, "shirt": 1.75, "blouse": 1.85}.get(worn.kind, 2.5)
    return part.inside((np.abs(x) - (np.float32(depth) - y) * np.float32(0.56)) * np.float32(0.85))


def _folds(part: Frame, shot: Shot) -> Floats:
    """Light on cloth: brighter on the lamp's side, with slow folds."""
    light = 1 + np.clip(part.x * np.float32(0.14 * shot.light), -0.2, 0.2)
    waves = wave(part.x * np.float32(3.1 + shot.lean * 9) + part.y * np.float32(1.7)) * np.float32(0.035)
    fall = np.clip((part.y - np.float32(1.2)) * np.float32(0.10), 0, 0.25)
    folds: Floats = light + waves - fall
    return folds


def _rim(part: Frame, cover: Floats, opening: Floats, colour: Colour) -> None:
    edge = opening * (1 - opening) * 4
    part.paint(np.clip(edge * 1.4, 0, 1) * cover, colour, 0.8)


def _collar(part: Frame, cover: Floats, colour: Colour, neck_wide: float) -> None:
    """Two points of a collar beside the throat."""
    for side in (-1, 1):
        corners = [(neck_wide - 0.06, 1.00), (neck_wide + 0.10, 1.12), (0.34, 1.62), (0.05, 1.44)]
        if side < 0:
            corners = [(-x, y) for x, y in reversed(corners)]
        flap = part.convex(*corners)
        dropped = part.convex(*((x, y + 0.05) for x, y in corners))
        part.paint(dropped * cover, shade(colour, 0.5), 0.45)
        part.paint(flap, colour)
        part.paint(flap * part.glow(side * 0.05, 1.44, 0.5, 0.3), shade(colour, 0.8), 0.4)


def _lapels(part: Frame, cover: Floats, worn: Clothes, folds: Floats, neck_wide: float) -> None:
    """A shirt under a jacket, with a tie under a suit."""
    gap = part.convex((-0.56, 1.0), (0.56, 1.0), (0.0, 2.75)) * cover
    throat = part.convex((-0.5, 0.9), (0.5, 0.9), (0.0, 1.6))
    part.paint(gap * (1 - throat), worn.second)
    part.light(1 + gap * (1 - throat) * (folds - 1))
    if worn.kind == "suit":
        colour = mix(worn.scarf, (40, 40, 60), 0.35)
        part.paint(part.convex((-0.07, 1.6), (0.07, 1.6), (0.15, 3.2), (-0.15, 3.2)) * gap, colour)
        part.paint(part.convex((-0.12, 1.44), (0.12, 1.44), (0.07, 1.64), (-0.07, 1.64)), shade(colour, 1.12))
    _collar(part, np.clip(cover + throat, 0, 1), shade(worn.second, 1.03), neck_wide)
    for side in (-1, 1):
        corners = [(0.52, 1.06), (0.80, 1.30), (0.86, 1.72), (0.66, 1.80), (0.02, 2.76), (0.0, 2.74)]
        if side < 0:
            corners = [(-x, y) for x, y in reversed(corners)]
        part.paint(part.convex(*((x, y + 0.04) for x, y in corners)) * cover, shade(worn.main, 0.6), 0.6)
        part.paint(part.convex(*corners) * cover, shade(worn.main, 1.12 + 0.05 * side))
