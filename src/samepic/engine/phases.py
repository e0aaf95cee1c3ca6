"""The phases of a run over everybody, each of which finds what it needs in the state and leaves there what it found.

A phase that was broken off may be begun again. Those that say "of the span" can be done in parts, by many workers at
once: each part sees its own people, and is done when all parts of the phase before it are.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

from samepic.engine.alike import alike
from samepic.engine.apply import take
from samepic.engine.ask import ask_rows
from samepic.engine.convoy import TOGETHER
from samepic.engine.decide import decide_rows
from samepic.engine.look import look_at_sources, look_at_targets
from samepic.engine.many import each, in_groups, one_by_one
from samepic.engine.match import match
from samepic.engine.match_unlisted import match_unlisted
from samepic.engine.news import Everybody, observe_news, present
from samepic.engine.observe import observe_census, observe_listing
from samepic.engine.plan import Plan, new_blanks, plan_of, step_of
from samepic.engine.swept import FAILURES_TOLD, Swept, name_of
from samepic.engine.verify import verify
from samepic.engine.work import Work
from samepic.model.picture import Stamp
from samepic.model.remembered import Refusal, Row, Stage
from samepic.model.sweeping import Observed
from samepic.planning import BLANK_SOURCE, grounds_of
from samepic.ports.progress import Phase

_log = logging.getLogger("samepic.engine")


async def observe(work: Work, *, full: bool = True, keeps: bool = True) -> Observed:
    """Enter everybody, and what both systems list; unless `full`, only those of whom there is news. Raises Stop.

    Where these are not known it is everybody after all, and said why. keeps: an incremental sweep may follow this one.
    """
    if full:
        return await _observe_everybody(work, keeps)
    try:
        return await observe_news(work)
    except Everybody as why:
        _log.info("a full sweep instead of an incremental one: %s", why.words)
        return replace(await _observe_everybody(work, keeps), instead=why.words)


async def _observe_everybody(work: Work, keeps: bool) -> Observed:
    """The target is listed while the source is. What changes from now on is told to the next one as changed."""
    upto, grounds = await work.remembering(work.state.news.latest, work.route.name), grounds_of(work.route.policy)
    cursor = await present(work) if keeps else None
    census = await observe_census(work)
    systems = (work.route.source, work.route.target)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(observe_listing(work, system)) for system in systems]
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
    cut = [task.result() for task in tasks]
    complete = {system.profile.name for system, words in zip(systems, cut, strict=True) if not words}
    incomplete = (*census.incomplete, *(words for several_words in cut for words in several_words))
    told = (incomplete, tuple(sorted(complete)), census.matched_nobody)
    return Observed(*told, cursor=cursor, upto=upto, grounds=grounds)


async def match_and_look(work: Work, observed: Observed) -> None:
    """Find the partners of everybody of the span, and ask for the stamps that no listing told. Raises Stop."""
    async for page in work.pages(Stage.UNDECIDED):
        rows = await (match(work, page, observed.complete) if observed.full else match_unlisted(work, page))
        await work.put(rows)
    await look_at_sources(work)
    await look_at_targets(work, Stage.TARGET_UNTOLD)


async def decide(work: Work) -> None:
    """Decide everybody of the span, comparing and looking where that is needed. Raises Stop."""
    async for page in work.pages(Stage.UNDECIDED):
        await work.put(await decide_rows(work, page))
    to_draw = await work.count(Stage.TO_COMPARE) or await work.count(Stage.TO_WRITE)
    if to_draw:
        await work.drawing(work.workers.warm, to_draw)
    for _ in range(2):  # what a look shows may have to be compared, and then looked at; hardly anybody's does
        await ask_rows(work)
        await _look_where_needed(work)


async def planned(work: Work, observed: Observed, *, many_writes: bool) -> Plan:
    """The whole plan. many_writes: what the pictures to be written are like has been entered, of everybody."""
    same = await alike(work) if many_writes else None
    return await plan_of(work, observed.incomplete, same, everybody=observed.full, of_all=not observed.full)


async def tell_failed(work: Work, swept: Swept) -> None:
    """Count whoever could not be decided."""
    async for page in work.pages(Stage.FAILED):
        for row in page:
            swept.fail(name_of(row), row.failed or "")


async def let_through(work: Work, plan: Plan) -> None:
    """Remember the blanks that nobody objected to, or somebody has seen: they are new to no later run."""
    if not plan.tally.blanks:
        return
    async for page in work.pages():
        blanks = await new_blanks(work, page)
        for row in page:
            if row.key in blanks and isinstance(row.source, str):
                refusal = Refusal(Stamp(row.source), BLANK_SOURCE, work.now())
                await work.remembering(work.state.memories.refuse, work.route.name, row.key, refusal)


async def carry_out(work: Work, swept: Swept, limit: int | None = None) -> None:
    """Take every step of the span, at most `limit`, keeping `swept` up to date. Raises Stop."""
    changes = await work.count(Stage.TO_TAKE)
    work.progress.begin(Phase.WRITING, changes if limit is None else min(limit, changes))

    async def step(row: Row) -> None:
        taken = await take(work, row, as_decided=True)
        if taken.row != row:  # refused, not eligible or failed, as only the attempt could show
            await work.put([taken.row])
        skipped = swept.skipped
        swept.count(taken)
        if swept.skipped > skipped:
            await work.remembering(work.state.sweeps.passed_over, work.run, row.key, taken.words)
        work.progress.done(step_of(taken.row), taken.result, taken.before, taken.after, taken.words)
        work.progress.advance(1)

    async def several(rows: list[Row]) -> None:
        await each(one_by_one(rows), len(rows), step)

    await each(in_groups(_steps(work, limit), TOGETHER), work.at_once // TOGETHER, several)


async def look_back(work: Work, swept: Swept, key: str | None = None) -> None:
    """Look whether what was changed shows, and count it."""
    found = await verify(work, key)
    swept.verified.counts.update(found.counts)
    swept.verified.did_not_take += found.did_not_take
    swept.failures += found.did_not_take[: max(0, FAILURES_TOLD - len(swept.failures))]


async def _look_where_needed(work: Work) -> None:
    """Ask the target about those it would be written for, and decide them again."""
    await look_at_targets(work, Stage.TO_LOOK)
    async for page in work.pages(Stage.UNDECIDED):
        await work.put(await decide_rows(work, page))


async def _steps(work: Work, limit: int | None) -> AsyncIterator[Row]:
    left = limit
    async for page in work.pages(Stage.TO_TAKE):
        for row in page:
            if work.ending():
                return
            if left is not None:
                if left <= 0:
                    return
                left -= 1
            yield row
