"""Read both pictures of those whom stamps cannot decide, and remember what they look like."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from samepic.engine.decide import decide_rows, recall
from samepic.engine.many import each
from samepic.engine.work import Work
from samepic.imaging import PictureFault, fingerprint
from samepic.model.person import PersonId
from samepic.model.picture import GONE, NO_PICTURE, PictureState, Stamp
from samepic.model.remembered import Refusal, Row, Seen, Stage
from samepic.ports.errors import PersonGone, PictureRefused, SystemFault
from samepic.ports.progress import Phase
from samepic.ports.system import PictureSource

_ENOUGH_PX = 96
"""A fingerprint is taken of 48 pixels; twice that survives every crop and costs little to fetch."""

_COMPARISONS = 3
"""The small picture, the whole one where the small ones differ, and once more for a picture that changed meanwhile."""


async def ask_rows(work: Work) -> None:
    """Compare for everybody whose decision needs it, and decide them again. Raises Stop."""
    waiting = await work.remembering(work.state.rows.count, work.run, Stage.TO_COMPARE)
    if not waiting:
        return
    work.progress.begin(Phase.COMPARING, waiting)

    async def ask(row: Row) -> None:
        await work.put([await ask_one(work, row)])
        work.progress.advance(1)

    await each(_rows(work), work.at_once, ask)


async def ask_one(work: Work, row: Row) -> Row:
    """Compare one person's two pictures and decide again; the row's stamps become those of what was read."""
    for _ in range(_COMPARISONS):
        try:
            row = await look_alike(work, row)
        except SystemFault as fault:
            return replace(row, failed=await work.streak.met(fault))
        work.streak.well()
        if row.decision is None or not row.decision.needs_comparison:
            return row
    return replace(row, failed="the pictures kept changing while they were compared")


async def look_alike(work: Work, row: Row) -> Row:
    """Read whichever of the two pictures was not read before, and decide. Raises what the systems raise."""
    known = (await recall(work, [row]))[row.key]
    source, target = await asyncio.gather(
        _learn(work, work.route.source, row.key, row.source_person, row.source, known.source_seen),
        _learn(work, work.route.target, row.key, row.target_person, row.target, known.target_seen),
    )
    [row] = await decide_rows(work, [replace(row, source=source, target=target)])
    return row


async def _learn(
    work: Work, system: PictureSource, key: str, person: PersonId | None, state: PictureState, seen: Seen | None
) -> PictureState:
    """Make sure that the fingerprint of what a system shows is remembered; says what it shows.

    The source's whole picture is read where its small rendition did not settle the question.
    """
    if person is None or not isinstance(state, str):
        return state
    known = seen is not None and seen.stamp == state
    if seen is not None and known and (seen.whole or system is not work.route.source):
        return state
    try:
        read = await system.read(person, None if known else _ENOUGH_PX)
    except PersonGone:
        return GONE
    except PictureRefused as refused:
        await _unusable(work, system, key, state, refused.saw)
        return state
    if read is None:
        return NO_PICTURE
    stamp, picture = read
    try:
        taken = await work.drawing(fingerprint, picture)
    except PictureFault as fault:
        await _unusable(work, system, key, stamp, fault.words)
    else:
        await saw(work, system, key, Seen(stamp, taken, whole=known))
    return stamp


async def saw(work: Work, system: PictureSource, key: str, seen: Seen) -> None:
    """Remember what one picture looks like."""
    await work.remembering(work.state.memories.saw, system.profile.name, {key: seen})


async def _unusable(work: Work, system: PictureSource, key: str, stamp: Stamp, words: str) -> None:
    """Remember that the bytes under this stamp are no picture: the source's is refused, the target's is no loss."""
    if system is work.route.source:
        refusal = Refusal(stamp, words, work.now())
        await work.remembering(work.state.memories.refuse, work.route.name, key, refusal)
    else:
        await saw(work, system, key, Seen(stamp, None))


async def _rows(work: Work) -> AsyncIterator[Row]:
    async for page in work.pages(Stage.TO_COMPARE):
        for row in page:
            yield row
