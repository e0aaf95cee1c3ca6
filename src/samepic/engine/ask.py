"""Read both pictures of those whom stamps cannot decide, and remember what they look like."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from math import ceil

from samepic.engine.decide import decide_rows, recall
from samepic.engine.facts import Known
from samepic.engine.many import each
from samepic.engine.work import Work
from samepic.imaging import PictureFault
from samepic.model.person import PersonId
from samepic.model.picture import GONE, NO_PICTURE, PictureState, Stamp
from samepic.model.remembered import Refusal, Row, Seen, Stage, Verdict
from samepic.model.sayings import saying
from samepic.ports.errors import PersonGone, PictureRefused, SystemFault
from samepic.ports.progress import Phase
from samepic.ports.system import PictureSource

_ENOUGH_PX = 96
"""A fingerprint is taken of 48 pixels; twice that survives every crop and costs little to fetch."""

_COMPARISONS = 3
"""The small picture, the whole one where the small ones differ, and once more for a picture that changed meanwhile."""


@dataclass(frozen=True, slots=True)
class _Learnt:
    """What one system showed when it was read: its state now, and what the bytes are like, where they were read."""

    state: PictureState
    seen: Seen | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class _Pair:
    """Both sides of one person."""

    row: Row
    source: _Learnt
    target: _Learnt


async def ask_rows(work: Work) -> None:
    """Compare for everybody whose decision needs it, and decide them again. Raises Stop."""
    waiting = await work.count(Stage.TO_COMPARE)
    if not waiting:
        return
    work.progress.begin(Phase.COMPARING, waiting)
    async for page in work.pages(Stage.TO_COMPARE):
        await work.put(await compare(work, page))
        work.progress.advance(len(page))


async def compare(work: Work, rows: Sequence[Row]) -> list[Row]:
    """Compare each one's two pictures and decide again; stamps become those of what was read.

    Whoever could not be compared has `failed` set. Raises Stop.
    """
    done: list[Row] = []
    left = list(rows)
    for _ in range(_COMPARISONS):
        left = await look_alike(work, left)
        done += [row for row in left if not _needs_comparison(row)]
        left = [row for row in left if _needs_comparison(row)]
        if not left:
            return done
    return done + [replace(row, failed=saying("kept_changing")) for row in left]


async def look_alike(work: Work, rows: Sequence[Row]) -> list[Row]:
    """Read whichever of each one's two pictures was not read before, and decide. Raises Stop."""
    known = await recall(work, rows)
    pairs: list[_Pair] = []
    failed: list[Row] = []

    async def learn(row: Row) -> None:
        try:
            pairs.append(await _learn_both(work, row, known[row.key]))
        except SystemFault as fault:
            failed.append(replace(row, failed=await work.streak.met(fault)))
        else:
            work.streak.well()

    parts = max(1, ceil(len(rows) / work.at_once))
    size = max(1, ceil(len(rows) / parts))  # alike: a few who are left over would share a request with nobody
    for start in range(0, len(rows), size):  # one after another they would share fewer requests
        await each(_one_by_one(rows[start : start + size]), size, learn)
    await work.remembering(_remember, work, pairs)
    learnt = [replace(pair.row, source=pair.source.state, target=pair.target.state) for pair in pairs]
    return [*await decide_rows(work, learnt), *failed]


async def _learn_both(work: Work, row: Row, known: Known) -> _Pair:
    source, target = work.route.source, work.route.target
    # The whole picture is fetched once the small one is known to settle nothing, not while the target is still unread.
    compared = known.target_seen is not None and known.target_seen.stamp == row.target
    from_source, from_target = await asyncio.gather(
        _learn(work, source, row.source_person, row.source, known.source_seen, whole=compared),
        _learn(work, target, row.target_person, row.target, known.target_seen, whole=False),
    )
    return _Pair(row, from_source, from_target)


async def _learn(
    work: Work, system: PictureSource, person: PersonId | None, state: PictureState, seen: Seen | None, *, whole: bool
) -> _Learnt:
    """Take the fingerprint of what a system shows, where it is not known.

    whole: read the whole picture where the small rendition, known already, did not settle the question.
    """
    if person is None or not isinstance(state, str):
        return _Learnt(state)
    known = seen is not None and seen.stamp == state and seen.verdict is Verdict.READ
    if seen is not None and known and (seen.whole or not whole):
        return _Learnt(state)
    async with work.originals if known else nullcontext():
        return await _read(work, system, person, Stamp(state), None if known else _ENOUGH_PX)


async def _read(work: Work, system: PictureSource, person: PersonId, state: Stamp, at_least_px: int | None) -> _Learnt:
    try:
        read = await system.read(person, at_least_px)
    except PersonGone:
        return _Learnt(GONE)
    except PictureRefused as refused:
        return _Learnt(state, Seen(state, None), refused.saw)
    if read is None:
        return _Learnt(NO_PICTURE, Seen(state, verdict=Verdict.HIDDEN))
    stamp, picture = read
    try:
        taken = await work.fingerprint(picture.data)
    except PictureFault as fault:
        return _Learnt(stamp, Seen(stamp, None), fault.words)
    return _Learnt(stamp, Seen(stamp, taken, whole=at_least_px is None))


def _remember(work: Work, pairs: Sequence[_Pair]) -> None:
    """What the pictures look like; a source's that is none is refused, a target's is no loss."""
    memories, route = work.state.memories, work.route
    memories.saw(route.source.profile.name, {p.row.key: p.source.seen for p in pairs if p.source.seen})
    memories.saw(route.target.profile.name, {p.row.key: p.target.seen for p in pairs if p.target.seen})
    for pair in pairs:
        if pair.source.refused is not None and isinstance(pair.source.state, str):
            refusal = Refusal(Stamp(pair.source.state), pair.source.refused, work.now())
            memories.refuse(route.name, pair.row.key, refusal)


def _needs_comparison(row: Row) -> bool:
    return row.failed is None and row.decision is not None and row.decision.needs_comparison


async def _one_by_one(rows: Sequence[Row]) -> AsyncIterator[Row]:
    for row in rows:
        yield row
