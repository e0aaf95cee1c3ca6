"""One tenant: what every API gets handed."""

from __future__ import annotations

from dataclasses import dataclass, field

from localtenant.authority.desk import AuthorityDesk
from localtenant.behaviours import Behaviours
from localtenant.clock import Clock
from localtenant.ledger import Ledger
from localtenant.store.store import Store


@dataclass
class Tenant:
    """A running tenant. `url` is its one origin without a trailing slash, known once the port is."""

    tenant_id: str
    domain: str  # e.g. fjordlys.example
    seed: int
    store: Store
    url: str = ""
    clock: Clock = field(default_factory=Clock)
    behaviours: Behaviours = field(default_factory=Behaviours)
    ledger: Ledger = field(default_factory=Ledger)
    control_token: str = ""
    authority: AuthorityDesk = field(default_factory=AuthorityDesk)
    tls: bool = False
