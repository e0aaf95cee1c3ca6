"""Ports that die: one life of a worker, which is killed, or loses its lease, at its n-th call to anything."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Sequence
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any

from samepic.model.lease import Lease
from samepic.ports.leases import LeaseLost


class Killed(BaseException):
    """Stands for kill -9: no call of this life does anything after it."""


class Life:
    """One worker's. dies_at: the number of the call at which it ends, None: it lives.

    before: it ends instead of the call, not after it. sleeps: it is no kill; the lease is voided there, as if the
    process had been stopped, and what it does when it wakes goes on.
    wrote_late: writes that it began without asking whether it may.
    """

    def __init__(
        self,
        dies_at: int | None = None,
        *,
        before: bool = True,
        sleeps: bool = False,
        void: Callable[[], None] = lambda: None,
    ) -> None:
        self._left = dies_at
        self._before = before
        self._sleeps = sleeps
        self._void = void
        self._turn = threading.Lock()
        self._allowed = 0
        self.dead = False
        self.lost = False
        self.wrote_late: list[str] = []

    def permit(self) -> None:
        """As a worker's heartbeat answers."""
        if self.lost:
            raise LeaseLost("a worker that slept")
        self._allowed += 1

    def arrive(self, name: str) -> bool:
        """Before a call; whether this life ends after it. Raises Killed."""
        with self._turn:
            if self.dead:
                raise Killed
            if name in ("write", "clear"):
                self._allowed -= 1
                if self._allowed < 0:
                    self.wrote_late.append(name)
            if self._left is None:
                return False
            self._left -= 1
            if self._left:
                return False
            self._left = None
            if self._sleeps:
                self._void()
                self.lost = True
                return False
            self.dead = True
            if self._before:
                raise Killed
            return True

    @staticmethod
    def leave(ends: bool) -> None:
        """After a call."""
        if ends:
            raise Killed


class Mortal:
    """A port of a life: methods of what it stands for count, tables are ports themselves."""

    def __init__(self, real: Any, life: Life, tables: Sequence[str] = (), harmless: Sequence[str] = ()) -> None:
        self._real = real
        self._life = life
        self._tables = tables
        self._harmless = harmless

    def __getattr__(self, name: str) -> Any:
        value, life = getattr(self._real, name), self._life
        if name in self._tables:
            return Mortal(value, life)
        if name.startswith("_") or name in self._harmless or not callable(value):
            return value
        if isasyncgenfunction(value):

            async def pages(*given: Any, **named: Any) -> AsyncIterator[Any]:
                ends = life.arrive(name)
                async for one in value(*given, **named):
                    yield one
                life.leave(ends)

            return pages
        if iscoroutinefunction(value):

            async def awaited(*given: Any, **named: Any) -> Any:
                ends = life.arrive(name)
                answer = await value(*given, **named)
                life.leave(ends)
                return answer

            return awaited

        def called(*given: Any, **named: Any) -> Any:
            ends = life.arrive(name)
            answer = value(*given, **named)
            life.leave(ends)
            return answer

        return called


TABLES = ("runs", "rows", "listings", "memories", "intents", "kept", "changes", "plans", "lately", "prints", "sweeps")


def mortal_state(state: Any, life: Life, lease: Lease) -> Any:
    """A worker's state: bound to its lease, and mortal. Locks are given back by whoever dies, as a system does it."""
    return Mortal(state.held_by(lease), life, TABLES, harmless=("person_lock", "route_lock", "close"))
