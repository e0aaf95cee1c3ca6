"""What is done for people goes on whether or not anybody waits for it, and nobody waits for long.

The client of the clouds waits minutes for one that is busy; somebody who looks at a page does not.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from samepic.ports.errors import Busy

T = TypeVar("T")

PATIENCE_S = 6.0
"""So long a page waits; then it says that it goes on."""

MOST = 500
"""Under way at a time; whoever comes beyond is asked to come again."""

MOST_OF_ONE = 8
"""Of one person: while a cloud is slow, nobody fills the whole with things that wait for their own turn."""

_MOST_KEPT = 1_000
_log = logging.getLogger("samepic.portal")


class GoesOn(Exception):
    """It is not done yet, and is not given up."""


class TooMany(Exception):
    """More is under way than this process takes on."""


class Errands:
    """What is under way, by name: whoever asks for the same again waits for that, and nothing is begun twice."""

    def __init__(self) -> None:
        self._under_way: dict[str, asyncio.Task[Any]] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._ended: OrderedDict[str, asyncio.Task[Any]] = OrderedDict()
        self._numbers = itertools.count()

    async def change(self, whose: str, what: str, work: Callable[[], Awaitable[T]]) -> T:
        """Do what changes somebody's pictures: one thing of theirs after another, and the same thing once.

        Raises GoesOn, TooMany, and what work raises.
        """
        name = f"{_changes_of(whose)}{what}"
        theirs = [one for one in self._under_way if one.startswith(_changes_of(whose))]
        if len(theirs) >= MOST_OF_ONE and name not in theirs:
            raise TooMany
        lock = self._turns.setdefault(whose, asyncio.Lock())

        async def in_turn() -> T:
            async with lock:
                return await work()

        try:
            task = self._begun(name, in_turn)
        except TooMany:
            if not theirs:
                del self._turns[whose]  # nothing of theirs is under way
            raise
        task.add_done_callback(lambda ended: self._changed(whose, lock, ended))
        self._ended.pop(whose, None)
        return await self._awaited(task)

    async def look(
        self, what: str, work: Callable[[], Awaitable[T]], *, fresh: bool = False, within_s: float | None = None
    ) -> T:
        """Ask for something. fresh: not what somebody else has begun to ask for. Raises Busy, TooMany as well.

        within_s: so long it is waited for, where that is less than any page waits.
        """
        name = f"look {what} {next(self._numbers)}" if fresh else f"look {what}"
        try:
            return await self._awaited(self._begun(name, work), within_s)
        except GoesOn:
            raise Busy("portal", what, f"no answer within {within_s or PATIENCE_S:g} s") from None

    def is_changing(self, whose: str) -> bool:
        """Whether anything of theirs is under way."""
        return whose in self._turns

    async def last_of(self, whose: str) -> Any:
        """What came of somebody's latest change; None where none is known. Raises GoesOn, and what it raised."""
        if self.is_changing(whose):
            raise GoesOn
        task = self._ended.get(whose)
        return None if task is None else task.result()

    async def aclose(self) -> None:
        """Give up what is under way; the engine finishes at its next run what was begun."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begun(self, name: str, work: Callable[[], Awaitable[T]]) -> asyncio.Task[T]:
        known = self._under_way.get(name)
        if known is not None:
            return known
        if len(self._under_way) >= MOST:
            raise TooMany

        async def whole() -> T:
            return await work()

        task = self._under_way[name] = asyncio.create_task(whole(), name="portal errand")
        task.add_done_callback(lambda ended: self._end(name, ended))
        return task

    async def _awaited(self, task: asyncio.Task[T], within_s: float | None = None) -> T:
        await asyncio.wait({task}, timeout=PATIENCE_S if within_s is None else within_s)
        if not task.done():
            raise GoesOn
        return task.result()

    def _end(self, name: str, task: asyncio.Task[Any]) -> None:
        self._under_way.pop(name, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.info("what was done for somebody ended", extra={"facts": {"saw": type(error).__name__}})

    def _changed(self, whose: str, lock: asyncio.Lock, task: asyncio.Task[Any]) -> None:
        if task.cancelled():
            return
        self._ended[whose] = task
        while len(self._ended) > _MOST_KEPT:
            self._ended.popitem(last=False)
        if not any(name.startswith(_changes_of(whose)) for name in self._under_way) and self._turns.get(whose) is lock:
            del self._turns[whose]


def _changes_of(whose: str) -> str:
    """How the names of somebody's changes begin, and of nothing that is only looked at."""
    return f"change {whose} "
