"""The tenant's time: the machine's, moved as far as somebody asked."""

from __future__ import annotations

import math
import time
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

FASTEST = 20

SKEW: ContextVar[timedelta] = ContextVar("skew", default=timedelta())
"""How far the clock is off for whatever runs now: a server whose clock nobody set."""


class Clock:
    """Real time plus an offset that tests move.

    scale: budgets and gates pass so many times faster than real time. Everything else stays as it is: tokens, digests,
    dates and the client's own clock, which goes by real seconds, and so does a `Retry-After` that it is told.
    """

    def __init__(self, scale: float = 1) -> None:
        self.offset = timedelta()
        self._scale = scale
        self._real = time.monotonic()
        self._passed = time.time()

    @property
    def scale(self) -> float:
        """How many times faster budgets and gates pass."""
        return self._scale

    def run(self, scale: float) -> None:
        """Let budgets and gates pass at another pace from now on."""
        self._passed, self._real = self._now(), time.monotonic()
        self._scale = scale

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC) + self.offset + SKEW.get()

    def move(self, by: timedelta) -> None:
        """Let time pass at once; a negative span sets it back."""
        self.offset += by

    def budget_seconds(self) -> float:
        """Seconds since 1970 as budgets see them; at a scale of 1 they are those of the present."""
        return self._now() + self.offset.total_seconds()

    def real_seconds(self, budget_seconds: float) -> int:
        """How long a client has to wait for so many seconds of a budget: whole real seconds, at least one."""
        return max(1, math.ceil(budget_seconds / self._scale - 1e-9))

    def gate(self, span: timedelta) -> timedelta:
        """How long a gate of this span is closed in real time."""
        return span / self._scale

    def _now(self) -> float:
        return self._passed + (time.monotonic() - self._real) * self._scale
