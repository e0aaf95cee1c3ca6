"""The head: its shape and light, eyes, brows, nose, mouth, beard, glasses."""

from __future__ import annotations

import math

import numpy as np

from localtenant.worlds.portraits.canvas import Colour, Floats, Frame, bump, mix, shade, strands, wave
from localtenant.worlds.portraits.looks import Shot, Traits

TURN = 0.10
"""How far a full turn of the head moves the features sideways."""


def outline(frame: Frame, person: Traits, sides: float = 0.0, top: float = 0.0) -> Floats:
    """Signed distance from the head's edge, or from one so much further out; the jaw is narrower than the temples."""
    down = np.clip(frame.y, 0, 1.2)
    width = np.float32(person.width + sides) * (1 - np.float32(person.jaw) * down * down)
    above = np.where(frame.y < 0, np.float32(0.921 * (1 + top)), np.float32(0.921 * (1 + sides)))
    dx, dy = frame.x / width, frame.y / above
    dx *= dx
    round_ = dx + dy * dy
    edge: Floats = np.sqrt(np.sqrt(dx * dx * np.float32(0.28) + round_ * round_ * np.float32(0.72)))
    edge -= 1
    edge *= np.float32(0.8)
    return edge


def head(frame: Frame, person: Traits, shot: Shot) -> None:
    """Ears and the bare head with light on it."""
    for side in (-1, 1):
        x = side * (person.width - 0.02) + TURN * 0.2 * shot.turn
        part = frame.window(x - 0.25, -0.2, x + 0.25, 0.45)
        hidden = 1.0 - 0.5 * max(0.0, side * shot.turn)
        cover = part.oval(x, 0.12, person.ears * 0.62 * hidden, person.ears * 1.35)
        part.paint(cover, shade(person.skin, 0.86))
        part.paint(part.glow(x + side * 0.01, 0.12, 0.08 * hidden, 0.14) * cover, shade(person.skin, 0.62), 0.6)
    part = frame.window(-0.9, -1.0, 0.9, 1.05)
    local = part.inside(outline(part, person))
    part.paint(local, person.skin)
    across, down = part.x / np.float32(person.width), part.y
    round_ = across * across + down * down
    lit = 1 + np.float32(0.16 * shot.contrast * shot.light) * across - np.float32(0.05) * down
    lit -= np.float32(0.20 * shot.contrast) * np.clip(round_ - np.float32(0.35), 0, 1)
    part.light(1 + local * (lit - 1))
    red = mix(person.skin, (206, 84, 72), 0.42)
    for side in (-1, 1):
        part.paint(part.glow(side * 0.42 + TURN * shot.turn, 0.38, 0.34, 0.26) * local, red, 0.38)
    part.paint(part.glow(0.28 * shot.light + TURN * shot.turn, -0.5, 0.5, 0.34) * local, shade(person.skin, 1.14), 0.45)


def eyes(frame: Frame, person: Traits, shot: Shot) -> None:
    """Sockets, eyes with lids, brows."""
    for side in (-1, 1):
        far = 1.0 - 0.12 * max(0.0, side * shot.turn)
        x = side * person.eye_gap * far + TURN * shot.turn
        part = frame.window(x - 0.32, person.eye_y - 0.36, x + 0.32, person.eye_y + 0.28)
        dark = shade(person.skin, 0.66)
        part.paint(part.glow(x - side * 0.05, person.eye_y - 0.07, 0.30, 0.22), dark, 0.34)
        part.paint(part.glow(x, person.eye_y + 0.13, 0.22, 0.10), dark, 0.22 + 0.3 * person.age)
        _eye(part, person, shot, side, x, far)
        _brow(part, person, side, x, far)


def _eye(part: Frame, person: Traits, shot: Shot, side: int, x: float, far: float) -> None:
    wide, high = person.eye_wide * far, person.eye_high * (0.92 - 0.16 * shot.smile)
    dx: Floats = (part.x - np.float32(x)) / np.float32(wide)
    dy = part.y - np.float32(person.eye_y) + dx * np.float32(side * person.slant * wide)
    bow = 1 - dx * dx
    upper, lower = -np.float32(high) * bow, np.float32(high * 0.62) * bow
    opened = part.inside(np.maximum(upper - dy, dy - lower))
    part.paint(opened, mix((240, 238, 234), person.skin, 0.12))
    look = x + 0.018 * shot.turn
    radius = person.eye_high * 0.98
    iris = part.oval(look, person.eye_y - 0.012, radius, radius) * opened
    part.paint(iris, shade(person.eyes, 0.72))
    part.paint(part.glow(look, person.eye_y + 0.01, radius, radius) * opened, shade(person.eyes, 1.5), 0.55)
    part.paint(part.oval(look, person.eye_y - 0.012, radius * 0.46, radius * 0.46) * opened, (18, 15, 14))
    part.paint(part.oval(look + 0.022 * shot.light, person.eye_y - 0.035, 0.016, 0.016), (250, 250, 248), 0.9)
    inside = part.inside(np.abs(dx) - np.float32(1.06), 0.2)
    shadow = part.inside(np.abs(dy - upper - np.float32(0.02)) - np.float32(0.012), 0.05) * opened
    part.paint(shadow, (60, 44, 40), 0.5)
    lash = 0.014 if person.woman else 0.008
    lid = part.inside(np.abs(dy - upper) - np.float32(lash)) * inside
    part.paint(lid, (42, 30, 28), 0.9)
    crease = part.inside(np.abs(dy - upper * np.float32(1.25) + np.float32(0.035)) - np.float32(0.005), 0.03) * inside
    part.paint(crease, shade(person.skin, 0.55), 0.5)
    part.paint(part.inside(np.abs(dy - lower) - 0.003) * inside, shade(person.skin, 0.6), 0.5)


