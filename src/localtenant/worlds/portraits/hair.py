"""Hair and headscarves: what falls behind the head, and what covers it from the front."""

from __future__ import annotations

import math

import numpy as np

from localtenant.worlds.portraits.canvas import Colour, Floats, Frame, bump, shade, strands, wave
from localtenant.worlds.portraits.face import TURN, outline
from localtenant.worlds.portraits.looks import Shot, Traits

_LENGTH = {"long": 1.85, "wavy": 1.65, "bob": 0.86, "fringe": 1.2, "curls": 0.8}
"""How far down loose hair falls, from the middle of the face."""


def behind(frame: Frame, person: Traits, shot: Shot) -> None:
    """Painted before neck and head."""
    style = person.hair_style
    if style == "bun":
        part = frame.window(-0.6, -1.7, 0.6, -0.6)
        _paint(part, part.oval(0.12 * shot.turn, -1.14, 0.36, 0.30), shade(person.hair, 0.8), shot)
    elif style in _LENGTH:
        part = frame.window(-1.5, -1.5, 1.5, 2.2)
        _paint(part, part.inside(_loose(part, person), 0.05), shade(person.hair, 0.66), shot)


def front(frame: Frame, person: Traits, shot: Shot) -> None:
    """Painted after the face: the hair down to the hairline."""
    style = person.hair_style
    if style == "bald":
        _shaven(frame, person)
    elif style in _LENGTH:
        part = frame.window(-1.5, -1.5, 1.5, 2.2)
        _cover(part, person, shot, _loose(part, person), _opening(part, person, shot))
    else:
        part = frame.window(-1.2, -1.6, 1.2, 0.6)
        _cover(part, person, shot, _cap(part, person), _brow_line(part, person, shot))


def _cover(part: Frame, person: Traits, shot: Shot, outer: Floats, face: Floats) -> None:
    """Hair between two distances: inside `outer` and outside `face`; with its shadow on the skin."""
    skin = part.inside(outline(part, person))
    part.paint(part.inside(-face - np.float32(0.02), 0.26) * skin, shade(person.skin, 0.55), 0.34)
    edge = 0.03 if person.hair_style == "fringe" else 0.06
    beside = (1 - skin) * part.inside(part.y - np.float32(0.1))
    _paint(part, part.inside(outer, 0.05) * np.maximum(part.inside(-face, edge), beside), person.hair, shot)


def _loose(part: Frame, person: Traits) -> Floats:
    """Signed distance from the edge of hair worn loose."""
    x, y, style = part.x, part.y, person.hair_style
    down = np.clip(y, 0, 3)
    width = np.float32(person.width + 0.15) + down * np.float32(0.05)
    if style == "wavy":
        width = width + np.float32(0.05) * wave(y * np.float32(6.5) + np.sign(x))
    elif style == "curls":
        width = width + np.float32(0.14) + np.float32(0.03) * wave(y * np.float32(14) + x * 5)
    elif style == "bob":
        width = width + down * np.float32(0.08) - np.clip(y - np.float32(0.6), 0, 1) * np.float32(0.3)
    top = np.float32(1.26 if style == "curls" else 1.15)
    crown = (np.sqrt((x / width) ** 2 + (np.minimum(y, 0) / top) ** 2) - 1) * np.float32(0.85)
    tips = y - np.float32(_LENGTH[style]) + x * x * np.float32(0.28)
    edge: Floats = np.maximum(crown, tips)
    return edge


def _cap(part: Frame, person: Traits) -> Floats:
    """Signed distance from the edge of hair worn close to the head: more of it on top than at the sides."""
    sides, top = {
        "crop": (0.012, 0.035),
        "receding": (0.02, 0.0),
        "short": (0.05, 0.11),
        "curly": (0.12, 0.22),
        "side": (0.045, 0.12),
        "swept": (0.04, 0.17),
    }.get(person.hair_style, (0.05, 0.09))
    x, y = part.x, part.y
    lean = np.float32(math.copysign(0.07, person.parting) if person.hair_style in ("side", "swept") else 0.0)
    edge = outline(part, person, sides, top)
    if lean:
        edge = edge + np.clip(x * lean, -0.09, 0.09) * (y < 0)
    if person.hair_style == "curly":
        edge = edge + np.float32(0.028) * wave(x * np.float32(17) + np.float32(2) * wave(y * np.float32(11)))
    return edge


