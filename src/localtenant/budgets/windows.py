"""How much was used of a budget within its span, and how long until more fits.

Times and spans in seconds of the budgets' clock. A refused call counts too: “throttled requests count towards usage
limits” (sp-dev-docs), “all requests accrue against your usage limits” (graph/throttling).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from localtenant.budgets.table import Shape

SLOTS = 60
MOST_USE = 1.8
"""How far over its limit a bucket goes: `x-ms-throttle-limit-percentage` is told from 0.8 to 1.8."""


class Window(Protocol):
    """The use of one budget by whoever it is counted for."""

    def used(self, now: float) -> float:
        """What counts at this time."""

    def take(self, amount: float, limit: float, now: float) -> float:
        """Count a call. The seconds until it would fit, 0 where it fits."""

    def resets_in(self, now: float) -> float:
        """Seconds until nothing counts any longer if nobody calls."""


@dataclass(slots=True)
class Fixed:
    """A span that begins with the first call it counts; with `aligned`, at a whole number of spans since 1970."""

    span: float
    aligned: bool = False
    _began: float = float("-inf")
    _used: float = 0

    def used(self, now: float) -> float:
        """Within the span that now is in."""
        return self._used if self._began <= now < self._began + self.span else 0

    def take(self, amount: float, limit: float, now: float) -> float:
        """Refused until the span is over."""
        if not self._began <= now < self._began + self.span:
            self._began = now // self.span * self.span if self.aligned else now
            self._used = 0
        self._used += amount
        return self.resets_in(now) if self._used > limit else 0

    def resets_in(self, now: float) -> float:
        """Until the span is over."""
        return self._began + self.span - now if self.used(now) else 0


@dataclass(slots=True)
class Sliding:
    """Never more than the limit within any span: kept in slots, each of which counts until its last moment is past."""

    span: float
    _slots: deque[list[float]] = field(default_factory=deque)  # number, amount
    _total: float = 0

    def used(self, now: float) -> float:
        """Within the span that ends now."""
        self._forget(now)
        return self._total

    def take(self, amount: float, limit: float, now: float) -> float:
        """Refused until so much is past that it fits."""
        self._forget(now)
        refused = self._total + amount > limit
        number = now // self._slot
        if self._slots and self._slots[-1][0] == number:
            self._slots[-1][1] += amount
        else:
            self._slots.append([number, amount])
        self._total += amount
        if not refused:
            return 0
        left = self._total
        for number, gone in self._slots:
            left -= gone
            if left + amount <= limit:
                return self._end(number) - now
        return self.span

    def resets_in(self, now: float) -> float:
        """Until the newest slot is past."""
        self._forget(now)
        return self._end(self._slots[-1][0]) - now if self._slots else 0

    @property
    def _slot(self) -> float:
        return self.span / SLOTS

    def _end(self, number: float) -> float:
        return (number + 1) * self._slot + self.span

    def _forget(self, now: float) -> None:
        if self._slots and self._slots[-1][0] > now // self._slot:  # the clock was set back
            self._slots.clear()
            self._total = 0
        while self._slots and self._end(self._slots[0][0]) <= now:
            self._total -= self._slots.popleft()[1]


@dataclass(slots=True)
class Bucket:
    """Fills by what is called and empties evenly, a whole limit within a span (graph: “a token bucket algorithm”)."""

    span: float
    _level: float = 0
    _limit: float = 0
    _at: float = 0

    def used(self, now: float) -> float:
        """What has not run out yet."""
        passed = max(0.0, now - self._at)
        return max(0.0, self._level - passed * self._limit / self.span)

    def take(self, amount: float, limit: float, now: float) -> float:
        """Refused until it has emptied far enough."""
        level = self.used(now)
        refused = level + amount > limit
        self._level, self._limit, self._at = level + amount, limit, now
        if not refused:
            return 0
        self._level = min(self._level, MOST_USE * limit)
        return min(self.span * MOST_USE, (self._level + amount - limit) * self.span / limit)

    def resets_in(self, now: float) -> float:
        """Until it is empty."""
        return self.used(now) * self.span / self._limit if self._limit else 0


def window_of(shape: Shape, span: float) -> Window:
    """An unused one."""
    if shape is Shape.SLIDING:
        return Sliding(span)
    if shape is Shape.BUCKET:
        return Bucket(span)
    return Fixed(span, aligned=shape is Shape.UTC_DAY)
