"""Which routes are due: what cron says, against what has been done."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from samepic.ports.state import StateUnusable
from samepic.ports.sweeps import Schedules
from samepic.service.ended import Why
from samepic.service.schedule import SET_BACK, Schedule, believed

_log = logging.getLogger("samepic.service")

_LATE = timedelta(minutes=5)
"""What begins later than this after its moment was missed and is made up for."""


class Agenda:
    """The scheduled routes.

    A moment is done when its sweep has ended, not when it begins: one that is killed is begun again by the next
    service. Moments that come while a sweep is at work go by; any number that were missed are made up for by one.
    """

    def __init__(
        self,
        schedules: Mapping[str, Schedule],
        remembered: Schedules,
        now: datetime,
        full_every: Mapping[str, timedelta] | None = None,
    ) -> None:
        """full_every: of each route, how long after a full sweep the next one is full; of others each is."""
        self._full_every = full_every or {}
        self._schedules = schedules
        self._remembered = remembered
        self._taken: dict[str, datetime] = {}
        self._unkept: set[str] = set()
        for route in schedules:
            taken = remembered.taken(route)
            if taken is None:
                remembered.take(route, now)  # the first service misses nothing of the time before it
            self._taken[route] = taken or now

    @property
    def routes(self) -> tuple[str, ...]:
        """Those that have a schedule."""
        return tuple(self._schedules)

    def due(self, route: str, now: datetime) -> Why | None:
        """Whether a sweep is wanted now, and since when."""
        taken = self._taken[route]
        if believed(taken, now) != taken:
            words = "the clock stands before what was done, and is believed"
            _log.warning(words, extra={"facts": {"route": route, "done_until": taken.isoformat()}})
            self._take(route, now)
        moment = self.next(route, now)
        if moment is None or moment > now:
            return None
        return Why.MISSED if now - moment > _LATE else Why.SCHEDULE

    def next(self, route: str, now: datetime) -> datetime | None:
        """When the next sweep begins; in the past where it is due. Changes nothing: any thread may ask."""
        return self._schedules[route].next(believed(self._taken[route], now)) if route in self._schedules else None

    def full(self, route: str, now: datetime) -> bool:
        """Whether a sweep that begins now is to be over everybody. Changes nothing."""
        wanted = self._full_wanted(route, now)
        return wanted is None or wanted <= now

    def next_full(self, route: str, now: datetime) -> datetime | None:
        """When the clock begins the next full sweep; None where it begins none. Changes nothing."""
        following = self.next(route, now)
        wanted = self._full_wanted(route, now)
        return following if following is None or wanted is None else max(following, wanted)

    def _full_wanted(self, route: str, now: datetime) -> datetime | None:
        """Of the schedule's moments the one nearest to when the next full sweep is wanted; None: at once.

        The nearest, not the first after it: a full sweep begins a little later each time, and a nightly one would
        miss every other night.
        """
        every, began = self._full_every.get(route), None
        with suppress(StateUnusable):  # a sweep finds that out for itself, and says it
            began = self._remembered.last_full(route)
        if not every or began is None or began - now > SET_BACK or route not in self._schedules:
            return None
        return self._schedules[route].nearest(began + every)

    def done(self, route: str, now: datetime) -> None:
        """A sweep has ended: whatever moment came until now is done."""
        if route in self._schedules:
            self._take(route, now)

    def keep(self) -> bool:
        """Enter what the state could not be told before; whether it knows everything now."""
        for route in sorted(self._unkept):
            try:
                self._remembered.take(route, self._taken[route])
            except StateUnusable:
                return False  # known here as yet; a service that begins before then makes up for it once more
            self._unkept.discard(route)
        return True

    def _take(self, route: str, until: datetime) -> None:
        self._taken[route] = until
        self._unkept.add(route)
        self.keep()