def _brow_line(part: Frame, person: Traits, shot: Shot) -> Floats:
    """Signed distance of what short or tied hair leaves free: negative on forehead and face."""
    x, y, style = part.x - np.float32(TURN * 0.5 * shot.turn), part.y, person.hair_style
    away = np.abs(x)
    line = np.float32({"receding": -0.88, "crop": -0.72, "curly": -0.64}.get(style, -0.72)) + np.float32(0.42) * x * x
    if style in ("side", "swept"):
        line = line + x * np.float32(0.26 if person.parting > 0 else -0.26)
    elif style in ("tied", "bun"):
        line = (
            line
            + np.float32(0.02)
            - np.float32(0.25) * np.clip(np.float32(0.12) - np.abs(x - np.float32(person.parting)), 0, 1)
        )
    recess = np.float32(0.22 if style == "receding" else 0.05)
    line = line - recess * bump((away - np.float32(0.42)) * 7)
    if style == "receding":
        line = line + np.float32(0.14) * bump(x * 5)
    edge = np.clip((away - np.float32(person.width * 0.80)) / np.float32(person.width * 0.15), 0, 1)
    burn = np.float32(0.18 if person.woman else 0.16)
    line = line + edge * edge * (burn - line)
    free: Floats = line - y
    return free


def _opening(part: Frame, person: Traits, shot: Shot) -> Floats:
    """Signed distance of what loose hair leaves free: an arch over the forehead, open downwards."""
    x, y = part.x - np.float32(TURN * 0.6 * shot.turn), part.y
    style = person.hair_style
    if style == "fringe":
        x = x / np.float32(person.width * 0.90)
        arch = np.float32(-0.30) - np.float32(0.02) * wave(part.x * np.float32(27)) + x * x * np.float32(0.06)
        under: Floats = np.maximum((np.abs(x) - 1) * np.float32(0.6), arch - y)
        return under
    up = np.clip(np.float32(0.25) - y, 0, 1)
    lean = up * up * np.float32(0.42 * (1 if person.parting > 0 else -1))
    wide = np.float32(person.width * 0.90) - np.clip(y - np.float32(0.3), 0, 1) * np.float32(0.12)
    across = (x - lean * np.float32(0.6)) / wide
    high = np.float32(0.90)
    free: Floats = (np.sqrt(across * across + (up / high) ** 2) - 1) * np.float32(0.6)
    return free


def _shaven(frame: Frame, person: Traits) -> None:
    part = frame.window(-1.0, -1.1, 1.0, 0.4)
    sides = part.inside(outline(part, person)) * part.inside(np.float32(person.width * 0.86) - np.abs(part.x), 0.16)
    sides *= part.inside(np.abs(part.y + np.float32(0.15)) - np.float32(0.3), 0.25)
    part.paint(sides, shade(person.hair, 0.9), 0.45)
    part.paint(part.glow(0.2, -0.72, 0.4, 0.22), (255, 246, 236), 0.28)


def headscarf(frame: Frame, person: Traits, shot: Shot, colour: Colour) -> None:
    """A scarf around the face and over the shoulders."""
    part = frame.window(-1.9, -1.5, 1.9, 2.6)
    shift = TURN * 0.7 * shot.turn
    x, y = part.x, part.y
    low = np.clip(y - np.float32(0.7), 0, 3)
    drape = np.abs(x) - np.float32(0.74) - low * np.float32(0.55)
    drape = np.maximum(drape, np.maximum(-y, y - np.float32(2.05) + x * x * np.float32(0.22)))
    cover = part.inside(np.minimum(outline(part, person, 0.14, 0.12), drape), 0.04)
    gap = part.oval(shift, 0.12, person.width * 0.87, 0.84, 0.03)
    rim = part.oval(shift, 0.12, person.width * 0.87 - 0.05, 0.79, 0.16)
    part.paint(gap * (1 - rim), shade(person.skin, 0.55), 0.5)
    rings = np.sqrt(x * x * np.float32(1.6) + (y - np.float32(0.2)) ** 2)
    folds = 1 + np.float32(0.07) * wave(rings * np.float32(11) + x * np.float32(3 * shot.light))
    folds = folds + np.clip(x * np.float32(0.16 * shot.light), -0.2, 0.2) - np.float32(0.05) * np.abs(x)
    cloth = cover * (1 - gap)
    part.paint(cloth, colour)
    part.light(1 + cloth * (folds - 1))
    under = part.glow(0.0, 1.16, 0.8, 0.32) * cloth
    part.light(1 - under * np.float32(0.35))


def _paint(part: Frame, cover: Floats, colour: Colour, shot: Shot) -> None:
    """Hair with strands and a sheen on the lamp's side."""
    height, width = part.x.shape
    part.paint(cover, colour)
    sheen = part.glow(0.38 * shot.light, -0.72, 0.75, 0.42) * np.float32(0.45)
    light = strands(512)[:height, :width] * np.float32(0.12) + sheen
    light += np.clip(part.x * np.float32(0.16 * shot.light), -0.2, 0.2)
    part.light(1 + cover * light)
