"""How routes stand by what is remembered, whoever's runs made it so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from samepic.model.outcome import RouteStatus, RunRecord


@dataclass(frozen=True, slots=True)
class Standing:
    """One route. last: its latest sweep; done: the latest that was carried out. pictures: of each side by system."""

    status: RouteStatus
    last: RunRecord | None
    done: RunRecord | None
    pictures: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """A vendor's budget. used: units that count now; limit: the published figure; share: of it, what we keep below."""

    name: str
    used: float
    limit: float
    share: float


class Standings(Protocol):
    """Where the service reads them; from any thread."""

    def of(self, route: str) -> Standing:
        """One route's. Raises StateUnusable."""
        ...

    def budgets(self) -> Sequence[BudgetUse]:
        """Those that are kept and of which calls were made. Raises StateUnusable."""
        ...
