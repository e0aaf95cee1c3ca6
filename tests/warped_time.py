"""An event loop whose time passes at once where everybody sleeps: minutes of waiting in milliseconds."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _NoWaiting(selectors.DefaultSelector):
    """Tells how long it was asked to wait instead of waiting."""

    waited = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See the class."""
        ready = super().select(0)
        if not ready and timeout is not None and timeout > 0:
            self.waited += timeout
        return ready


class WarpedLoop(asyncio.SelectorEventLoop):
    """Nothing but its timers moves its time."""

    def __init__(self) -> None:
        self._no_waiting = _NoWaiting()
        super().__init__(self._no_waiting)

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self._no_waiting.waited


def warped(work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end."""
    with asyncio.Runner(loop_factory=WarpedLoop) as runner:
        return runner.run(work)
