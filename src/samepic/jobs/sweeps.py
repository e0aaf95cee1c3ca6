"""Begin, watch, cancel and retry sweeps that workers carry out."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from samepic.engine.standing import make_way
from samepic.model.news import kind_of
from samepic.model.outcome import MatchedNobody, RunOutcome, RunRecord
from samepic.model.plan import PlanId, RunId
from samepic.model.remembered import Stage
from samepic.model.sweeping import Changed, Figures, Going, Part, Planned, Shard, Sweep
from samepic.ports.clock import Clock
from samepic.ports.outage import Outage
from samepic.ports.state import RouteBusy, State, StateUnusable

_POLL_S = 0.25
_AWAY_POLL_S = 1.0
_log = logging.getLogger("samepic.jobs")


class NotSwept(Exception):
    """There never was such a run, no worker carried it out, or a later one has begun: it cannot be ended or retried."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One sweep as it stands. workers: at which shards each is, by name. parts: shards that have each part done."""

    sweep: Sweep
    record: RunRecord
    shards: tuple[Shard, ...]
    planned: Planned | None
    changed: Changed
    failed: int

    @property
    def parts(self) -> Counter[Part]:
        """How many shards have come how far."""
        return Counter(part for shard in self.shards for part in Part if shard.has(part))


class Sweeps:
    """Sweeps of all routes. Nothing here needs a worker at hand: workers find what is entered, and do it.

    new_run: makes the id of a run.
    """

    def __init__(self, state: State, clock: Clock, new_run: Callable[[datetime], RunId], who: str) -> None:
        self._state = state
        self._clock = clock
        self._make_run = new_run
        self._who = who

    def start(self, route: str, *, full: bool = True, why: str = "") -> RunId:
        """Enter a sweep of a route for the workers. Raises RouteBusy where a run is at work on it."""
        now = self._clock.now()
        run = self._make_run(now)
        record = RunRecord(run, None, route, kind_of(full), now, None, "running", 0, 0, 0, 0)
        with self._state.route_lock(route, self._who, now):
            make_way(self._state, route)
            self._state.sweeps.begin(record, full, why)
        return run

    def cancel(self, run: RunId) -> bool:
        """Let a run end: what is being written is finished, no further step is taken. False where it was over.

        Of a run by one process that has died the history says so from now on. Raises NotSwept, where there is no run.
        """
        if self._state.sweeps.of(run) is not None:
            return self._state.sweeps.end(run, cancelled=True)
        record = self.record(run)
        if record.state != "running":
            return False
        try:
            with self._state.route_lock(record.route, self._who, self._clock.now()):
                self._state.runs.found_dead(run, self._clock.now())
                return False
        except RouteBusy:
            return self._state.runs.cancel(run, self._clock.now())

    def retry(self, run: RunId) -> Sweep:
        """Take up a sweep that is over: whoever failed, and what no worker had done. Raises NotSwept, RouteBusy."""
        sweep = self._state.sweeps.of(run)
        if sweep is None:
            raise NotSwept(f"run {run} was not carried out by workers; `samepic sync` does again what it left")
        with self._state.route_lock(sweep.route, self._who, self._clock.now()):
            latest = self._state.runs.latest_sweep(sweep.route)
            if latest is None or latest.run != run:
                raise NotSwept(f"a later run than {run} has begun, so that it is known anew who is left: sync again")
            return self._state.sweeps.again(run)

    def progress(self, run: RunId) -> Progress | None:
        """How a sweep stands; None of a run that no worker carries out."""
        sweeps, state = self._state.sweeps, self._state
        sweep, record = sweeps.of(run), state.runs.of(run)
        if sweep is None or record is None:
            return None
        failed = state.rows.count(run, Stage.FAILED)
        planned = sweeps.what_was_planned(run)
        return Progress(sweep, record, tuple(sweeps.shards(run)), planned, sweeps.changed(run), failed)

    def figures(self, run: RunId) -> Figures:
        """What else came of a sweep so far; asked for less often than how it stands."""
        return self._state.sweeps.figures(run)

    def workers(self) -> list[str]:
        """The workers that nobody has found silent, each by its process."""
        return [one.who for one in self._state.leases.holders() if not one.lapsed]

    async def a_worker_lives(self, lease: timedelta) -> bool:
        """Whether any worker says anything within the half of a lease: one that was killed is entered for longer."""
        before = await asyncio.to_thread(self._state.leases.holders)
        deadline = asyncio.get_running_loop().time() + lease.total_seconds() / 2
        while before and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(_POLL_S)
            if any(not one.lapsed and one not in before for one in await asyncio.to_thread(self._state.leases.holders)):
                return True
        return False

    async def sweep(self, route: str, *, full: bool = True, why: str = "") -> RunOutcome:
        """Begin a sweep and wait for its end; where the waiting is cancelled, so is the sweep. Raises RouteBusy."""
        run = await asyncio.to_thread(self.start, route, full=full, why=why)
        try:
            return await asyncio.to_thread(self._outcome, await self.ended(run))
        except asyncio.CancelledError:
            self._state.sweeps.end(run, cancelled=True)
            raise

    def _outcome(self, progress: Progress) -> RunOutcome:
        record, told = progress.record, self._state.sweeps.figures(progress.record.run)
        counts, hold = self._state.runs.outcome(record.run)
        ended_at = record.ended_at or self._clock.now()
        observed = self._state.sweeps.what_was_observed(record.run)
        return RunOutcome(
            run=record.run,
            plan=record.plan or PlanId(""),
            route=record.route,
            people=record.people,
            counts=counts,
            held=hold,
            written=record.written,
            cleared=record.cleared,
            failed=record.failed,
            seconds=max(0.0, (ended_at - record.started_at).total_seconds()),
            stopped=progress.sweep.stopped,
            cancelled=progress.sweep.cancelled,
            requests=told.requests,
            failures=told.failures,
            skipped=told.skipped,
            skips=told.skips,
            missing=told.missing,
            looked_at=told.looked_at,
            pending=told.left if progress.planned else 0,
            matched_nobody=observed.matched_nobody if observed else MatchedNobody(),
            full=observed.full if observed else progress.sweep.full,
            instead=observed.instead if observed else "",
        )

    def record(self, run: RunId) -> RunRecord:
        """A run's line in the history, whoever carries it out. Raises NotSwept."""
        record = self._state.runs.of(run)
        if record is None:
            raise NotSwept(f"there is no run {run}; `samepic runs` lists the runs")
        return record

    async def over(self, run: RunId) -> RunRecord:
        """Wait until a run is over, whoever carries it out. Raises NotSwept, StateUnusable."""
        while True:
            record = await asyncio.to_thread(self.record, run)
            if record.state != "running":
                return record
            await asyncio.sleep(_POLL_S)

    async def ended(self, run: RunId) -> Progress:
        """Wait until a sweep is over; also while the state is away, without which nobody can tell."""
        outage = Outage(_log)
        while True:
            try:
                found = await asyncio.to_thread(self.progress, run)
            except StateUnusable as fault:
                outage.met(fault)
                await asyncio.sleep(_AWAY_POLL_S)
                continue
            outage.over()
            if found is None:
                raise NotSwept(f"no worker carries out a run {run}")
            if found.sweep.going is Going.OVER:
                return found
            await asyncio.sleep(_POLL_S)
