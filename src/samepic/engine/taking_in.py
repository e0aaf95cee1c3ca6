"""A picture that a person gave us: drawn anew, and in the vault before it goes anywhere."""

from __future__ import annotations

from dataclasses import replace

from samepic.engine.originals import entry_of
from samepic.engine.person import find
from samepic.engine.streak import Stop
from samepic.engine.work import Work
from samepic.model.picture import CropBox, Stamp
from samepic.model.system import Rendition

GIVEN = "portal"
"""The system that such a picture is remembered to come from."""

KEPT_PX = 1600
"""More than any system shows; the file itself, and whatever hides in it, is kept nowhere."""

LEAST_PX = 48
"""Smaller ones Graph refuses."""


class NotTaken(Exception):
    """A sound picture that is no good as somebody's face. why: `blank` or `small`."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the picture is {why}")
        self.why = why


async def take_in(work: Work, key: str, data: bytes, crop: CropBox | None) -> str:
    """The vault's name of the square that was cut of it, at most KEPT_PX wide.

    Raises UnknownPerson, PictureFault, NotTaken, VaultUnusable, and what the census raises.
    """
    try:
        [row] = await find(work, [key])
    except Stop as stop:
        raise (stop.__cause__ or stop) from None
    wanted = [Rendition("kept", KEPT_PX)]
    drawn = await work.drawing(work.workers.draw, data, wanted, crop, background=work.route.policy.background)
    [picture] = drawn.renditions
    if drawn.fingerprint.blank:
        raise NotTaken("blank")
    if picture.width_px < LEAST_PX:
        raise NotTaken("small")
    name = await work.keeping(work.vault.keep, picture.data)
    entry = entry_of(work, row.key, GIVEN, Stamp(name), picture, drawn)
    edge_px, kind = picture.width_px, picture.format.value
    square = replace(entry, width_px=edge_px, height_px=edge_px, media_type=kind)
    await work.remembering(work.state.kept.put, [square])
    return name
