"""Who carries out the sweeps that the service begins."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from samepic.model.outcome import RunOutcome


class Sweeps(Protocol):
    """Sweeps of the configured routes, one at a time of each."""

    async def sweep(self, route: str, *, full: bool) -> RunOutcome:
        """Carry one out to its end; what a system refuses is told in `RunOutcome.stopped`.

        full: over everybody; else over those of whom there is news, or everybody where that is not known.
        Raises RouteBusy where another run is at work on the route, SystemFault where a system cannot even be reached,
        StateUnusable. Cancelling ends it as soon as it can end without leaving anything half done that the next one
        does not finish.
        """
        ...


class Schedules(Protocol):
    """Until when each route's scheduled sweeps are done; outlives the process."""

    def taken(self, route: str) -> datetime | None:
        """Moments until then want no sweep any more; None where no service has known the route."""
        ...

    def last_full(self, route: str) -> datetime | None:
        """When the last full sweep began that ended well, whoever began it; None where none has."""
        ...

    def take(self, route: str, until: datetime) -> None:
        """Remember a later moment, or an earlier one, where a clock was wrong."""
        ...
