"""How a tenant comes to be: its ids, its world, its secrets."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from localtenant.authority.desk import AuthorityDesk
from localtenant.behaviours import Behaviours
from localtenant.budgets.enforcing import figures_of
from localtenant.clock import Clock
from localtenant.store.folder import LAYOUT, StateFolder
from localtenant.store.store import Store
from localtenant.tenant import Tenant
from localtenant.worlds.draw import Draw
from localtenant.worlds.making import Drawn, make

DOMAIN = "fjordlys.example"
PEOPLE = 200
SEED = 1


@dataclass(frozen=True, slots=True)
class Options:
    """What somebody may choose about a tenant. None where the default, or the state folder's own, shall do.

    port: 0 takes a free one. licences: by which the vendor's budgets grow; as many as people. budgets: other figures
    than the vendor's, or `off`, by name. time_scale: how many times faster budgets and gates pass. latency_ms: how much
    longer every API's answer takes.
    """

    people: int | None = None
    seed: int | None = None
    port: int = 0
    state: Path | None = None
    tls: bool = False
    behaviours: dict[str, str] = field(default_factory=dict)
    budgets: dict[str, str] = field(default_factory=dict)
    time_scale: float = 1
    latency_ms: float = 0
    licences: int | None = None


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a world was made of, as the state folder remembers it: the same again gives the same world."""

    seed: int
    people: int
    domain: str
    made_at: str
    folder: str
    file_prefix: str
    large_px: int
    placeholder_files: bool = False


class OtherWorld(ValueError):
    """The state folder holds a world of another seed or size than was asked for."""


def found(options: Options, drawn: Drawn | None = None) -> Tenant:
    """A tenant with its world, not yet served. drawn: hears how far the drawing of a big world has come.

    Raises UnknownBehaviour, UnknownBudget, OtherWorld, StateInUse, StateUnreadable, and what `drawn` raises.
    """
    Behaviours(options.behaviours)
    figures_of(options.budgets)
    folder = StateFolder(options.state) if options.state else None
    try:
        return _found(options, folder, drawn)
    except BaseException:
        if folder is not None:
            folder.close()
        raise


def _found(options: Options, folder: StateFolder | None, drawn: Drawn | None) -> Tenant:
    kept = folder.remembered("behaviours") if folder else None
    behaviours = Behaviours({**(kept or {}), **options.behaviours})
    beginning = _beginning(options, behaviours, folder)
    store = Store(Draw(beginning.seed), folder)
    make(
        beginning.seed,
        beginning.people,
        beginning.domain,
        datetime.fromisoformat(beginning.made_at),
        folder=beginning.folder,
        file_prefix=beginning.file_prefix,
        large_px=beginning.large_px,
        placeholder_files=beginning.placeholder_files,
        drawn=drawn,
    ).fill(store)
    store.recall()
    tenant = Tenant(
        str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{beginning.seed}.{beginning.domain}")),
        beginning.domain,
        beginning.seed,
        store,
        behaviours=behaviours,
        authority=AuthorityDesk(options.state),
        tls=options.tls,
        folder=folder,
        clock=Clock(options.time_scale),
        latency_seconds=options.latency_ms / 1000,
        chosen_budgets=figures_of(options.budgets),
        licences=options.licences,
    )
    if folder is not None:
        tenant.clock.offset = timedelta(seconds=folder.remembered("clock_offset_seconds") or 0)
        tenant.remember_settings()
    tenant.control_token = tenant.authority.secrets.control_token
    return tenant


def _beginning(options: Options, behaviours: Behaviours, folder: StateFolder | None) -> Beginning:
    kept = folder.remembered("beginning") if folder else None
    if kept is not None:
        beginning = Beginning(**kept)
        for name, asked, there in (
            ("--seed", options.seed, beginning.seed),
            ("--people", options.people, beginning.people),
        ):
            if asked not in (None, there):
                raise OtherWorld(f"{options.state} holds a world of {name} {there}, not {asked}; take another folder")
        return beginning
    beginning = Beginning(
        seed=SEED if options.seed is None else options.seed,
        people=PEOPLE if options.people is None else options.people,
        domain=DOMAIN,
        made_at=datetime.now(UTC).isoformat(),
        folder=behaviours["folder_name"],
        file_prefix=behaviours["file_prefix"],
        large_px=int(behaviours["large_px"]),
        placeholder_files=behaviours["placeholder_file"] == "stored",
    )
    if folder is not None:
        folder.remember(layout=LAYOUT, beginning=asdict(beginning))
    return beginning