def _brow(part: Frame, person: Traits, side: int, x: float, far: float) -> None:
    dx = (part.x - np.float32(x)) * np.float32(side / (0.235 * far))
    arch: Floats = np.float32(person.eye_y - person.brow_lift) + np.float32(0.036) * (dx - np.float32(0.12)) ** 2
    thick = np.float32(person.brow) * np.clip(1.15 - np.abs(dx + np.float32(0.15)) * np.float32(0.75), 0, 1)
    cover = part.inside(np.abs(part.y - arch) - thick, part.soft * 1.6) * part.inside(
        (np.abs(dx) - 1) * np.float32(0.2)
    )
    height, width = part.x.shape
    cover *= np.clip(0.8 + strands(512)[40 : 40 + height, 60 : 60 + width] * 0.25, 0, 1)
    part.paint(cover, mix(shade(person.hair, 0.62), person.skin, 0.1), 0.86)


def nose(frame: Frame, person: Traits, shot: Shot) -> None:
    """A ridge in light and shadow, a tip, two nostrils."""
    at = TURN * 1.35 * shot.turn
    tip = person.eye_y + person.nose_long
    wide = person.nose_wide
    part = frame.window(at - 0.35, person.eye_y - 0.15, at + 0.35, tip + 0.2)
    dark, bright = shade(person.skin, 0.66), shade(person.skin, 1.15)
    away = -shot.light
    part.paint(part.glow(at + away * wide * 0.62, (person.eye_y + tip) / 2 - 0.02, wide * 0.62, 0.30), dark, 0.34)
    part.paint(part.glow(at + away * wide * 0.75, tip - 0.02, wide * 0.7, 0.12), dark, 0.45)
    part.paint(part.glow(at, tip + 0.075, wide * 1.35, 0.075), shade(person.skin, 0.55), 0.6)
    part.paint(part.glow(at - away * 0.015, (person.eye_y + tip) / 2 - 0.04, wide * 0.34, 0.30), bright, 0.5)
    part.paint(part.glow(at - away * 0.02, tip - 0.02, wide * 0.5, 0.08), bright, 0.6)
    for side in (-1, 1):
        near = 1 - 0.2 * max(0.0, side * shot.turn)
        part.paint(part.oval(at + side * wide * 0.5 * near, tip + 0.035, wide * 0.24, 0.021, 0.03), (58, 30, 26), 0.72)
        part.paint(part.glow(at + side * wide * 0.98 * near, tip, 0.035, 0.07), dark, 0.55)


def mouth(frame: Frame, person: Traits, shot: Shot) -> None:
    """Lips in a smile that the shot decides, and the shadow below them."""
    at = TURN * 1.1 * shot.turn
    wide = person.mouth_wide * (0.92 + 0.2 * shot.smile)
    part = frame.window(at - 0.5, person.mouth_y - 0.25, at + 0.5, person.mouth_y + 0.34)
    dx = (part.x - np.float32(at)) / np.float32(wide)
    curve = np.float32(person.mouth_y + 0.05 * shot.smile) - np.float32(0.02 + 0.12 * shot.smile) * dx * dx
    dy = part.y - curve
    bow = np.clip(1 - dx * dx, 0, 1)
    within = part.inside(np.abs(dx) - 1, 0.12)
    dip = np.float32(0.22) * bump(dx * 5)
    lip = mix(person.skin, (168, 62, 66), 0.46 if person.woman else 0.30)
    upper = part.inside(np.maximum(-dy - np.float32(person.lips * 0.8) * bow * (1 - dip), dy)) * within
    lower = part.inside(np.maximum(dy - np.float32(person.lips * 1.25) * np.sqrt(bow), -dy)) * within
    part.paint(part.glow(at, person.mouth_y + 0.19, 0.24, 0.085), shade(person.skin, 0.66), 0.5)
    part.paint(upper, shade(lip, 0.86), 0.9)
    part.paint(lower, lip, 0.9)
    part.paint(part.glow(at + 0.05 * shot.light, person.mouth_y + person.lips * 0.8, 0.14, 0.04), shade(lip, 1.3), 0.4)
    if shot.teeth:
        gape = part.inside(np.abs(dy - np.float32(0.012)) - np.float32(0.034 * shot.smile) * bow) * within
        part.paint(gape, (236, 230, 222), 0.95)
        part.paint(part.inside(np.abs(dy + np.float32(0.02)) - 0.006 * bow, 0.03) * within, (96, 50, 48), 0.6)
    else:
        part.paint(part.inside(np.abs(dy) - np.float32(0.009) * np.sqrt(bow)) * within, shade(lip, 0.42), 0.8)
    for side in (-1, 1):
        corner = part.glow(at + side * wide * 1.04, person.mouth_y - 0.02 - 0.07 * shot.smile, 0.05, 0.05)
        part.paint(corner, shade(person.skin, 0.6), 0.5)


