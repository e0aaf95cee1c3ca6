"""A worker: takes on sweeps and shards, and takes over from workers that have died."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from samepic.engine.engine import Engine
from samepic.engine.streak import Stop
from samepic.jobs.flows import Flows
from samepic.jobs.heartbeat import Heartbeat, Watch
from samepic.jobs.stages import SHARD, Stages
from samepic.model.lease import Lease
from samepic.model.plan import RunId
from samepic.ports.clock import Clock
from samepic.ports.leases import LeaseLost
from samepic.ports.state import State, StateUnusable

if TYPE_CHECKING:
    from sqlalchemy import Engine as Database

T = TypeVar("T")

_TRIES = 5
_TICK_S = 0.5

_ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")

_log = logging.getLogger("samepic.jobs")

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
        self, state: State, engines: Engines, database: Database, clock: Clock, options: WorkerOptions | None = None
    ) -> None:
        """database: where the jobs themselves are kept."""
        self._state = state
        self._engines = engines
        self._database = database
        self._clock = clock
        self._options = options or WorkerOptions()
        self._under_way: set[asyncio.Task[Any]] = set()

    async def run(self, started: Callable[[str], None] = lambda _: None) -> None:
        """Work until cancelled. Raises LeaseLost, StateUnusable.

        started: called with the worker's name once it takes on work. Cancelled, it brings to an end what it is
        writing, and leaves everything else to the others.
        """
        loop, lost = asyncio.get_running_loop(), asyncio.Event()
        holder = f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(3)}"
        who = f"process {os.getpid()} on {socket.gethostname()}"
        lease = await asyncio.to_thread(self._state.leases.take, holder, who, self._clock.now())
        heart = Heartbeat(self._state.leases, lease, self._options.lease, lambda: _set(loop, lost))
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
                Flows, self._database, holder, self._stages, self._do, self._options.shards_at_once
            )
            started(holder)
            while not lost.is_set():
                await asyncio.to_thread(self._tick, flows, watch)
                await _either(lost, _TICK_S)
            raise LeaseLost(holder)
        finally:
            self._stages.stopping = True
            if not lost.is_set():
                await self._leave_to_others(lease)
            heart.stop()

    async def _leave_to_others(self, lease: Lease) -> None:
        """What is being written is brought to its end first: there are few, and each would have to be looked at."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=self._options.lease.total_seconds())
        await asyncio.to_thread(self._state.leases.give_back, lease)

    def _tick(self, flows: Flows, watch: Watch) -> None:
        """Begin the sweeps that somebody has asked for; take over from the dead."""
        try:
            watch.look()
            for sweep in self._state.sweeps.under_way():
                stands = flows.begin(sweep.job, sweep.run)
                if stands in _ENDED and (found := self._state.sweeps.of(sweep.run)) and found == sweep:
                    self._stages.give_up(sweep, f"its job ended as {stands}")
            if flows.orphans(self._living()):
                with self._state.leases.alone():  # two who resume the same job would have it done twice
                    orphans = flows.orphans(self._living())
                    flows.resume(orphans)
                _log.info("took over %s jobs", sum(len(jobs) for jobs in orphans.values()))
        except StateUnusable as fault:
            _log.warning("%s", fault)

    def _living(self) -> list[str]:
        return [one.lease.holder for one in self._state.leases.holders() if not one.lapsed]

    def _do(self, run: RunId, verb: Callable[[], Coroutine[Any, Any, T]], otherwise: T) -> T:
        """See `samepic.jobs.flows.Doing`; called in the job's own thread."""
        words = ""
        for attempt in range(_TRIES):
            time.sleep(attempt)
            try:
                done = asyncio.run_coroutine_threadsafe(self._tracked(verb()), self._loop).result()
            except (LeaseLost, CancelledError):
                _wait_for_the_end()
            except StateUnusable as fault:
                words = str(fault)
                continue
            except Stop as stop:
                words = stop.words
                break
            except Exception as error:
                _log.exception("run %s", run)
                words = f"{type(error).__name__}: {next(iter(str(error).splitlines()), '')}"
                break
            if self._stages.stopping:
                _wait_for_the_end()
            return done
        try:
            self._held.sweeps.end(run, stopped=words)
        except (LeaseLost, StateUnusable):
            _wait_for_the_end()
        return otherwise

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


async def _either(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
