"""A person's own action asking for their picture: the path of a run, for a few people, at once and never held."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from samepic.engine.apply import take
from samepic.engine.ask import compare
from samepic.engine.decide import decide_rows
from samepic.engine.finish import settle
from samepic.engine.lock import locked
from samepic.engine.person import find, observe
from samepic.engine.phases import look_back
from samepic.engine.plan import plan_of_request, step_of
from samepic.engine.streak import Stop
from samepic.engine.swept import Swept, name_of
from samepic.engine.work import Work
from samepic.model.decision import Action, Decision, Reason
from samepic.model.news import Because
from samepic.model.outcome import StepResult
from samepic.model.remembered import Row
from samepic.ports.errors import PersonFault, SystemFault
from samepic.ports.progress import Phase

_AT_ONCE = 8


async def request(work: Work, swept: Swept, keys: Sequence[str], *, apply: bool, limit: int | None) -> list[Row]:
    """Serve a request, keeping `swept` up to date; gives the rows as they ended. Raises UnknownPerson first of all."""
    try:
        rows = await find(work, keys)
    except SystemFault as fault:
        raise Stop.of(fault) from fault
    if apply:
        asked = [row.key for row in rows]
        await work.remembering(work.state.news.enter, work.route.name, asked, Because.ASKED)
    gate = asyncio.Semaphore(_AT_ONCE)

    async def decided(row: Row) -> Row:
        async with gate:
            return await _decided(work, swept, row, apply)

    rows = list(await asyncio.gather(*(decided(row) for row in rows)))
    swept.plan = plan_of_request(work, rows)
    for row in rows:
        work.progress.decided(step_of(row))
        if row.failed is not None:
            swept.fail(name_of(row), row.failed)
    changing = [
        row for row in rows if row.failed is None and row.decision and row.decision.action is not Action.NOTHING
    ]
    swept.pending = len(changing)
    if not apply:
        return rows
    work.progress.begin(Phase.WRITING, len(changing))

    async def taken(row: Row) -> Row:
        async with gate:
            return await _taken(work, swept, row)

    after = await asyncio.gather(*(taken(row) for row in changing[:limit]))
    by_key = {row.key: row for row in after}
    return [by_key.get(row.key, row) for row in rows]


async def _decided(work: Work, swept: Swept, row: Row, apply: bool) -> Row:
    try:
        if apply:
            async with locked(work, row.key):
                swept.written += await settle(work, row.key) is not None
    except PersonFault:
        pass  # the target will have none of what was begun; what it will have is decided now
    except SystemFault as fault:
        return _failed(row, await work.streak.met(fault))
    try:
        observed = await observe(work, row)
    except SystemFault as fault:
        return _failed(row, await work.streak.met(fault))
    [row] = await decide_rows(work, [observed.row], try_again=True)
    if row.decision is not None and row.decision.needs_comparison and row.failed is None:
        [row] = await compare(work, [row])
    return row


async def _taken(work: Work, swept: Swept, row: Row) -> Row:
    taken = await take(work, row)
    swept.count(taken)
    work.progress.done(step_of(taken.row), taken.result, taken.before, taken.after, taken.words)
    work.progress.advance(1)
    if taken.result in (StepResult.WRITTEN, StepResult.CLEARED):
        await look_back(work, swept, row.key)
    return taken.row


def _failed(row: Row, words: str) -> Row:
    return replace(row, failed=words, decision=Decision(Action.NOTHING, Reason.WAITING, words))
