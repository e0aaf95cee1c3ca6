"""What chance decides about a portrait: the person's traits and the occasion."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from localtenant.worlds.portraits.canvas import Colour, mix, shade

_SKIN: tuple[Colour, ...] = (
    (244, 213, 192),
    (238, 200, 174),
    (229, 186, 156),
    (217, 170, 136),
    (197, 146, 112),
    (172, 121, 88),
    (140, 94, 66),
    (108, 71, 50),
    (84, 55, 40),
)
_HAIR: tuple[Colour, ...] = (
    (32, 26, 24),
    (52, 37, 30),
    (78, 54, 38),
    (108, 76, 50),
    (142, 104, 66),
    (182, 144, 94),
    (212, 180, 128),
    (134, 66, 38),
)
_EYES: tuple[Colour, ...] = ((66, 44, 30), (92, 64, 38), (88, 106, 78), (86, 116, 136), (104, 122, 130))
_CLOTH: tuple[Colour, ...] = (
    (36, 46, 66),
    (58, 62, 70),
    (84, 96, 112),
    (226, 224, 218),
    (120, 52, 58),
    (52, 88, 82),
    (96, 110, 74),
    (172, 128, 70),
    (176, 98, 76),
    (98, 78, 112),
    (62, 102, 140),
    (196, 178, 154),
    (30, 30, 34),
    (204, 168, 170),
)

# Which skins and hair colours are likely, by the script of the name; a world's people look as if they were from it.
_SKIN_RANGE = {"n": (0, 3), "l": (0, 3), "c": (0, 3), "g": (1, 4), "z": (1, 3), "a": (3, 6), "e": (0, 8)}
_HAIR_RANGE = {"n": (2, 7), "l": (2, 7), "c": (1, 6), "g": (0, 3), "z": (0, 0), "a": (0, 1), "e": (0, 7)}


@dataclass(frozen=True, slots=True)
class Traits:
    """A person's own: lengths in units of half a head's height."""

    woman: bool
    skin: Colour
    hair: Colour
    eyes: Colour
    hair_style: str
    beard: str
    glasses: str
    age: float  # 0 young, 1 old
    width: float
    jaw: float
    ears: float
    eye_y: float
    eye_gap: float
    eye_wide: float
    eye_high: float
    slant: float
    brow: float
    brow_lift: float
    nose_long: float
    nose_wide: float
    mouth_y: float
    mouth_wide: float
    lips: float
    neck: float
    shoulders: float
    parting: float


@dataclass(frozen=True, slots=True)
class Shot:
    """An occasion: where the head is (shares of the shorter edge), how it is held and lit, what stands behind."""

    x: float
    y: float
    size: float
    tilt: float
    turn: float
    light: float  # from the left -1, from the right 1
    contrast: float
    smile: float
    teeth: bool
    lean: float
    backdrop: str
    warm: float
    exposure: float
    chance: int  # for whatever the backdrop decides


@dataclass(frozen=True, slots=True)
class Clothes:
    """What the person wears on an occasion."""

    kind: str
    main: Colour
    second: Colour
    scarf: Colour


def traits(chance: Random, hint: str) -> Traits:
    """hint: a letter for the name's culture and `w` or `m`, or nothing."""
    culture = hint[:1] if hint[:1] in _SKIN_RANGE else "e"
    woman = hint[1:2] == "w" if hint[1:2] in ("w", "m") else chance.random() < 0.5
    age = chance.random() ** 1.4
    low, high = _SKIN_RANGE[culture]
    at = chance.uniform(low, high)
    skin = mix(_SKIN[int(at)], _SKIN[min(int(at) + 1, len(_SKIN) - 1)], at % 1)
    low, high = (0, 1) if at > 5 else _HAIR_RANGE[culture]
    hair = shade(_HAIR[chance.randint(low, high)], chance.uniform(0.85, 1.15))
    if age > 0.6:
        hair = mix(hair, (196, 194, 190), min(1.0, (age - 0.6) * chance.uniform(1.0, 2.6)))
    dark_eyes = at > 3.5 or culture in "za"
    if woman:
        styles = ["long", "bob", "bun", "tied", "short", "curls", "fringe", "wavy"]
        if culture == "a":
            styles += ["headscarf"] * 6
        beard = ""
    else:
        styles = ["short", "side", "crop", "swept", "curly", "side", "swept"] + ["bald", "receding"] * (age > 0.35)
        beard = chance.choice(["", "", "", "stubble", "stubble", "full", "full", "moustache", "goatee"])
    return Traits(
        woman=woman,
        skin=skin,
        hair=hair,
        eyes=chance.choice(_EYES[:2] if dark_eyes else _EYES),
        hair_style=chance.choice(styles),
        beard=beard,
        glasses=chance.choice(["", "", "", "", "round", "square", "thin"]),
        age=age,
        width=chance.uniform(0.70, 0.78) - 0.02 * woman,
        jaw=chance.uniform(0.22, 0.38) if woman else chance.uniform(0.12, 0.30),
        ears=chance.uniform(0.13, 0.18),
        eye_y=chance.uniform(0.0, 0.07),
        eye_gap=chance.uniform(0.295, 0.34),
        eye_wide=chance.uniform(0.155, 0.18),
        eye_high=chance.uniform(0.072, 0.09) * (0.86 if culture == "z" else 1.0),
        slant=chance.uniform(-0.02, 0.10),
        brow=chance.uniform(0.026, 0.038) if woman else chance.uniform(0.036, 0.052),
        brow_lift=chance.uniform(0.20, 0.235),
        nose_long=chance.uniform(0.36, 0.44),
        nose_wide=chance.uniform(0.12, 0.175),
        mouth_y=chance.uniform(0.60, 0.65),
        mouth_wide=chance.uniform(0.24, 0.31),
        lips=chance.uniform(0.055, 0.085) * (1.0 if woman else 0.8) * (1.2 if at > 5 else 1.0),
        neck=chance.uniform(0.36, 0.42) if woman else chance.uniform(0.44, 0.54),
        shoulders=chance.uniform(1.35, 1.6) if woman else chance.uniform(1.6, 1.95),
        parting=chance.choice([-1, 1]) * chance.uniform(0.15, 0.4),
    )


