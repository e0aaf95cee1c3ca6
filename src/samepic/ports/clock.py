"""Time as the engine sees it, so that tests can move it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of time in engine and state."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        ...


class SteadyClock(Clock, Protocol):
    """The same, with what waiting is measured by."""

    def steady_s(self) -> float:
        """Seconds since some beginning; nobody sets them."""
        ...
