"""What several workers together have taken of the budgets that they share, and for whom a call is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from samepic.model.budget import Budget, Lane
from samepic.model.spending import Lease, Told

_lane: ContextVar[Lane] = ContextVar("lane", default=Lane.SWEEP)


def lane() -> Lane:
    """For whom the present task calls."""
    return _lane.get()


@contextmanager
def calling_for(whom: Lane) -> Iterator[None]:
    """Whatever is called within, and in tasks that are begun within, is called for these."""
    token = _lane.set(whom)
    try:
        yield
    finally:
        _lane.reset(token)


@dataclass(frozen=True, slots=True)
class Ask:
    """Units of one budget to lease. scope: who shares it, an application in a tenant or a tenant.

    back: what an earlier lease left, with its `until`. told: what the vendor's headers said last, if anything new.
    """

    scope: str
    budget: Budget
    need: float
    wanted: float
    back: tuple[float, float] | None = None
    told: Told | None = None


class Spendings(Protocol):
    """Leases units of budgets to all who share them. What a dead worker has leased lapses by itself."""

    async def lease(self, asks: Sequence[Ask], whom: Lane, in_flight: float) -> list[Lease]:
        """One lease for each, in order. in_flight: see `samepic.model.spending.lease`."""
        ...

    async def give_back(self, scope: str, budget: Budget, until: float, units: float, whom: Lane) -> bool:
        """Return what was not used, before its time; says whether somebody else asked for it in vain."""
        ...

    async def throttled(self, scope: str, budgets: Sequence[Budget], wait: float) -> None:
        """The vendor refused: everybody waits for so many seconds, and calls less often afterwards."""
        ...
