"""Each call waits for its turn: until the budgets that it draws on have room, and nobody was told to wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from math import isfinite
from time import monotonic
from types import TracebackType

from samepic.model.budget import Budget, BudgetName, Cost, Lane
from samepic.model.sayings import saying
from samepic.model.spending import SLOTS_AGAIN_S, Told, lasts
from samepic.ports.budgets import Ask, Spendings, lane
from samepic.ports.errors import Busy
from samepic.ports.state import StateUnusable
from samepic.transport.answer import Answer
from samepic.transport.published import published
from samepic.transport.spendings import InMemory

THROTTLED = (429, 503)
_MOST_OF_A_BUDGET = 0.05
_SLOTS_TURN_S = 0.3
"""How long what is had at the same time is kept before others who wait get theirs."""

_NEVER_LESS = (BudgetName.SHAREPOINT_APP_DAY,)
"""A refusal says nothing about a whole day; what is used up of it is counted."""

_OF_TENANT = (BudgetName.SHAREPOINT_TENANT, BudgetName.PEOPLE_MANAGER)


@dataclass(slots=True)
class _Purse:
    """What is leased of one budget in one lane. until: this process's time. in_use: calls at the same time."""

    budget: Budget
    units: float = 0.0
    until: float = 0.0
    back_to: float = 0.0
    wanted: float = 0.0
    leased_at: float = 0.0
    in_use: float = 0.0
    yields: bool = False
    told: Told | None = None
    freed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def of_slots(self) -> bool:
        return self.budget.window is None

    def has(self, need: float, now: float) -> bool:
        """Whether a call may go now."""
        if self.of_slots:
            mine = now < self.leased_at + _SLOTS_TURN_S and now < self.until
            return mine and self.units > 0 and self.units - self.in_use >= min(need, self.units)
        return now < self.until and self.units >= need


