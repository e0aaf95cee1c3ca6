"""What has to be known before there is a plan: a span of people is compared while the next is asked for.

Asking waits for the systems, comparing reads pictures and draws: one after the other, each would leave to nobody what
the other does not use.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from math import ceil

from samepic.engine.peek import many_writes, peek
from samepic.engine.phases import decide, match_and_look
from samepic.engine.work import Work
from samepic.model.shard import Span
from samepic.model.sweeping import Observed
from samepic.ports.progress import Phase, Silent

SPAN = 400
"""People in a span, at most: enough for full batches. Fewer are one span, and one phase follows another."""


async def learn(work: Work, observed: Observed) -> bool:
    """Match, look, compare and decide; and enter what the pictures are like that are to be written, where it matters.

    Whether it does: there are many. Raises Stop.
    """
    people = await work.count()
    if people <= SPAN:
        await match_and_look(work, observed)
        await decide(work)
        return await _peeked(work, work)
    return await _by_spans(work, observed, people)


async def _by_spans(work: Work, observed: Observed, people: int) -> bool:
    each_has = ceil(people / ceil(people / SPAN))
    spans = await work.remembering(work.state.rows.cut, work.run, each_has, even=True)
    work.progress.begin(Phase.LOOKING, people)
    asked = asyncio.Queue[Span | None](1)
    too_few: list[Span] = []

    async def ask() -> None:
        for span in spans:
            await match_and_look(_part(work, span), observed)
            await asked.put(span)
        await asked.put(None)

    async def compare() -> None:
        while span := await asked.get():
            part = _part(work, span)
            await decide(part)
            if not await _peeked(work, part):
                too_few.append(span)
            work.progress.advance(await part.count())

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(ask())
            group.create_task(compare())
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
    if len(too_few) == len(spans):
        return False
    for span in too_few:  # there turned out to be many only later
        await peek(_part(work, span))
    return True


async def _peeked(work: Work, part: Work) -> bool:
    """Enter what the pictures of a part are like; False, and nothing done, where few are to be written so far."""
    many = await many_writes(work)
    if many:
        await peek(part)
    return many


def _part(work: Work, span: Span) -> Work:
    """Of two parts at once neither could tell how far the whole has come."""
    return replace(work, span=span, progress=Silent())
