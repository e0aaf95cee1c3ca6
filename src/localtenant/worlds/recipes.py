"""How a portrait is named: `identity[@shot][~form]`.

`identity` decides the person (head, hair, eyes), `shot` the occasion (pose, light, background, clothes), by default
the identity's own; `form` how the file is made: its size and shape, its EXIF, its type. `stranger-17` is a
portrait of somebody who is not in the world. An identity may end in a hint from `names.hint`, as in `p17-nw`, so
that somebody called Kristīne has no beard; `p17-nw@p17-old` is the same person on an earlier occasion.
"""

from __future__ import annotations

from dataclasses import dataclass

from localtenant.worlds.names import hint

FORMS: tuple[str, ...] = (
    *("",) * 4,
    "png",
    *("",) * 3,
    "tall",
    *("",) * 2,
    "turned",
    *("",) * 3,
    "gps",
    *("",) * 4,
    "wide",
    *("",) * 3,
    "square",
    *("",) * 3,
    "big",
)
"""By the person's number, in rounds of 29: no factor shared with the rounds of cases (50) and of scripts (23)."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe taken apart."""

    identity: str
    shot: str
    form: str

    @classmethod
    def parse(cls, text: str) -> Recipe:
        """Any text is a recipe; an unknown form counts as none."""
        motif, _, form = text.partition("~")
        identity, _, shot = motif.partition("@")
        return cls(identity, shot or identity, form)


NOBODY = "nobody"
"""No portrait but the grey figure that SharePoint keeps where Exchange had no picture."""


def _identity(number: int) -> str:
    return f"p{number}-{hint(number)}"


def recipe(number: int) -> str:
    """The portrait that a person has now. One in ten shares pose, light and background with the one before."""
    form = FORMS[number % len(FORMS)]
    motif = f"{_identity(number)}@p{number - 1 if number % 10 == 9 else number}"
    return f"{motif}~{form}" if form else motif


def older(number: int) -> str:
    """The portrait that the person had before."""
    return f"{_identity(number)}@p{number}-old"


def local(number: int) -> str:
    """What the person, or a script, put into SharePoint alone."""
    return f"{_identity(number)}@p{number}-local"


def leaver(number: int) -> str:
    """Whoever had this person's address before."""
    return f"leaver-{number}"