@dataclass
class Budgets:
    """The budgets of one application in one tenant, as one process draws on them.

    kept: the budgets that are kept; with none, calls wait only where the vendor has told them to. spendings: what has
    been taken, by this process alone until `share` says with whom.
    """

    app: str = ""
    tenant: str = ""
    kept: Mapping[BudgetName, Budget] = field(default_factory=dict)
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    clock: Callable[[], float] = monotonic
    longest: timedelta = timedelta(minutes=5)
    spendings: Spendings = field(default_factory=InMemory)

    def __post_init__(self) -> None:
        self._purses: dict[tuple[Lane, BudgetName], _Purse] = {}
        self._lines: dict[tuple[Lane, str], asyncio.Lock] = {}
        self._held: dict[str, float] = {}
        self._in_flight = 0.1
        self._later: set[asyncio.Task[None]] = set()

    def share(self, spendings: Spendings) -> None:
        """From now on with all who use the same."""
        self.spendings = spendings

    def turn(self, system: str, doing: str, elsewhere: str, parts: int = 1) -> Turn:
        """One call's turns, one for each time it is sent. elsewhere: whom waits hold for that no budget names."""
        cost = published().cost(doing, parts)
        return Turn(self, system, doing, next(iter(cost), elsewhere), cost)

    async def take(self, turn: Turn) -> None:
        """Wait until all that a call draws on has room, and take it. Raises Busy rather than wait for too long."""
        whom = lane()
        line = self._lines.setdefault((whom, turn.service), asyncio.Lock())
        async with line:
            while True:
                await self._wait_while_held(turn)
                lacking = self._lacking(turn.cost, whom)
                if not lacking:
                    break
                wait = await self._lease(lacking, turn, whom)
                if wait > self.longest.total_seconds():
                    saw = saying("budget_used_up", seconds=f"{wait:.0f}")
                    raise Busy(turn.system, turn.doing, saw, timedelta(seconds=wait))
                if wait:
                    await self.sleep(wait)
            for name, units in turn.cost.items():
                purse = self._purses.get((whom, name))
                if purse is not None and purse.of_slots:
                    purse.in_use += units
                    turn.slots = (purse, units)
                elif purse is not None:
                    purse.units -= units
        turn.began = self.clock()

    async def ended(self, turn: Turn) -> None:
        """A call is answered, or will not be."""
        took = self.clock() - turn.began  # a call arrives well before its answer does
        self._in_flight = min(2.0, max(took / 2, 0.95 * self._in_flight))
        if turn.slots is None:
            return
        (purse, units), turn.slots = turn.slots, None
        purse.in_use -= units
        purse.freed.set()
        if purse.in_use <= 0 and self.clock() >= purse.leased_at + _SLOTS_TURN_S:
            await self._return(purse)

    async def heard(self, turn: Turn, answer: Answer) -> None:
        """Mind what the vendor says: everybody who calls the same waits, and calls less often afterwards."""
        wish = answer.wait()
        refused = answer.status in THROTTLED
        if wish is not None and (refused or answer.ok):
            turn.served = max(turn.served, self._hold(turn.service, wish.total_seconds()))
        if refused:
            wait = wish.total_seconds() if wish is not None else 0.0
            drawn = [self.kept[name] for name in turn.cost if name in self.kept and name not in _NEVER_LESS]
            for scope in {self._scope(budget.name) for budget in drawn}:
                of_scope = [budget for budget in drawn if self._scope(budget.name) == scope]
                await self.spendings.throttled(scope, of_scope, wait)
            self._drop(budget.name for budget in drawn)
        elif BudgetName.SHAREPOINT_APP_MINUTE in turn.cost:
            self._note(answer)

    def _hold(self, service: str, seconds: float) -> float:
        self._held[service] = max(self._held.get(service, 0.0), self.clock() + seconds)
        return self._held[service]

    async def _wait_while_held(self, turn: Turn) -> None:
        """Throttled requests count against the limit, so that nobody sends one before the time."""
        while (until := self._held.get(turn.service, 0.0)) > max(self.clock(), turn.served):
            wait = until - self.clock()
            if wait > self.longest.total_seconds():
                saw = saying("asked_to_wait", seconds=f"{wait:.0f}")
                raise Busy(turn.system, turn.doing, saw, timedelta(seconds=wait))
            await self.sleep(wait)
            turn.served = until

    def _lacking(self, cost: Cost, whom: Lane) -> list[_Purse]:
        """What has to be leased: all that the call draws on where one of them lacks, in one round trip."""
        now, lacks, drawn = self.clock(), False, []
        for name in sorted(self.kept.keys() & cost.keys()):
            purse = self._purses.get((whom, name))
            if purse is None:
                purse = self._purses[whom, name] = _Purse(self.kept[name])
            lacks = lacks or not purse.has(cost[name], now)
            drawn.append(purse)
        return drawn if lacks else []

    async def _lease(self, purses: list[_Purse], turn: Turn, whom: Lane) -> float:
        """Lease what is lacking; the seconds to wait before asking again, 0 where all was given."""
        for purse in [one for one in purses if one.of_slots]:
            while purse.in_use > 0:  # their turn is over, or all are taken: the next lease is for all of them
                purse.freed.clear()
                await purse.freed.wait()
                if purse.has(turn.cost[purse.budget.name], self.clock()):
                    return 0.0
            await self._return(purse)
            if purse.yields:
                purse.yields = False
                await self.sleep(3 * SLOTS_AGAIN_S)
        asks = [self._ask(purse, turn.cost[purse.budget.name]) for purse in purses]
        leases = await self.spendings.lease(asks, whom, self._in_flight)
        wait, now = 0.0, self.clock()
        for purse, lease in zip(purses, leases, strict=True):
            purse.units, purse.told = lease.units, None
            purse.until, purse.back_to, purse.leased_at = now + lease.lasts, lease.until, now
            if purse.of_slots and lease.units:
                later = asyncio.create_task(self._return_unused(purse))
                self._later.add(later)
                later.add_done_callback(self._later.discard)
            if lease.held:
                self._hold(turn.service, lease.held)
            elif not lease.units:
                wait = max(wait, lease.again)
        return wait

    def _ask(self, purse: _Purse, need: float) -> Ask:
        """More at a time where the last lease was used up at once, so that few round trips are needed."""
        budget, now = purse.budget, self.clock()
        quick = purse.units < need and now - purse.leased_at < lasts(budget)
        purse.wanted = 2 * purse.wanted if quick else purse.wanted / 2
        least = max(need, 2 * budget.limit * lasts(budget) / budget.window.total_seconds() if budget.window else 0)
        purse.wanted = min(max(purse.wanted, least), max(least, _MOST_OF_A_BUDGET * budget.limit))
        back = (purse.back_to, purse.units) if purse.units > 0 and not purse.of_slots else None
        return Ask(self._scope(budget.name), budget, need, purse.wanted, back, purse.told)

    async def _return(self, purse: _Purse) -> None:
        """Give slots back, before others who wait for them where there are such."""
        units, purse.units = purse.units, 0.0
        if units and self.clock() < purse.until:
            scope = self._scope(purse.budget.name)
            purse.yields = await self.spendings.give_back(scope, purse.budget, purse.back_to, units, lane())

    async def _return_unused(self, purse: _Purse) -> None:
        await asyncio.sleep(_SLOTS_TURN_S)
        if purse.in_use <= 0:
            with suppress(StateUnusable):  # they lapse
                await self._return(purse)

    async def aclose(self) -> None:
        """Give back what others can use at once; safe to call twice."""
        for task in self._later:
            task.cancel()
        for purse in self._purses.values():
            if purse.of_slots:
                with suppress(StateUnusable):
                    await self._return(purse)

    def _drop(self, names: Iterable[BudgetName]) -> None:
        """Ask anew before the next call: there is less than was leased."""
        for name in names:
            for whom in Lane:
                purse = self._purses.get((whom, name))
                if purse is not None and not purse.of_slots:
                    purse.until = 0.0

    def _note(self, answer: Answer) -> None:
        """Keep the newest headers for the next lease, which takes them along."""
        try:
            limit, remaining, reset = (float(answer.headers[f"ratelimit-{n}"]) for n in ("limit", "remaining", "reset"))
        except (KeyError, ValueError):
            return
        if not all(map(isfinite, (limit, remaining, reset))):
            return
        purse = self._purses.get((lane(), BudgetName.SHAREPOINT_APP_MINUTE))
        if purse is not None:
            purse.told = Told(limit, remaining, reset)

    def _scope(self, name: BudgetName) -> str:
        return self.tenant if name in _OF_TENANT else f"{self.tenant}/{self.app}"


@dataclass(slots=True)
class Turn:
    """`async with` it around each sending of a call, and tell it what came back.

    served: until when this call has waited itself for what it was told.
    """

    budgets: Budgets
    system: str
    doing: str
    service: str
    cost: Cost
    served: float = 0.0
    began: float = 0.0
    slots: tuple[_Purse, float] | None = None

    async def __aenter__(self) -> Turn:
        """Wait for the turn. Raises Busy."""
        await self.budgets.take(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Make room for the next."""
        await self.budgets.ended(self)

    async def heard(self, answer: Answer) -> None:
        """See Budgets."""
        await self.budgets.heard(self, answer)
