"""Wires the service, beside `samepic.wiring` so that no other command loads what only the service needs."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from samepic.config.load import Configuration
from samepic.model.outcome import RunOutcome
from samepic.service.service import Duties, Service
from samepic.state.store import open_state
from samepic.wiring import WallClock, assembled, state_at


class EngineSweeps:
    """`samepic.ports.sweeps.Sweeps`, each in this process, with systems of its own."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._routes = {route.name: route for route in configuration.settings.routes}

    async def sweep(self, route: str, *, full: bool) -> RunOutcome:
        """See the port."""
        async with assembled(self._configuration, self._routes[route]) as assembly:
            return await assembly.engine.sync()


SERVICE = "the service"
"""What its lock is called; no route can be called so."""


@contextmanager
def serving(configuration: Configuration) -> Iterator[Service]:
    """The service, once on each state. Raises RouteBusy where one is at work, StateNewer, StateUnusable."""
    clock, who = WallClock(), f"process {os.getpid()} on {socket.gethostname()}"
    folder, settings = configuration.state_folder, configuration.settings
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    state = open_state(state_at(configuration))
    try:
        with state.route_lock(SERVICE, who, clock.now()):
            timings = {route.name: route.timing() for route in settings.routes}
            duties = Duties(timings, settings.microsoft365.tenant_id.casefold(), folder, who)
            yield Service(duties, EngineSweeps(configuration), state.schedules, clock)
    finally:
        state.close()