def age_lines(frame: Frame, person: Traits, shot: Shot) -> None:
    """Folds beside nose and mouth, deeper with years and with a smile."""
    strength = 0.10 + 0.34 * person.age + 0.10 * shot.smile
    for side in (-1, 1):
        at = TURN * 1.2 * shot.turn
        part = frame.window(at + side * 0.33 - 0.25, 0.25, at + side * 0.33 + 0.25, 0.8)
        bend = np.float32(at) + np.float32(side) * (
            np.float32(person.nose_wide + 0.04) + np.clip(part.y - np.float32(0.38), 0, 1) * np.float32(0.55)
        )
        cover = part.inside(np.abs(part.x - bend) - 0.008, 0.06) * part.glow(at + side * 0.3, 0.52, 0.4, 0.2)
        part.paint(cover, shade(person.skin, 0.6), strength)


def beard(frame: Frame, person: Traits, shot: Shot) -> None:
    """Stubble to a full beard, following the jaw."""
    if not person.beard:
        return
    part = frame.window(-0.95, 0.15, 0.95, 1.3)
    at = np.float32(TURN * shot.turn)
    x, y = part.x, part.y
    full = person.beard == "full"
    edge = outline(part, person, 0.04 if full else 0.0)
    cheek = np.float32(0.44) + np.float32(0.14) * wave((x - at) * np.float32(4.4) + np.float32(math.pi / 2))
    covers: Floats = part.inside(edge) * part.inside(cheek - y, 0.10)
    lip = part.oval(float(at), person.mouth_y + 0.03, person.mouth_wide * 0.98, 0.095, 0.06)
    strip = part.oval(float(at), person.mouth_y - 0.115, person.mouth_wide * 1.12, 0.085, 0.06)
    if person.beard == "moustache":
        covers = strip
    elif person.beard == "goatee":
        covers = np.maximum(part.oval(float(at), 0.82, 0.30, 0.24, 0.08) * part.inside(edge), strip)
    else:
        covers = np.maximum(covers, strip)
    covers = covers * (1 - lip)
    height, width = x.shape
    texture = np.clip(0.84 + strands(512)[100 : 100 + height, 30 : 30 + width] * 0.22, 0, 1)
    strength = 0.34 if person.beard == "stubble" else 0.9
    part.paint(covers * texture, shade(person.hair, 0.8), strength)
    part.paint(covers * part.glow(0.5 * shot.light, 0.7, 0.6, 0.5), shade(person.hair, 1.35), strength * 0.3)


def glasses(frame: Frame, person: Traits, shot: Shot, colour: Colour) -> None:
    """Two lenses with a bridge and temples."""
    if not person.glasses:
        return
    at, y = TURN * shot.turn, person.eye_y + 0.02
    part = frame.window(-0.95, y - 0.35, 0.95, y + 0.35)
    thick = 0.011 if person.glasses == "thin" else 0.02
    power = {"round": 2, "square": 4, "thin": 3}[person.glasses]
    wide, high = {"round": (0.215, 0.20), "square": (0.24, 0.165), "thin": (0.225, 0.15)}[person.glasses]
    for side in (-1, 1):
        far = 1.0 - 0.12 * max(0.0, side * shot.turn)
        x = side * (person.eye_gap + 0.005) * far + at
        dx, dy = (
            np.abs(part.x - np.float32(x)) / np.float32(wide * far),
            np.abs(part.y - np.float32(y)) / np.float32(high),
        )
        ring = (dx**power + dy**power - 1) * np.float32(min(wide, high) / power)
        part.paint(part.inside(ring), (225, 235, 240), 0.10)
        part.paint(part.inside(np.abs(ring) - np.float32(thick)), colour, 0.92)
        temple = np.maximum(
            np.abs(part.y - np.float32(y - 0.04)) - np.float32(thick),
            -1 * (part.x * side - np.float32(abs(x)) - wide * far),
        )
        rim = part.inside(temple) * part.inside(part.x * side - np.float32(person.width))
        part.paint(rim, colour, 0.8)
    bridge = np.abs(part.y - np.float32(y - 0.05) - (part.x - np.float32(at)) ** 2 * np.float32(2.0)) - np.float32(
        thick
    )
    gap = person.eye_gap - wide + 0.02
    part.paint(
        part.inside(bridge) * part.inside(np.abs(part.x - np.float32(at)) - np.float32(max(0.04, gap))), colour, 0.9
    )
