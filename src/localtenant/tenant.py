"""One tenant: what every API gets handed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from localtenant.authority.desk import AuthorityDesk
from localtenant.behaviours import Behaviours
from localtenant.budgets.enforcing import Budgets
from localtenant.clock import Clock
from localtenant.faults.registry import Faults
from localtenant.judge import Judge
from localtenant.ledger import Ledger
from localtenant.store.folder import StateFolder
from localtenant.store.store import Store


@dataclass
class Tenant:
    """A running tenant. `url` is its one origin without a trailing slash, known once the port is.

    latency_seconds: how long every API's answer takes longer, in real time.
    """

    tenant_id: str
    domain: str  # e.g. fjordlys.example
    seed: int
    store: Store
    url: str = ""
    clock: Clock = field(default_factory=Clock)
    behaviours: Behaviours = field(default_factory=Behaviours)
    ledger: Ledger = field(default_factory=Ledger)
    faults: Faults = field(default_factory=Faults)
    control_token: str = ""
    authority: AuthorityDesk = field(default_factory=AuthorityDesk)
    tls: bool = False
    folder: StateFolder | None = None
    budgets: Budgets = field(init=False)
    judge: Judge = field(default_factory=Judge)
    latency_seconds: float = 0
    chosen_budgets: Mapping[str, int | None] = field(default_factory=dict)
    licences: int | None = None

    def __post_init__(self) -> None:
        self.store.past.now = self.clock.now
        self.store.past.seconds = self.faults.longest_stale_seconds
        self.budgets = Budgets(self.clock, len(self.store.users), self.chosen_budgets, self.licences)

    def remember_settings(self) -> None:
        """Keep the clock's offset and the switches, so that a restart finds them as they are."""
        if self.folder is not None:
            offset = self.clock.offset.total_seconds()
            self.folder.remember(clock_offset_seconds=offset, behaviours=dict(self.behaviours))

    def reset(self) -> None:
        """The world, the switches, the budgets and the time as at the start; no counts, no faults, nobody signed in."""
        self.faults.clear()
        self.budgets.restore()
        self.judge.clear()
        self.store.restore()
        self.authority.reset()
        self.ledger.clear()
        self.behaviours.restore()
        self.clock.offset = timedelta()
        self.remember_settings()
