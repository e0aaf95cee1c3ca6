"""Wires the service, beside `samepic.wiring` so that no other command loads what only the service needs."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta

from samepic.config.load import Configuration
from samepic.config.secrets import MissingSecret
from samepic.engine import status_of
from samepic.engine.engine import new_run, this_process
from samepic.jobs import Sweeps
from samepic.model.outcome import RunOutcome
from samepic.ports.state import StateUnusable
from samepic.service.logged import Logged
from samepic.service.service import Duties, Service
from samepic.service.standing import BudgetUse, Standing
from samepic.service.webhook import Receiver
from samepic.state.store import Store, open_state
from samepic.transport.trust import trusting
from samepic.transport.unspoken import unspoken
from samepic.wiring import WallClock, assembled, http_options, kept_budgets, state_at

_SHORTEST_TOKEN = 16


class EngineSweeps:
    """`samepic.ports.sweeps.Sweeps`, each in this process, with systems of its own."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._routes = {route.name: route for route in configuration.settings.routes}
        self.answered: Callable[[str, int], None] | None = None

    async def sweep(self, route: str, *, full: bool) -> RunOutcome:
        """See the port."""
        async with assembled(self._configuration, self._routes[route], self.answered) as assembly:
            names = self._configuration.settings.log.names
            return await assembly.engine.sync(progress=Logged(names=names), full=full)


class SharedSweeps:
    """The same, by workers where any lives when a sweep begins, else in this process."""

    def __init__(self, configuration: Configuration, state: Store) -> None:
        self.alone = EngineSweeps(configuration)
        self._lease = timedelta(seconds=configuration.settings.workers.lease_seconds)
        self._shared = Sweeps(state, WallClock(), new_run, this_process())

    async def sweep(self, route: str, *, full: bool) -> RunOutcome:
        """See the port."""
        if await self._shared.a_worker_lives(self._lease):
            return await self._shared.sweep(route, full=full, why="samepic run")
        return await self.alone.sweep(route, full=full)


class StateStandings:
    """`samepic.service.standing.Standings` from the state."""

    def __init__(self, configuration: Configuration, state: Store) -> None:
        self._sides = {route.name: (route.target, route.source) for route in configuration.settings.routes}
        self._state = state
        self._kept = kept_budgets(configuration)

    def of(self, route: str) -> Standing:
        """See the port."""
        runs, (target, source) = self._state.runs, self._sides[route]
        shown = runs.pictures(route)
        sides = ((target, shown.target), (source, shown.source))
        pictures: dict[str, int] = {system: count for system, count in sides if count is not None}
        status = status_of(route, self._state)
        return Standing(status, runs.last_sweep(route), runs.last_sweep(route, done=True), pictures)

    def budgets(self) -> list[BudgetUse]:
        """See the port."""
        used = self._state.budgets.used()
        return [
            BudgetUse(name.value, used[name][0], kept.limit, used[name][1])
            for name, kept in self._kept.items()
            if name in used
        ]


SERVICE = "the service"
"""What its lock is called; no route can be called so."""


class OneService:
    """Being the only service at work on a state. A database that is started anew forgets who was: it is told again."""

    def __init__(self, state: Store, who: str, clock: WallClock) -> None:
        """Raises RouteBusy, StateUnusable."""
        self._state = state
        self._who = who
        self._clock = clock
        self._held: ExitStack | None = None
        self.hold_on()

    def hold_on(self) -> None:
        """Hold on to it, or take it up again. Raises StateUnusable where neither can be, and RouteBusy."""
        if self._held is not None:
            try:
                self._state.look()
            except StateUnusable:
                self.close()
        if self._held is None:
            held = ExitStack()
            held.enter_context(self._state.route_lock(SERVICE, self._who, self._clock.now()))
            self._held = held

    def close(self) -> None:
        """Give it back."""
        held, self._held = self._held, None
        if held is not None:
            held.close()


@contextmanager
def serving(configuration: Configuration) -> Iterator[Service]:
    """The service, once on each state.

    Raises RouteBusy where one is at work, MissingSecret, StateNewer, StateUnusable.
    """
    webhook, token = _receiver(configuration), _token(configuration)
    clock, who = WallClock(), f"process {os.getpid()} on {socket.gethostname()}"
    folder, settings = configuration.state_folder, configuration.settings
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    state = open_state(state_at(configuration))
    try:
        with closing(OneService(state, who, clock)) as one:
            timings = {route.name: route.timing() for route in settings.routes}
            seed = settings.microsoft365.tenant_id.casefold()
            duties = Duties(timings, seed, folder, who, settings.service.address(), webhook, token)
            sweeps = SharedSweeps(configuration, state)
            service = Service(duties, sweeps, state.schedules, StateStandings(configuration, state), clock, one.hold_on)
            sweeps.alone.answered = service.figures.answered
            yield service
    finally:
        state.close()


def _token(configuration: Configuration) -> str | None:
    """What the service's pages ask for."""
    chosen = configuration.settings.service.token
    if chosen is None:
        return None
    try:
        token = chosen.value(configuration.path.parent)
    except MissingSecret as error:
        raise MissingSecret(f"[service] token: {error}") from None
    if len(token) < _SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise MissingSecret(f"[service] token: needs {_SHORTEST_TOKEN} letters, digits or signs; openssl rand -hex 32")
    return unspoken(token)


def _receiver(configuration: Configuration) -> Receiver | None:
    """Who is told, with the secret; trusted as the clouds are."""
    chosen = configuration.settings.service.webhook
    if chosen is None:
        return None
    try:
        receiver = Receiver(
            chosen.url,
            unspoken(chosen.secret.value(configuration.path.parent)),
            trusting(http_options(configuration).ca_file),
        )
        receiver.key()
    except MissingSecret as error:
        raise MissingSecret(f"[service.webhook] secret: {error}") from None
    except ValueError:
        raise MissingSecret("[service.webhook] secret: what follows whsec_ is no base64") from None
    unspoken(chosen.url)
    return receiver
