"""The best original of each picture: kept whenever it is at hand, and written where a system shows a smaller copy."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from samepic.engine.work import Work
from samepic.imaging import Drawn, PictureFault, same_picture
from samepic.model.picture import Picture, Stamp
from samepic.model.remembered import Kept
from samepic.ports.vault import VaultDamaged

_SHRUNKEN = 7 / 8
"""A copy whose shorter side has at most so much of the original's was shrunken by a system. Whoever cuts 5 % off each
side of their own picture leaves nine tenths, and means it."""

_log = logging.getLogger("samepic.vault")


def entry_of(work: Work, key: str, system: str, stamp: Stamp, picture: Picture, drawn: Drawn | None) -> Kept:
    """What is to be remembered of a picture in the vault. drawn: None where nobody can read it."""
    header = drawn.header if drawn else None
    return Kept(
        route=work.route.name,
        key=key,
        sha256=picture.sha256,
        system=system,
        stamp=stamp,
        media_type=(header.format if header else picture.format).value,
        kept_at=work.now(),
        run=work.run,
        width_px=header.width_px if header else 0,
        height_px=header.height_px if header else 0,
        size_bytes=len(picture.data),
        fingerprint=drawn.fingerprint if drawn else None,
    )


async def original_of(
    work: Work, known: Sequence[Kept], entry: Kept, picture: Picture, drawn: Drawn
) -> tuple[Kept, Drawn]:
    """The original of what the source shows, in the vault, and what was made of it; mostly that picture itself.

    known: what the vault has of this person. Raises VaultUnusable.
    """
    for better in originals_of(entry, known):
        found = await _drawn(work, better)
        if found is not None:
            return replace(better, seen_at=work.now()), found
    await work.keeping(work.vault.keep, picture.data)
    return entry, drawn


def originals_of(copy: Kept, known: Sequence[Kept]) -> list[Kept]:
    """Those of a person's pictures of which this one is a shrunken copy, the largest first."""
    return sorted((one for one in known if is_shrunken(copy, one)), key=lambda one: -one.edge_px)


def is_shrunken(copy: Kept, original: Kept) -> bool:
    """Whether one is the same picture as the other, made notably smaller."""
    if copy.fingerprint is None or original.fingerprint is None:
        return False
    smaller = 0 < copy.edge_px <= _SHRUNKEN * original.edge_px
    return smaller and same_picture(copy.fingerprint, original.fingerprint).same


async def _drawn(work: Work, kept: Kept) -> Drawn | None:
    """None where the vault has lost it: what the source shows has to do."""
    try:
        data = await work.keeping(work.vault.fetch, kept.sha256)
        return None if data is None else await work.draw(data, work.route.target.profile.renditions)
    except PictureFault:
        return None
    except VaultDamaged:
        _log.warning("the vault's %s is damaged; `samepic vault verify --repair` may mend it", kept.sha256)
        return None
