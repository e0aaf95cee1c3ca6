"""How routes stand by what is remembered, whoever's runs made it so."""

from __future__ import annotations

from collections.abc import Mapping
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


class Standings(Protocol):
    """Where the service reads them; from any thread."""

    def of(self, route: str) -> Standing:
        """One route's. Raises StateUnusable."""
        ...
