"""A worker: takes on sweeps and shards, and takes over from workers that have died."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from samepic.engine.engine import Engine
from samepic.engine.streak import Stop
from samepic.jobs.flows import Flows
from samepic.jobs.heaps import few_heaps
from samepic.jobs.heartbeat import Heartbeat, Watch
from samepic.jobs.stages import SHARD, Stages
from samepic.model.lease import Lease
from samepic.model.plan import RunId
from samepic.model.sayings import saying
from samepic.model.system import Grant
from samepic.ports.clock import Clock
from samepic.ports.leases import LeaseLost
from samepic.ports.state import State, StateUnusable

if TYPE_CHECKING:
    from sqlalchemy import Engine as Database

T = TypeVar("T")

_TRIES = 5
"""Of a part that the state refuses, though it takes beats in between."""
_TICK_S = 0.5
_TICKS_BETWEEN_LOOKS = 4
"""The dead are looked for less often: a lease is many times as long, and every worker asks the database."""


_ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")

_log = logging.getLogger("samepic.jobs")


def new_holder() -> str:
    """The name of a worker's life; no two have the same."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(3)}"


class OutOfReach(Exception):
    """The state took nothing for longer than the lease: others may go on with this worker's work, once they can.

    Nothing of this worker's life may be used after it; a new one may begin when the state answers.
    """

    def __init__(self, holder: str) -> None:
        super().__init__(f"worker {holder} ends: the state did not answer for longer than its lease")


Engines = Callable[[str, Lease, Callable[[], None]], Awaitable[Engine]]
"""A route's engine, by the route's name, whose state and requests are bound to a lease; made once, closed by whoever
gave the function."""


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """lease: how long a worker may be silent. shard: people in one. shards_at_once: of one worker."""

    lease: timedelta = timedelta(seconds=15)
    shard: int = SHARD
    shards_at_once: int = 2


