"""What the pictures that are about to be written are like: known of all before any is written.

A stamp does not tell that two people's pictures are one and the same. Where few are written they cannot be too many;
else the smallest rendition of each is read, many in a request, and remembered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from samepic.engine.agreed import WITNESS_PX
from samepic.engine.decide import decide_rows, recall
from samepic.engine.facts import Known
from samepic.engine.many import each, in_groups, one_by_one
from samepic.engine.work import Work
from samepic.imaging import PictureFault
from samepic.model.decision import Action
from samepic.model.picture import GONE, NO_PICTURE, Fingerprint, Stamp
from samepic.model.remembered import Row, Seen, Stage, Verdict
from samepic.ports.errors import PersonGone, PictureRefused, SystemFault
from samepic.ports.progress import Phase

_TOGETHER = 20
"""People asked about at the same moment, so that they share a request."""

_GROUPS = 4
"""While one is asked others are drawn, and the system has one more to answer already."""


@dataclass(frozen=True, slots=True)
class _Peeked:
    """A row as it is after a read, and what was found out; None where the bytes are no picture."""

    row: Row
    seen: Seen | None = None


async def many_writes(work: Work) -> bool:
    """Whether so many pictures are to be written that too many of them could be one and the same."""
    policy, lately = work.route.policy, work.state.lately
    writes = await work.count(Stage.TO_WRITE)
    since = work.now() - policy.hold_within
    written = await work.remembering(lately.count_since, work.route.name, since)
    return writes > 0 and writes + written > policy.hold_same


async def peek(work: Work) -> None:
    """Enter the fingerprint of every picture that is to be written.

    Whoever's picture could not be read has `failed` set and is left for the next run. Raises Stop.
    """
    await _enter(work, _prints)


async def peek_into_vault(work: Work) -> None:
    """The same for a restore: the fingerprints were taken when the pictures were kept, so that no system is asked."""
    await _enter(work, _kept_prints)


async def _enter(work: Work, prints_of: Callable[[Work, list[Row]], Awaitable[dict[str, Fingerprint]]]) -> None:
    work.progress.begin(Phase.COMPARING, await work.count(Stage.TO_WRITE))
    async for page in work.pages(Stage.TO_WRITE):
        await work.remembering(work.state.prints.put, work.run, await prints_of(work, page))
        work.progress.advance(len(page))


async def _kept_prints(work: Work, page: Sequence[Row]) -> dict[str, Fingerprint]:
    """By person. What nobody could read when it was kept has none, and no rendition can be made of it either."""

    def recalled() -> dict[str, Fingerprint]:
        kept, route = work.state.kept, work.route.name
        found = ((row.key, one) for row in page for one in kept.of(route, row.key) if one.sha256 == row.original)
        return {key: one.fingerprint for key, one in found if one.fingerprint is not None}

    return await work.remembering(recalled)


async def _prints(work: Work, page: Sequence[Row]) -> dict[str, Fingerprint]:
    """By person, of those to whom a picture is still to be written when it is known."""
    known = await recall(work, page)
    unknown = [row for row in page if not _is_known(row, known[row.key])]
    rows = {row.key: row for row in page} | {row.key: row for row in await _learnt(work, unknown)}
    known |= await recall(work, [rows[row.key] for row in unknown])
    writes = [row for row in rows.values() if row.failed is None and row.decision and _writes(row)]
    return {row.key: taken for row in writes if (taken := known[row.key].source_print(row)) is not None}


async def _learnt(work: Work, rows: Sequence[Row]) -> list[Row]:
    """Rows whose source was read, decided again: it may be a blank, or the very picture that the target has."""
    peeked: list[_Peeked] = []

    async def read(row: Row) -> None:
        try:
            peeked.append(await _peeked(work, row))
        except SystemFault as fault:
            peeked.append(_Peeked(replace(row, failed=await work.streak.met(fault))))
        else:
            work.streak.well()

    async def several(some: list[Row]) -> None:
        await each(one_by_one(some), len(some), read)

    await each(in_groups(one_by_one(rows), _TOGETHER), _GROUPS, several)
    found = {one.row.key: one.seen for one in peeked if one.seen is not None}
    await work.remembering(work.state.memories.saw, work.route.source.profile.name, found)
    failed = [one.row for one in peeked if one.row.failed is not None]
    decided = await decide_rows(work, [one.row for one in peeked if one.row.failed is None])
    await work.put([*failed, *decided])
    return [*failed, *decided]


async def _peeked(work: Work, row: Row) -> _Peeked:
    if row.source_person is None:
        return _Peeked(row)
    try:
        read = await work.route.source.read(row.source_person, WITNESS_PX)
        if read is None:
            return _Peeked(replace(row, source=NO_PICTURE))
        stamp, picture = read
        taken = await work.fingerprint(picture.data)
    except PersonGone:
        return _Peeked(replace(row, source=GONE))
    except (PictureRefused, PictureFault):
        return _Peeked(row)  # what cannot be read is not written: the write finds out, and remembers why
    return _Peeked(replace(row, source=stamp), Seen(Stamp(stamp), taken, whole=False))


def _is_known(row: Row, known: Known) -> bool:
    seen = known.source_seen
    return seen is not None and seen.stamp == row.source and seen.verdict is Verdict.READ


def _writes(row: Row) -> bool:
    return row.decision is not None and row.decision.action is Action.WRITE
