"""Whole pictures at hand at once: bounded, and admitted several together, so that they share a request."""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType
from typing import Any, Self

TOGETHER = 4
"""Originals in one convoy: what they share is a batch, whose answer is held in memory whole."""

SMALL_BYTES = 1 << 18
"""What is as small as most pictures are weighs little beside what a convoy may: nobody waits until it is drawn."""

_LANES = 2
_OPEN_S = 0.004


class _Lane:
    """One convoy's place. open: it has just begun, and takes in who comes in the same moment."""

    def __init__(self) -> None:
        self.aboard = 0
        self.open = False


class Convoys:
    """`async with` it around each whole picture, from the first byte until its renditions are made; see `has_read`.

    Pictures are megabytes, so that at most LANES * TOGETHER are at hand. Let in one by one as others leave, each would
    be asked for alone; a convoy is let in when the one before it has left its lane. Whoever comes alone waits for
    nobody.
    """

    def __init__(self, lanes: int = _LANES, together: int = TOGETHER) -> None:
        self._together = together
        self._lanes = [_Lane() for _ in range(lanes)]
        self._of: dict[asyncio.Task[Any] | None, _Lane] = {}
        self._waiting: deque[asyncio.Future[_Lane]] = deque()

    async def __aenter__(self) -> Self:
        lane = self._room()
        if lane is None:
            future: asyncio.Future[_Lane] = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            try:
                lane = await future
            except asyncio.CancelledError:
                if future.done() and not future.cancelled():
                    self._leave(future.result())
                raise
        self._of[asyncio.current_task()] = lane
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave_if_aboard()

    def has_read(self, size_bytes: int) -> None:
        """A picture has come: with a small one the present task leaves its convoy, and the next one is let in.

        So pictures are read while others are drawn. Of large ones no more are at hand than before.
        """
        if size_bytes <= SMALL_BYTES:
            self._leave_if_aboard()

    def _leave_if_aboard(self) -> None:
        lane = self._of.pop(asyncio.current_task(), None)
        if lane is not None:
            self._leave(lane)

    def _room(self) -> _Lane | None:
        """A place in a convoy that has just begun, or in one that begins now."""
        for lane in self._lanes:
            if lane.open and lane.aboard < self._together:
                lane.aboard += 1
                return lane
        empty = next((lane for lane in self._lanes if not lane.aboard), None)
        if empty is not None:
            empty.aboard, empty.open = 1, True
            asyncio.get_running_loop().call_later(_OPEN_S, setattr, empty, "open", False)
        return empty

    def _leave(self, lane: _Lane) -> None:
        lane.aboard -= 1
        lane.open = False
        if lane.aboard:
            return
        while self._waiting and lane.aboard < self._together:
            waiting = self._waiting.popleft()
            if not waiting.done():  # else whoever waited has been cancelled
                lane.aboard += 1
                waiting.set_result(lane)