class Worker:
    """One process's worker. After `run` the process has to end: threads of unfinished jobs wait in it for ever."""

    def __init__(
        self,
        state: State,
        engines: Engines,
        database: Database,
        clock: Clock,
        options: WorkerOptions | None = None,
        holder: str | None = None,
    ) -> None:
        """database: where the jobs themselves are kept. holder: as `new_holder` makes it."""
        self._holder = holder or new_holder()
        self._state = state
        self._engines = engines
        self._database = database
        self._clock = clock
        self._options = options or WorkerOptions()
        self._under_way: set[asyncio.Task[Any]] = set()
        self._lost = asyncio.Event()
        self._out_of_reach = False

    async def run(self, started: Callable[[str], None] = lambda _: None) -> None:
        """Work until cancelled. Raises LeaseLost, OutOfReach, StateUnusable.

        started: called with the worker's name once it takes on work. Cancelled, it brings to an end what it is
        writing, and leaves everything else to the others.
        """
        few_heaps()
        loop, lost = asyncio.get_running_loop(), self._lost
        holder = self._holder
        who = f"process {os.getpid()} on {socket.gethostname()}"
        lease = await asyncio.to_thread(self._state.leases.take, holder, who, self._clock.now())
        self._heart = heart = Heartbeat(self._state.leases, lease, self._options.lease, lambda: _set(loop, lost))
        heart.start()
        self._held = self._state.held_by(lease)
        engines: dict[str, asyncio.Task[Engine]] = {}

        async def engine(route: str) -> Engine:
            if route not in engines or (engines[route].done() and engines[route].exception()):
                engines[route] = asyncio.ensure_future(self._engines(route, lease, heart.check))
            return await asyncio.shield(engines[route])

        self._loop = loop
        self._stages = Stages(self._held, engine, self._clock, heart.check, holder, self._options.shard)
        watch = Watch(self._state.leases, lease, self._options.lease)
        try:
            flows = await asyncio.to_thread(
                Flows, self._database, holder, self._stages, self._do, self._options.shards_at_once, self._broken
            )
            started(holder)
            for number in count():
                if lost.is_set():
                    break
                looks = number % _TICKS_BETWEEN_LOOKS == 0
                tick = asyncio.ensure_future(asyncio.to_thread(self._tick, flows, watch if looks else None))
                await _first(lost, tick)  # DBOS waits within for a database that is away, a minute at a time
                await _either(lost, _TICK_S)
            raise OutOfReach(holder) if heart.outage or self._out_of_reach else LeaseLost(holder)
        finally:
            self._stages.stopping = True
            if not lost.is_set():
                await self._leave_to_others(lease)
            heart.stop()

    async def _leave_to_others(self, lease: Lease) -> None:
        """What is being written is brought to its end first: there are few, and each would have to be looked at."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=self._options.lease.total_seconds())
        try:
            await asyncio.to_thread(self._state.leases.give_back, lease)
        except StateUnusable as fault:
            self._heart.outage.met(fault)  # the others find out by its silence

    def _tick(self, flows: Flows, watch: Watch | None) -> None:
        """Begin the sweeps that somebody has asked for. watch: given where it is time to look for the dead, too."""
        try:
            if watch is not None:
                watch.look()
            for sweep in self._state.sweeps.under_way():
                stands = flows.begin(sweep.job, sweep.run)
                if stands in _ENDED and (found := self._state.sweeps.of(sweep.run)) and found == sweep:
                    self._stages.give_up(sweep, saying("job_ended", state=stands))
            if watch is not None and flows.orphans(self._living()):
                with self._state.leases.alone():  # two who resume the same job would have it done twice
                    orphans = flows.orphans(self._living())
                    flows.resume(orphans)
                _log.info("took over %s jobs", sum(len(jobs) for jobs in orphans.values()))
        except StateUnusable as fault:
            self._heart.outage.met(fault)

    def _living(self) -> list[str]:
        return [one.lease.holder for one in self._state.leases.holders() if not one.lapsed]

    def _do(self, run: RunId, verb: Callable[[], Coroutine[Any, Any, T]], otherwise: T) -> T:
        """See `samepic.jobs.flows.Doing`; called in the job's own thread."""
        words, missing = "", tuple[Grant, ...]()
        for _ in range(_TRIES):
            try:
                done = asyncio.run_coroutine_threadsafe(self._tracked(verb()), self._loop).result()
            except (LeaseLost, CancelledError):
                _wait_for_the_end()
            except StateUnusable as fault:
                words = saying("broken", saw=str(fault))
                self._wait_for_the_state(fault)
                continue
            except Stop as stop:
                words, missing = stop.words, stop.missing
                break
            except Exception as error:
                _log.exception("run %s", run)
                saw = next(iter(str(error).splitlines()), "")
                words = saying("broken", saw=f"{type(error).__name__}: {saw}")
                break
            if self._stages.stopping:
                _wait_for_the_end()
            return done
        while True:
            try:
                self._held.sweeps.end(run, stopped=words, missing=missing)
            except LeaseLost:
                _wait_for_the_end()
            except StateUnusable as fault:
                self._wait_for_the_state(fault)
            else:
                return otherwise

    def _wait_for_the_state(self, fault: StateUnusable) -> None:
        """A database that is started anew, or a disk that is full, ends no sweep."""
        self._heart.outage.met(fault)
        try:
            self._heart.wait_for_a_beat()
        except LeaseLost:
            _wait_for_the_end()
        if self._stages.stopping:
            _wait_for_the_end()

    def _broken(self, error: Exception) -> NoReturn:
        """A job has lost the database that says how far it is: this worker's life ends, and its jobs are gone on with.

        DBOS would take the job for failed, or leave it with a worker that does nothing about it.
        """
        self._heart.outage.met(StateUnusable("of the jobs", next(iter(str(error).splitlines()), "")))
        self._out_of_reach = True
        self._loop.call_soon_threadsafe(self._lost.set)
        _wait_for_the_end()

    async def _tracked(self, verb: Coroutine[Any, Any, T]) -> T:
        task = asyncio.ensure_future(verb)
        self._under_way.add(task)
        try:
            return await task
        finally:
            self._under_way.discard(task)


def _wait_for_the_end() -> NoReturn:
    """Keep a job's thread from telling DBOS that the job has ended, well or badly: another worker goes on with it."""
    while True:
        threading.Event().wait()


def _set(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    loop.call_soon_threadsafe(event.set)


async def _first(event: asyncio.Event, work: asyncio.Future[None]) -> None:
    """Wait for either; what the work raises is raised."""
    waiting = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait((waiting, work), return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    if work.done():
        work.result()


async def _either(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
