"""Calls of the state for several people at once: those that wait at the same moment are made together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")

_MOST = 64
_FOR_COMPANY_S = 0.04
_LATELY_S = 0.2


class Gathered(Generic[A, B]):
    """One kind of call. Whoever comes alone waits for nobody; in a run over many people each waits a moment for others.

    A commit, with its flush of the disk, costs about as much for eight people as for one. Each is told when the call
    is done, and not before.
    call: answers in the order of what it is given; what it raises is raised for each of them.
    """

    def __init__(self, thread: Executor, call: Callable[[Sequence[A]], Sequence[B]]) -> None:
        self._thread = thread
        self._call = call
        self._waiting: list[tuple[A, asyncio.Future[B]]] = []
        self._busy = False
        self._last = float("-inf")

    async def __call__(self, item: A) -> B:
        """One person's answer. A call that has begun ends even where the caller is cancelled."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[B] = loop.create_future()
        self._waiting.append((item, future))
        if not self._busy:
            self._busy = True
            self._go_soon(loop)
        return await future

    def _go_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        """At the end of this moment, so that who comes in it comes along; later where somebody else came lately."""
        now = loop.time()
        among_many, self._last = now - self._last < _LATELY_S, now
        if among_many:
            loop.call_later(_FOR_COMPANY_S, self._go)
        else:
            loop.call_soon(self._go)

    def _go(self) -> None:
        waiting = [one for one in self._waiting if not one[1].done()]  # else who waited has been cancelled
        together, self._waiting = waiting[:_MOST], waiting[_MOST:]
        self._busy = bool(together)
        if together:
            called = asyncio.get_running_loop().run_in_executor(
                self._thread, self._call, [item for item, _ in together]
            )
            called.add_done_callback(lambda done: self._tell(done, [future for _, future in together]))

    def _tell(self, called: asyncio.Future[Sequence[B]], futures: Sequence[asyncio.Future[B]]) -> None:
        fault = None if called.cancelled() else called.exception()
        for number, future in enumerate(futures):
            if future.done():
                continue
            if called.cancelled():
                future.cancel()
            elif fault is not None:
                future.set_exception(fault)
            else:
                future.set_result(called.result()[number])
        if self._waiting:
            self._go_soon(asyncio.get_running_loop())
        else:
            self._busy = False
