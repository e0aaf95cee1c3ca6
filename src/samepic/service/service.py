"""The service: the scheduler with whatever listens beside it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from samepic.model.timing import Timing
from samepic.ports.clock import SteadyClock
from samepic.ports.outage import Outage
from samepic.ports.state import StateUnusable
from samepic.ports.sweeps import Schedules, Sweeps
from samepic.service.address import address
from samepic.service.agenda import Agenda
from samepic.service.control import Control
from samepic.service.ended import Came, Ended
from samepic.service.figures import Figures
from samepic.service.schedule import Schedule
from samepic.service.scheduler import Scheduler
from samepic.service.standing import Standings
from samepic.service.web import Pages
from samepic.service.webhook import Receiver, Webhook

_log = logging.getLogger("samepic.service")

_HOLDS_ON_EVERY_S = 2.0


@dataclass(frozen=True, slots=True)
class Duties:
    """What the service is to do.

    timings: of every route by name. seed: tells this installation's jitter from others'. folder: of the state. who: the
    process, for whoever asks. token: what its pages ask for."""

    timings: Mapping[str, Timing]
    seed: str
    folder: Path
    who: str
    listen: tuple[str, int] | None = None
    webhook: Receiver | None = None
    token: str | None = field(default=None, repr=False)


class Service:
    """One process that sweeps by the clock and takes orders."""

    def __init__(
        self,
        duties: Duties,
        sweeps: Sweeps,
        remembered: Schedules,
        standings: Standings,
        clock: SteadyClock,
        hold_on: Callable[[], None] = lambda: None,
    ) -> None:
        """hold_on: sees to it that this is the one service at work on the state, and takes that up again where it was
        lost with the connection. Asked now and then, in a thread; raises StateUnusable, and RouteBusy where another is.
        """
        self._duties = duties
        self._hold_on = hold_on
        self._away: str | None = None
        self._clock = clock
        self._began_at = clock.now()
        schedules = {
            route: Schedule(timing.cron, timing.zone, timing.jitter, f"{duties.seed}\n{route}")
            for route, timing in duties.timings.items()
            if timing.cron is not None
        }
        full_every = {route: timing.full_every for route, timing in duties.timings.items()}
        agenda = Agenda(schedules, remembered, self._began_at, full_every)
        self.scheduler = Scheduler(tuple(duties.timings), agenda, sweeps, clock, self._told)
        self.figures = Figures(self.scheduler, standings)
        self._standings = standings
        self._listens: str | None = None
        self._webhook = None if duties.webhook is None else Webhook(duties.webhook, clock)

    async def run(self, until: asyncio.Event) -> None:
        """Be at work until the event; sweeps under way are ended then. Raises OSError where it cannot listen."""
        async with AsyncExitStack() as stack:
            control = Control(address(self._duties.folder), self._obey)
            await control.start()
            stack.push_async_callback(control.aclose)
            if self._duties.listen is not None:
                await self._start_pages(self._duties.listen, stack)
            if self._webhook is not None:
                telling = asyncio.create_task(self._webhook.run(), name="webhook")
                stack.push_async_callback(_ended, telling)
            self._greet()
            scheduler = asyncio.create_task(self.scheduler.run(), name="scheduler")
            holding = asyncio.create_task(self._hold(), name="holding")
            ended = asyncio.create_task(until.wait(), name="until")
            await asyncio.wait((scheduler, holding, ended), return_when=asyncio.FIRST_COMPLETED)
            for task in (ended, scheduler, holding):
                task.cancel()
            _log.info("the service ends", extra={"facts": {"under_way": sorted(self.scheduler.under_way)}})
            await asyncio.gather(scheduler, holding, return_exceptions=True)
            for task in (scheduler, holding):
                if not task.cancelled() and (error := task.exception()) is not None:
                    raise error

    async def _hold(self) -> None:
        """Hold on to being the one service, for ever; a state that is away is waited for. Raises RouteBusy."""
        outage = Outage(_log)
        while True:
            try:
                await asyncio.to_thread(self._hold_on)
            except StateUnusable as fault:
                outage.met(fault)
                self._away = str(fault)
            else:
                outage.over()
                self._away = None
            await asyncio.sleep(_HOLDS_ON_EVERY_S)

    async def _start_pages(self, listen: tuple[str, int], stack: AsyncExitStack) -> None:
        pages = Pages(listen, self.figures, self._healthy, self._ready, self._duties.token)
        stack.push_async_callback(pages.aclose)
        try:
            self._listens = await pages.start()
        except OSError as error:
            where = f"{listen[0]}:{listen[1]}"
            raise OSError(f"nothing can listen at {where}: {error}; [service] listen names another address") from None
        host = urlsplit(self._listens).hostname or ""
        if self._duties.token is None and not ip_address(host).is_loopback:
            _log.warning("whoever reaches %s reads the figures: [service] token keeps strangers out", self._listens)

    def _healthy(self) -> dict[str, str | None]:
        return {"scheduler": None if self.scheduler.alive() else "it has not looked at the clock for too long"}

    def _ready(self) -> dict[str, str | None]:
        """Called in a thread."""
        found = self._healthy() | {"state": self._away}
        for route in self.scheduler.routes:
            try:
                standing = self._standings.of(route)
            except StateUnusable as error:
                return found | {"state": str(error)}
            last = self.scheduler.last.get(route)
            came = last.came if last is not None else standing.last and standing.last.state
            found[f"route {route}"] = "its latest sweep failed; the log says why" if came == Came.FAILED else None
        return found

    def status(self) -> dict[str, Any]:
        """How the service stands, for whoever asks."""
        return {
            "who": self._duties.who,
            "since": _text(self._began_at),
            "listens": self._listens,
            "routes": [*map(self._route, self._duties.timings)],
        }

    def _route(self, route: str) -> dict[str, Any]:
        timing, last = self._duties.timings[route], self.scheduler.last.get(route)
        under_way = self.scheduler.under_way.get(route)
        return {
            "route": route,
            "runs": timing.starts.value,
            "schedule": timing.cron,
            "time_zone": timing.zone,
            "next": _text(self.scheduler.next(route)),
            "next_full": _text(self.scheduler.next_full(route)),
            "under_way": under_way
            and {"since": _text(under_way.began_at), "why": under_way.why.value, "full": under_way.full},
            "last": last
            and {"came": last.came.value, "ended_at": _text(last.ended_at), "why": last.why.value}
            | {"full": last.full},
        }

    def _obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """The orders: status; sweep and cancel, of the routes named. A sweep is a full one unless `full` is false."""
        verb = order.get("do")
        if verb == "status":
            return self.status()
        if verb not in ("sweep", "cancel"):
            raise ValueError("an order is status, sweep or cancel")
        routes = _named(order.get("routes"), self._duties.timings)
        if verb == "cancel":
            return {"done": {route: self.scheduler.cancel(route) for route in routes}}
        full = order.get("full", True) is not False
        return {"done": {route: self.scheduler.sweep_now(route, full=full) for route in routes}}

    def _greet(self) -> None:
        for route in self._duties.timings:
            facts = {"route": route, "runs": self._duties.timings[route].starts.value}
            _log.info("the service is at work", extra={"facts": facts | {"next": _text(self.scheduler.next(route))}})

    def _told(self, ended: Ended) -> None:
        self.figures.ended(ended)
        if self._webhook is not None:
            self._webhook.tell(ended)
        outcome = ended.outcome
        facts: dict[str, Any] = {"route": ended.route, "why": ended.why.value, "came": ended.came.value}
        facts["full"] = ended.full
        if outcome is not None:
            facts |= {"run": outcome.run, "plan": outcome.plan, "people": outcome.people, "written": outcome.written}
            facts |= {"cleared": outcome.cleared, "failed": outcome.failed, "seconds": round(outcome.seconds, 1)}
            facts |= {"instead": outcome.instead} if outcome.instead else {}
        level = {Came.FAILED: logging.ERROR, Came.HELD: logging.WARNING}.get(ended.came, logging.INFO)
        _log.log(level, "a sweep has ended", extra={"facts": facts | ({"words": ended.words} if ended.words else {})})


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _named(wanted: object, known: Mapping[str, Timing]) -> Sequence[str]:
    if not isinstance(wanted, list) or not wanted or not set(map(str, wanted)) <= set(known):
        raise ValueError(f"name some of these routes: {', '.join(known)}")
    return [str(route) for route in wanted]


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None
