"""A state that does not answer for a while: told in the log when it begins, and once more when it is over."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from samepic.ports.state import StateUnusable


class Outage:
    """One process's view of it. Several threads may find it out; the first says so."""

    def __init__(self, log: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock = clock
        self._turn = threading.Lock()
        self._since_s: float | None = None

    def met(self, fault: StateUnusable) -> None:
        """The state refused something."""
        with self._turn:
            if self._since_s is not None:
                return
            self._since_s = self._clock()
        self._log.warning("waiting for the state: %s", fault)

    def over(self) -> None:
        """The state has taken something."""
        with self._turn:
            if self._since_s is None:
                return
            since_s, self._since_s = self._since_s, None
        self._log.info("the state is usable again, after %.0f seconds", self._clock() - since_s)

    def __bool__(self) -> bool:
        return self._since_s is not None