def shot(chance: Random) -> Shot:
    """An occasion by chance. Wide spans: two portraits differ most in where the head is and what is bright."""
    return Shot(
        x=0.5 + chance.uniform(-0.10, 0.10),
        y=chance.uniform(0.40, 0.50),
        size=chance.uniform(0.215, 0.30),
        tilt=chance.uniform(-0.10, 0.10),
        turn=chance.choice([-1, 1]) * chance.uniform(0.3, 1.0),
        light=chance.choice([-1, 1]) * chance.uniform(0.5, 1.0),
        contrast=chance.uniform(0.6, 1.2),
        smile=chance.uniform(0.2, 1.0),
        teeth=chance.random() < 0.3,
        lean=chance.uniform(-0.12, 0.12),
        backdrop=chance.choice(["canvas", "canvas", "window", "garden", "office", "shelves", "sky"]),
        warm=chance.uniform(-1, 1),
        exposure=chance.uniform(0.9, 1.08),
        chance=chance.getrandbits(60),
    )


def clothes(chance: Random, person: Traits) -> Clothes:
    """Clothes by chance, out of muted colours."""
    main = shade(chance.choice(_CLOTH), chance.uniform(0.85, 1.15))
    kinds = ["crew", "vneck", "blazer", "blouse"] if person.woman else ["crew", "shirt", "suit", "jacket", "rollneck"]
    return Clothes(
        kind=chance.choice(kinds),
        main=main,
        second=chance.choice([(238, 236, 230), (214, 224, 234), (198, 206, 212), (60, 64, 72), (232, 220, 206)]),
        scarf=shade(chance.choice(_CLOTH[2:]), 1.05),
    )
