"""A source's picture, read so that one damaged answer is neither shown to anybody nor refused for good.

A body may come with other bytes than were sent, in its full length: most decoders make a picture of that all the same.
Nothing in the answer tells. So what was read is held against something else that the source said of the same picture:
its small rendition, or the same bytes once more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from samepic.engine.work import Work
from samepic.imaging import Drawn, PictureFault, scaled_alike
from samepic.model.person import PersonId
from samepic.model.picture import Picture, Stamp
from samepic.model.remembered import Seen
from samepic.ports.errors import Busy, PictureMoved, PictureRefused
from samepic.ports.system import PictureSource

WITNESS_PX = 96
"""A fingerprint is taken of 48 pixels; twice that survives every crop and costs little to fetch."""

_TRIES = 3

Read = tuple[Stamp, Picture]
Outcome = Drawn | PictureFault


async def agreed(
    work: Work, person: PersonId, seen: Seen | None, has_read: Callable[[int], None]
) -> tuple[Stamp, Picture, Outcome]:
    """The largest picture that the source has of a person, and what is drawn of it, or why nothing can be.

    seen: what an earlier look found. has_read: told the size of each picture in bytes as it comes.
    Raises Busy where no two answers agree, PictureMoved where there is no picture any more, and what the source raises.
    """
    source, before = work.route.source, set[str]()
    for attempt in range(_TRIES):
        reads = [source.read(person)]
        if attempt == 0 and (seen is None or seen.fingerprint is None):
            reads.append(_small(source, person))
        read, *small = await asyncio.gather(*reads)
        if read is None:
            raise PictureMoved(source.profile.name, "read", "the picture was removed since it was decided")
        stamp, picture = read
        has_read(len(picture.data))
        if small:
            seen = await _seen(work, small[0])
        outcome = await _outcome(work, picture.data)
        if picture.sha256 in before or _agree(stamp, outcome, seen):
            return stamp, picture, outcome
        before.add(picture.sha256)
    raise Busy(source.profile.name, "read", f"{_TRIES} answers about one picture, and no two agree")


async def _small(source: PictureSource, person: PersonId) -> Read | None:
    try:
        return await source.read(person, WITNESS_PX)
    except PictureRefused:
        return None


async def _outcome(work: Work, data: bytes) -> Outcome:
    try:
        return await work.draw(data, work.route.target.profile.renditions)
    except PictureFault as fault:
        return fault


async def _seen(work: Work, small: Read | None) -> Seen | None:
    if small is None:
        return None
    try:
        return Seen(small[0], await work.fingerprint(small[1].data), whole=False)
    except PictureFault:
        return None


def _agree(stamp: Stamp, outcome: Outcome, seen: Seen | None) -> bool:
    """Two pictures that were made of each other by scaling alone; of other shapes the system has cut one."""
    if seen is None or seen.fingerprint is None or seen.stamp != stamp or isinstance(outcome, PictureFault):
        return False
    return scaled_alike(outcome.fingerprint, seen.fingerprint)
