"""Begins sweeps when they are due or asked for, never two on one route, and says what came of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from samepic.model.outcome import RunOutcome
from samepic.model.system import Grant
from samepic.ports.clock import SteadyClock
from samepic.ports.errors import AccessDenied
from samepic.ports.state import RouteBusy, StateUnusable
from samepic.ports.sweeps import Sweeps
from samepic.service.agenda import Agenda
from samepic.service.ended import Came, Ended, Why, came_of

_log = logging.getLogger("samepic.service")

LONGEST_NAP_S = 30.0
"""A machine that slept, or whose clock was set, is met after so long at most."""

BUSY_AGAIN_S = 60.0
"""Another run is at work on the route, or the state is away: how long until it is asked again."""


@dataclass(slots=True)
class UnderWay:
    """A sweep at work."""

    task: asyncio.Task[RunOutcome]
    route: str
    why: Why
    full: bool
    began_at: datetime
    called_off: bool = False


class Scheduler:
    """The sweeps of all routes. Everything happens in one event loop.

    told: called with each sweep's end; must not wait, and may not raise.
    """

    def __init__(
        self,
        routes: Sequence[str],
        agenda: Agenda,
        sweeps: Sweeps,
        clock: SteadyClock,
        told: Callable[[Ended], None],
    ) -> None:
        self.routes = tuple(routes)
        self.under_way: dict[str, UnderWay] = {}
        self.last: dict[str, Ended] = {}
        self.looked_at_s = clock.steady_s()
        self._agenda = agenda
        self._sweeps = sweeps
        self._clock = clock
        self._told = told
        self._not_before_s: dict[str, float] = {}
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Begin what is due, for ever. Cancelling ends the sweeps at work and waits for them."""
        try:
            while True:
                nap_s = self.look()
                self._wake.clear()
                try:
                    await asyncio.wait_for(self._wake.wait(), nap_s)
                except TimeoutError:
                    continue
        finally:
            await self.end()

    def look(self) -> float:
        """Begin whatever is due; say how many seconds may pass until the next look."""
        self.looked_at_s, now = self._clock.steady_s(), self._clock.now()
        self._agenda.keep()
        nap_s = LONGEST_NAP_S
        for route in self._agenda.routes:
            if route in self.under_way:
                continue
            put_off_s = self._not_before_s.get(route, 0.0) - self.looked_at_s
            if put_off_s > 0:
                nap_s = min(nap_s, put_off_s)
            elif (why := self._agenda.due(route, now)) is not None:
                self._begin(route, why, full=self._agenda.full(route, self._clock.now()))
            elif (following := self._agenda.next(route, now)) is not None:
                nap_s = min(nap_s, (following - now).total_seconds())
        return max(nap_s, 0.01)

    def now(self) -> datetime:
        """The present, as the scheduler sees it."""
        return self._clock.now()

    def alive(self) -> bool:
        """Whether it looks at the clock as often as it should."""
        return self._clock.steady_s() - self.looked_at_s < 3 * LONGEST_NAP_S

    def next(self, route: str) -> datetime | None:
        """When the route is swept next by the clock; None where the clock sweeps it not."""
        return self._agenda.next(route, self._clock.now())

    def next_full(self, route: str) -> datetime | None:
        """When the clock begins the next sweep over everybody; None where it begins none."""
        return self._agenda.next_full(route, self._clock.now())

    def sweep_now(self, route: str, *, full: bool = True) -> bool:
        """Begin a sweep at once; False where one is at work. Raises KeyError for an unknown route."""
        if route not in self.routes:
            raise KeyError(route)
        if route in self.under_way:
            return False
        self._begin(route, Why.ASKED, full=full)
        return True

    def cancel(self, route: str) -> bool:
        """End the sweep at work; False where there is none. Its moment counts as done."""
        if (under_way := self.under_way.get(route)) is None:
            return False
        under_way.called_off = True
        return under_way.task.cancel()

    async def end(self) -> None:
        """End the sweeps at work. Their moments are not done: the next service makes up for them."""
        tasks = [under_way.task for under_way in self.under_way.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, route: str, why: Why, *, full: bool) -> None:
        task = asyncio.create_task(self._sweeps.sweep(route, full=full), name=f"sweep of {route}")
        self.under_way[route] = UnderWay(task, route, why, full, self._clock.now())
        task.add_done_callback(lambda _: self._end_of(self.under_way.pop(route)))
        _log.info("a sweep begins", extra={"facts": {"route": route, "why": why.value, "full": full}})

    def _end_of(self, swept: UnderWay) -> None:
        ended = _ended(swept, self._clock.now())
        if ended.came is Came.BUSY:
            self._not_before_s[swept.route] = self._clock.steady_s() + BUSY_AGAIN_S
        else:
            self.last[swept.route] = ended
            if _state_was_away(swept):
                self._not_before_s[swept.route] = self._clock.steady_s() + BUSY_AGAIN_S
            elif ended.outcome is not None or ended.came is not Came.INTERRUPTED or swept.called_off:
                self._agenda.done(swept.route, ended.ended_at)
        self._told(ended)
        self._wake.set()


def _state_was_away(swept: UnderWay) -> bool:
    """Whether it was no system that failed it: then its moment is still to be done."""
    return not swept.task.cancelled() and isinstance(swept.task.exception(), StateUnusable)


def _ended(swept: UnderWay, now: datetime) -> Ended:
    """How a task that is over came out. Whatever it raised, the other routes and the next moment go on."""
    outcome: RunOutcome | None = None
    missing: tuple[Grant, ...] = ()
    if swept.task.cancelled():
        came, words = Came.INTERRUPTED, "it was called off" if swept.called_off else "the service ended"
    elif (error := swept.task.exception()) is not None:
        came, words = Came.BUSY if isinstance(error, RouteBusy) else Came.FAILED, str(error) or type(error).__name__
        missing = error.missing if isinstance(error, AccessDenied) else ()
    else:
        outcome = swept.task.result()
        came, words = came_of(outcome), outcome.stopped or ("it was cancelled" if outcome.cancelled else "")
    full = outcome.full if outcome is not None else swept.full
    return Ended(swept.route, swept.why, full, swept.began_at, now, came, outcome, words, missing)
