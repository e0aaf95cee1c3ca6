"""Wires workers, and the sweeps that they carry out; beside `samepic.wiring`, so that no other command loads this."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine as Database

from samepic.config.load import Configuration
from samepic.engine import Engine
from samepic.engine.engine import new_run, this_process
from samepic.jobs import Sweeps, Worker, WorkerOptions, new_holder
from samepic.model.lease import Lease
from samepic.ports.state import StateAway, StateNewer, StateUnusable
from samepic.state.jobs_file import jobs_file
from samepic.state.postgresql import jobs_engine, named
from samepic.state.store import Store, open_state
from samepic.wiring import Bound, WallClock, assembled, state_at


@contextmanager
def sweeps_of(configuration: Configuration) -> Iterator[Sweeps]:
    """Sweeps of all routes, for whoever begins, watches or ends them. Raises StateNewer, StateUnusable."""
    state = _state(configuration)
    try:
        yield Sweeps(state, WallClock(), new_run, this_process())
    finally:
        state.close()


@asynccontextmanager
async def worker(configuration: Configuration) -> AsyncIterator[Worker]:
    """A worker of all routes; each route's systems are made when its first sweep comes. Raises as `sweeps_of`."""
    async with AsyncExitStack() as stack:
        holder = new_holder()
        state = _state(configuration, holder)
        stack.callback(state.close)
        database = _jobs_database(configuration, holder)
        stack.callback(database.dispose)
        routes = {route.name: route for route in configuration.settings.routes}

        async def engine(name: str, lease: Lease, permit: Callable[[], None]) -> Engine:
            if name not in routes:
                raise LookupError(f"the configuration of this worker knows no route {name!r}")
            made = assembled(configuration, routes[name], bound=Bound(lease, permit))
            return (await stack.enter_async_context(made)).engine

        yield Worker(state, engine, database, WallClock(), options(configuration), holder)


def answers(configuration: Configuration) -> bool:
    """Whether the state takes a worker's first words; it may lie on a full disk, or its server may be away."""
    state = None
    try:
        state = _state(configuration)
        holder = f"{this_process()}, asking"
        state.leases.give_back(state.leases.take(holder, holder, WallClock().now()))
    except (StateUnusable, OSError):
        return False
    finally:
        if state is not None:
            state.close()
    return True


def is_away(configuration: Configuration) -> bool:
    """Whether nobody answers where the state is kept; somebody who refuses is there."""
    try:
        _state(configuration).close()
    except StateAway:
        return True
    except (StateNewer, StateUnusable, OSError):
        return False
    return False


def options(configuration: Configuration) -> WorkerOptions:
    """As configured."""
    chosen = configuration.settings.workers
    return WorkerOptions(timedelta(seconds=chosen.lease_seconds), chosen.people_per_shard, chosen.shards_at_once)


def _state(configuration: Configuration, holder: str | None = None) -> Store:
    configuration.state_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    at = state_at(configuration)
    return open_state(named(at, holder) if holder else at)


def _jobs_database(configuration: Configuration, holder: str) -> Database:
    """A file of its own beside the state's file, or a schema of its own in its database."""
    at = named(state_at(configuration), holder)
    return jobs_file(at.with_name("jobs.sqlite")) if isinstance(at, Path) else jobs_engine(at)
