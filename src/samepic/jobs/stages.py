"""What a worker does for a sweep: the engine's phases, each beginning and ending in the state.

Nothing is handed from one to the next but by the state, so that each may be done by another worker, and twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TypeVar

from samepic.engine import phases
from samepic.engine.breaker import done, weigh
from samepic.engine.engine import Engine
from samepic.engine.news import keep
from samepic.engine.peek import many_writes, peek
from samepic.engine.plan import Plan
from samepic.engine.recover import recover
from samepic.engine.standing import tell
from samepic.engine.swept import Swept
from samepic.engine.tidy import tidy
from samepic.engine.work import Work
from samepic.jobs.ending import ending_of
from samepic.model.held import Kind
from samepic.model.outcome import RunRecord
from samepic.model.plan import Hold, RunId
from samepic.model.shard import EVERYBODY, Span
from samepic.model.sweeping import Going, Part, Planned, Sweep
from samepic.ports.clock import Clock
from samepic.ports.state import State

T = TypeVar("T")

SHARD = 400
"""People in a shard: some minutes of writing, and enough for every batch to be full."""

_LOOKS_S = 0.5
_log = logging.getLogger("samepic.jobs")


class Stages:
    """One worker's part in all sweeps. state: what the worker's lease holds; engines: a route's, by its name."""

    def __init__(
        self,
        state: State,
        engines: Callable[[str], Awaitable[Engine]],
        clock: Clock,
        permit: Callable[[], None],
        holder: str,
        shard: int = SHARD,
    ) -> None:
        self._state = state
        self._engines = engines
        self._clock = clock
        self._permit = permit
        self._holder = holder
        self._shard = shard
        self._told: dict[str, dict[str, int]] = {}
        self.stopping = False
        """Set where this worker is to end: what is under way comes to its end early, and is not done."""

    async def observe(self, run: RunId) -> int:
        """Read the census and the listings, cut the shards; how many there are."""
        sweep = await self._sweep(run)
        if await asyncio.to_thread(self._state.sweeps.what_was_observed, run) is None:
            engine = await self._engines(sweep.route)
            await asyncio.to_thread(self._state.sweeps.forget_observed, run)
            async with self._at_work(engine, run, ending=self._ending(run)) as work:
                recovered = await recover(work)
                observed = await self._unless_ended(run, phases.observe(work, full=sweep.full))
                if observed is not None:
                    spans = await work.remembering(work.state.rows.cut, run, self._shard)
                    await work.remembering(work.state.sweeps.observed, run, observed, recovered.finished, spans)
        return len(await asyncio.to_thread(self._state.sweeps.shards, run))

    async def part(self, run: RunId, number: int, part: Part) -> None:
        """Do a part of a shard, unless it is done."""
        sweeps = self._state.sweeps
        sweep, shard = await self._sweep(run), await asyncio.to_thread(sweeps.shard, run, number)
        observed = await asyncio.to_thread(sweeps.what_was_observed, run)
        if sweep.going is not Going.ON or shard.has(part) or observed is None:
            return
        await asyncio.to_thread(sweeps.taken_on, run, number, self._holder)
        engine, ending = await self._engines(sweep.route), self._ending(run)
        async with self._at_work(engine, run, shard.span, ending) as work:
            if part is Part.WRITE:
                await phases.carry_out(work, Swept())
            else:
                verbs = {Part.MATCH: lambda: phases.match_and_look(work, observed)}
                verbs |= {Part.DECIDE: lambda: phases.decide(work), Part.PRINT: lambda: peek(work)}
                await self._unless_ended(run, verbs[part]())
            if not ending():
                await work.remembering(work.state.sweeps.done, run, number, part)

    async def many_writes(self, run: RunId) -> bool:
        """Whether the pictures that are to be written have to be held against each other."""
        sweep = await self._sweep(run)
        if sweep.going is not Going.ON:
            return False
        engine = await self._engines(sweep.route)
        async with self._at_work(engine, run) as work:
            return await many_writes(work)

    async def plan(self, run: RunId, compared: bool) -> bool:
        """Come to a plan and weigh it; whether it is to be carried out."""
        sweep = await self._sweep(run)
        observed = await asyncio.to_thread(self._state.sweeps.what_was_observed, run)
        if sweep.going is not Going.ON or observed is None:
            return False
        engine = await self._engines(sweep.route)
        async with self._at_work(engine, run) as work:
            plan = await phases.planned(work, observed, many_writes=compared)
            kind = Kind.SYNC if observed.full else Kind.INCREMENTAL
            held = await weigh(work, plan, apply=True, approve=None, kind=kind)
            await work.remembering(work.state.sweeps.planned, run, _planned(plan, held))
            if held is None:
                await phases.let_through(work, plan)
            return held is None

    async def wind_up(self, run: RunId) -> None:
        """Look back, tidy, and enter how the sweep ended."""
        sweep = await self._sweep(run)
        if sweep.going is Going.OVER:
            return
        planned = await asyncio.to_thread(self._state.sweeps.what_was_planned, run)
        observed = await asyncio.to_thread(self._state.sweeps.what_was_observed, run)
        engine = await self._engines(sweep.route)
        swept = Swept()
        async with self._at_work(engine, run) as work:
            if planned is not None and planned.held is None:
                await phases.look_back(work, swept)
                await work.remembering(work.state.sweeps.looked_back, run, swept.looked_at)
                if sweep.going is Going.ON:
                    await done(work, planned.plan)
                    if not planned.incomplete and observed is not None:
                        if observed.full:
                            await tidy(work)
                        await keep(work, observed)
            await work.remembering(self._end, work, sweep, planned, swept)

    def give_up(self, sweep: Sweep, words: str) -> None:
        """Enter that a sweep is over although nobody has brought it to its end."""
        state = self._state
        failed = replace(
            _record(state, sweep), state="failed", ended_at=self._clock.now(), words=sweep.stopped or words
        )
        state.runs.end(failed, state.rows.counts(sweep.run), None, None)
        tell(state, failed)
        state.sweeps.over(sweep.run)

    def _end(self, work: Work, sweep: Sweep, planned: Planned | None, swept: Swept) -> None:
        state = work.state
        ended, counts, pictures = ending_of(state, sweep, _record(state, sweep), planned, swept.looked_at.did_not_take)
        state.runs.end(replace(ended, ended_at=work.now()), counts, planned.held if planned else None, pictures)
        tell(state, ended)
        state.sweeps.over(sweep.run)

    @asynccontextmanager
    async def _at_work(
        self, engine: Engine, run: RunId, span: Span = EVERYBODY, ending: Callable[[], bool] = lambda: False
    ) -> AsyncIterator[Work]:
        """Work on a part of a run, and enter afterwards which requests that took."""
        with engine.part(run, span, permit=self._permit, ending=ending) as work:
            try:
                yield work
            finally:
                await asyncio.to_thread(self._state.sweeps.sent, run, self._since_last_told(engine))

    def _since_last_told(self, engine: Engine) -> dict[str, int]:
        """Parts of one sweep are worked on at the same time: what is told of one may be another's."""
        now, told = engine.requests(), self._told.get(engine.route.name, {})
        self._told[engine.route.name] = now
        return {system: more for system, count in now.items() if (more := count - told.get(system, 0))}

    async def _sweep(self, run: RunId) -> Sweep:
        found = await asyncio.to_thread(self._state.sweeps.of, run)
        if found is None:
            raise LookupError(f"no sweep {run}")
        return found

    def _ending(self, run: RunId) -> Callable[[], bool]:
        """Whether somebody has let it end; asked for each person, so that the state is asked now and then only."""
        loop = asyncio.get_running_loop()
        asked_at, known = loop.time() - _LOOKS_S, False

        def ending() -> bool:
            nonlocal asked_at, known
            if self.stopping:
                return True
            if not known and loop.time() - asked_at >= _LOOKS_S:
                asked_at = loop.time()
                found = self._state.sweeps.of(run)
                known = found is None or found.going is not Going.ON
            return known

        return ending

    async def _unless_ended(self, run: RunId, verb: Awaitable[T]) -> T | None:
        """Wait for what writes to no system; broken off, with None, once somebody has let the sweep end."""
        task, ending = asyncio.ensure_future(verb), self._ending(run)
        try:
            while not (await asyncio.wait((task,), timeout=_LOOKS_S))[0]:
                if ending():
                    return None
            return task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


def _record(state: State, sweep: Sweep) -> RunRecord:
    record = state.runs.of(sweep.run)
    if record is None:
        raise LookupError(f"no run {sweep.run}")  # it is entered before its sweep
    return record


def _planned(plan: Plan, held: Hold | None) -> Planned:
    tally = plan.tally
    return Planned(
        plan.id,
        tally.people,
        plan.changes,
        tally.target_pictures,
        plan.source_pictures,
        tally.blanks,
        bool(tally.incomplete),
        held,
    )
