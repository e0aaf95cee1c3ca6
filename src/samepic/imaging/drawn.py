"""What goes into drawing and what comes out, in values that need no pixels."""

from __future__ import annotations

from dataclasses import dataclass, field

from samepic.imaging.header import Header
from samepic.model.picture import Fingerprint, Picture


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one picture is and what was made of it: its own format and size, its renditions, what it looks like."""

    header: Header
    renditions: tuple[Picture, ...]
    fingerprint: Fingerprint


MOST_CELLS = 480
"""Of a contact sheet: about 5,000 px high with six columns, what a person still looks through."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One person. The name is drawn where a typeface has its letters, else the address up to its @."""

    name: str
    address: str
    reason: str
    before: bytes | None = field(repr=False)
    after: bytes | None = field(repr=False)
