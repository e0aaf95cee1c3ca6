"""How a tenant comes to be: its ids, its world, its secrets."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from localtenant.behaviours import Behaviours
from localtenant.store.store import Store
from localtenant.tenant import Tenant

DOMAIN = "fjordlys.example"
PEOPLE = 200
SEED = 1


@dataclass(frozen=True, slots=True)
class Options:
    """What somebody may choose about a tenant. None where the default, or the state folder's own, shall do.

    port: 0 takes a free one.
    """

    people: int | None = None
    seed: int | None = None
    port: int = 0
    state: Path | None = None
    tls: bool = False
    behaviours: dict[str, str] = field(default_factory=dict)


def found(options: Options) -> Tenant:
    """A tenant with its world, not yet served. Raises UnknownBehaviour."""
    seed = SEED if options.seed is None else options.seed
    people = PEOPLE if options.people is None else options.people
    behaviours = Behaviours(options.behaviours)
    tenant_id = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{seed}.{DOMAIN}"))
    store = _store(seed, people)
    tenant = Tenant(tenant_id, DOMAIN, seed, store, behaviours=behaviours, tls=options.tls)
    tenant.control_token = tenant.authority.secrets.control_token
    return tenant


def _store(seed: int, people: int) -> Store:
    from localtenant import worlds

    draw = getattr(worlds, "Draw", None)
    make = getattr(worlds, "make", None)
    if draw is None or make is None:
        return Store(_no_draws)
    store = Store(draw(seed))
    make(seed, people, DOMAIN, datetime.now(UTC)).fill(store)
    return store


def _no_draws(ref: object, held: object) -> bytes:
    raise LookupError(f"no world draws {ref!r} yet")
