"""What one process alone takes of its budgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from samepic.model.budget import Budget, Lane
from samepic.model.spending import Lease, Spending, give_back, lease, others_wait, throttled, told
from samepic.ports.budgets import Ask


class InMemory:
    """A `samepic.ports.budgets.Spendings` of one process."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self.of: dict[tuple[str, str], Spending] = {}

    async def lease(self, asks: Sequence[Ask], whom: Lane, in_flight: float) -> list[Lease]:
        """See the port."""
        leases, now = [], self.clock()
        for ask in asks:
            key = (ask.scope, ask.budget.name)
            spending = self.of.get(key, Spending())
            if ask.back is not None:
                spending = give_back(spending, *ask.back, whom)
            if ask.told is not None:
                spending = told(spending, ask.budget, now, ask.told)
            self.of[key], leased = lease(spending, ask.budget, now, ask.need, ask.wanted, whom, in_flight)
            leases.append(leased)
        return leases

    async def give_back(self, scope: str, budget: Budget, until: float, units: float, whom: Lane) -> bool:
        """See the port."""
        key = (scope, budget.name)
        self.of[key] = give_back(self.of.get(key, Spending()), until, units, whom)
        return others_wait(self.of[key], self.clock())

    async def throttled(self, scope: str, budgets: Sequence[Budget], wait: float) -> None:
        """See the port."""
        for budget in budgets:
            key = (scope, budget.name)
            self.of[key] = throttled(self.of.get(key, Spending()), budget, self.clock(), wait)
