"""Many small questions made into few requests, and many pieces of work done abreast."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

from samepic.model.budget import Lane
from samepic.ports.budgets import lane

K = TypeVar("K")
V = TypeVar("V")


_FOR_COMPANY = 25
"""Times as long as a question alone waits: about what it takes to make a picture's renditions."""


class Together(Generic[K, V]):
    """Gathers the questions of a few milliseconds, or of the time that an earlier asking takes, and asks them at once.

    A question alone waits for next to nothing; the slower the system, the more questions share a request. Where the
    last asking was shared, the next waits a little longer for company: in a run over many people there is some.
    Whoever waits for their own picture shares no request with a sweep, whose requests wait for their turn.
    ask: answers many keys; a key's own failure is an exception among the values, a common one is raised.
    The same key asked twice in one gathering is asked once.
    """

    def __init__(
        self,
        ask: Callable[[Sequence[K]], Awaitable[Mapping[K, V | Exception]]],
        most: int,
        within_seconds: float = 0.004,
    ) -> None:
        self._of = {whom: _Gathering(ask, most, within_seconds) for whom in Lane}

    async def answer(self, key: K) -> V:
        """One key's answer, or its failure."""
        return await self._of[lane()].answer(key)

    async def aclose(self) -> None:
        """Give up what is under way, and what waits."""
        for gathering in self._of.values():
            await gathering.aclose()


class _Gathering(Generic[K, V]):
    """The questions of one lane."""

    def __init__(
        self, ask: Callable[[Sequence[K]], Awaitable[Mapping[K, V | Exception]]], most: int, within_seconds: float
    ) -> None:
        self._ask = ask
        self._most = most
        self._within = within_seconds
        self._shared = False
        self._waiting: dict[K, asyncio.Future[V]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def answer(self, key: K) -> V:
        """One key's answer, or its failure."""
        future = self._waiting.get(key)
        if future is None:
            loop = asyncio.get_running_loop()
            future = self._waiting[key] = loop.create_future()
            if len(self._waiting) >= self._most:
                self._go()
            elif self._timer is None and not self._tasks:
                self._timer = loop.call_later(self._within * (_FOR_COMPANY if self._shared else 1), self._go)
        return await asyncio.shield(future)

    def _go(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        asked, self._waiting = self._waiting, {}
        self._shared = len(asked) > 1
        task = asyncio.get_running_loop().create_task(self._settle(asked))
        self._tasks.add(task)
        task.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._waiting and not self._tasks:
            self._go()

    async def _settle(self, asked: dict[K, asyncio.Future[V]]) -> None:
        try:
            found: Mapping[K, V | Exception] = await self._ask(list(asked))
            missing: Exception = LookupError("asked together, not answered")
        except asyncio.CancelledError:
            for future in asked.values():
                future.cancel()
            raise
        except Exception as error:
            found, missing = {}, error
        for key, future in asked.items():
            value = found.get(key, missing)
            if isinstance(value, Exception):
                future.set_exception(value)
                future.exception()  # whoever asked may have gone
            else:
                future.set_result(value)

    async def aclose(self) -> None:
        """Give up what is under way, and what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for future in self._waiting.values():
            future.cancel()
        self._waiting = {}
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def abreast(items: Sequence[K], work: Callable[[K], Awaitable[V]], at_once: int) -> AsyncIterator[V]:
    """Results as they come, at most `at_once` under way; a failure ends the rest and is raised."""
    under_way: set[asyncio.Task[V]] = set()
    left = iter(items)

    async def run(item: K) -> V:
        return await work(item)

    try:
        for item in left:
            under_way.add(asyncio.create_task(run(item)))
            if len(under_way) >= at_once:
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield task.result()
        while under_way:
            done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result()
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
