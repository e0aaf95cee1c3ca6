"""What a sweep gets of a vendor's budget over many windows, by the vendor's own count; time passes at once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from tests.warped_time import warped

from localtenant.budgets.ask import Ask
from localtenant.budgets.windows import Fixed
from localtenant.judge import Judge
from samepic.model.budget import Budget, BudgetName, Lane
from samepic.ports.budgets import calling_for
from samepic.transport.answer import Answer
from samepic.transport.rehearsing import seconds_of
from samepic.transport.spendings import InMemory
from samepic.transport.turns import Budgets

NAME, LIMIT, WINDOW_S = BudgetName.SHAREPOINT_APP_MINUTE, 1250.0, 60.0
UPLOAD, PROPERTIES = "Files/add", "ProcessQuery of SetSingleValueProfileProperty"
UNITS_OF_A_PERSON = 8
ASK = Ask("sharepoint", "Files/add", "POST", "sharepoint files", app="app")


def now() -> float:
    return asyncio.get_running_loop().time()


@dataclass
class Vendor:
    """Counts by itself, in windows that begin when it pleases. lets: its figure at a time; tells: with RateLimit-*."""

    lets: Callable[[float], float] = lambda _: LIMIT
    tells: bool = False
    window: Fixed = field(default_factory=lambda: Fixed(WINDOW_S))
    judge: Judge = field(default_factory=lambda: Judge(now))
    count: Counter[str] = field(default_factory=Counter)
    went: list[tuple[float, int]] = field(default_factory=list)

    def answer(self, units: float) -> Answer:
        limit = self.lets(now())
        self.count["calls"] += 1
        self.judge.arrived(ASK)
        self.judge.left(ASK)
        wait = self.window.take(units, limit, now())
        left = limit - self.window.used(now())
        headers = {}
        if self.tells and left <= 0.2 * limit:
            told = {"limit": limit, "remaining": max(0, left), "reset": self.window.resets_in(now())}
            headers = {f"ratelimit-{name}": str(round(value)) for name, value in told.items()}
        if not wait:
            self.count["units"] += int(units)
            self.went.append((now(), self.count["units"]))
            return Answer(200, headers, b"")
        self.count["throttled"] += 1
        self.judge.refused(ASK, int(wait) + 1, "sharepoint")
        return Answer(429, {**headers, "retry-after": str(int(wait) + 1)}, b"")

    @property
    def too_early(self) -> int:
        callers: Any = self.judge.as_json()["callers"]
        return sum(caller["too_early"] for caller in callers)


class Load:
    """Workers of one application that write to one person after the other, as many at once as a sweep has."""

    def __init__(self, vendor: Vendor, workers: int = 1, limit: float = LIMIT) -> None:
        self.vendor = vendor
        kept = {NAME: Budget(NAME, limit, timedelta(seconds=WINDOW_S))}
        shared = InMemory(now)
        self.workers = [Budgets("app", "tenant", kept, asyncio.sleep, now, spendings=shared) for _ in range(workers)]
        self._late = random.Random(1)
        self.written = 0

    async def call(self, worker: Budgets, doing: str, parts: int = 1) -> None:
        turn, refused = worker.turn("sharepoint_online", doing, "elsewhere", parts), True
        while refused:
            async with turn:
                await asyncio.sleep(self._late.uniform(0.01, 0.2))
                answer = self.vendor.answer(turn.cost[NAME])
                await asyncio.sleep(self._late.uniform(0.01, 0.2))
                await turn.heard(answer)
            refused = answer.status == 429

    async def _write(self, worker: Budgets, batches: bool) -> None:
        while True:
            if batches and self.written % 20 == 0:
                await self.call(worker, "$batch of file", 60)
            for doing in (UPLOAD, UPLOAD, UPLOAD, PROPERTIES):
                await self.call(worker, doing)
            self.written += 1

    async def during(self, windows: int, batches: bool = False) -> None:
        lanes = [self._write(worker, batches) for worker in self.workers for _ in range(16)]
        tasks = [asyncio.create_task(lane) for lane in lanes]
        await asyncio.sleep(windows * WINDOW_S)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def share(self, allowed: float) -> float:
        return self.vendor.count["units"] / allowed


@pytest.mark.parametrize(("workers", "limit"), [(1, 1250.0), (3, 1250.0), (2, 3750.0)])
def test_workers_together_use_nearly_all_and_are_never_refused(workers: int, limit: float) -> None:
    load = Load(Vendor(lambda _: limit), workers, limit)
    warped(load.during(5))
    assert load.vendor.count["throttled"] == 0
    assert load.share(5 * limit) >= 0.975
    assert load.written * UNITS_OF_A_PERSON >= 0.95 * 5 * limit, "nothing but people's writes was bought with it"
    minute = Budget(NAME, limit, timedelta(seconds=WINDOW_S))
    for at, units in load.vendor.went[50 :: len(load.vendor.went) // 20]:
        assert seconds_of(minute, units) == pytest.approx(at, rel=0.05, abs=4), f"{units} units are rehearsed so"


def test_large_batches_between_take_nothing_from_it() -> None:
    load = Load(Vendor())
    warped(load.during(5, batches=True))
    assert load.vendor.count["throttled"] == 0
    assert load.share(5 * LIMIT) >= 0.96


@pytest.mark.parametrize(("less", "tells"), [(900, True), (900, False), (600, False)])
def test_a_vendor_that_lets_less_is_learnt_from_and_trusted_again(less: int, tells: bool) -> None:
    """Eight windows of less than is published, then as published. tells: by RateLimit-* too."""
    vendor = Vendor(lambda at: less if at < 8 * WINDOW_S else LIMIT, tells)
    load = Load(vendor, workers=2)
    seen = []

    async def watched() -> None:
        going = asyncio.create_task(load.during(30))
        for _ in range(3):
            await asyncio.sleep(10 * WINDOW_S - 1)
            seen.append(Counter(vendor.count))
            await asyncio.sleep(1)
        await going

    warped(watched())
    lower, back = seen[0], seen[2] - seen[1]
    assert lower["throttled"] <= (0 if tells else 0.005 * lower["calls"]), lower
    assert lower["units"] >= (0.94 if tells else 0.8) * 8 * less, "coming down costs little"
    assert vendor.count["throttled"] <= 0.005 * vendor.count["calls"]
    assert back["units"] >= 0.96 * 4 * LIMIT, "within ten minutes all is used again"


def test_a_request_gets_its_turn_while_a_sweep_has_used_its_share_up() -> None:
    """A person's whole write: at once where the window is used up, and as it comes back while others wait."""
    load, waited = Load(Vendor()), []

    async def asked() -> None:
        going = asyncio.create_task(load.during(4))
        for at in (58, 70, 100, 131, 170, 215):
            await asyncio.sleep(at - now())
            with calling_for(Lane.REQUEST):
                for doing in (PROPERTIES, UPLOAD, UPLOAD, UPLOAD, PROPERTIES):
                    before = now()
                    async with load.workers[0].turn("sharepoint_online", doing, "elsewhere") as turn:
                        waited.append(now() - before)
                        await turn.heard(load.vendor.answer(2))
        await going

    warped(asked())
    assert max(waited) <= 0.5, waited
    assert load.vendor.count["throttled"] == 0
    assert load.share(4 * LIMIT) >= 0.97


@pytest.mark.parametrize("which", [0, 1], ids=["in the same process", "in another"])
def test_a_request_gets_its_turn_among_pictures_that_a_sweep_asks_for_without_pause(which: int) -> None:
    """Four at a time are all there are, and the sweep's next batch is ready before the last has come."""
    slots = {BudgetName.PICTURES_AT_ONCE: Budget(BudgetName.PICTURES_AT_ONCE, 4, None)}

    async def asked() -> float:
        shared = InMemory(now)
        workers = [Budgets("app", "tenant", slots, asyncio.sleep, now, spendings=shared) for _ in range(2)]

        async def picture(worker: Budgets) -> None:
            async with worker.turn("exchange_online", "$batch of photo", "elsewhere", 20):
                await asyncio.sleep(0.17)

        sweep = [asyncio.create_task(picture(workers[0])) for _ in range(100)]
        await asyncio.sleep(1.013)
        before = now()
        with calling_for(Lane.REQUEST):
            await picture(workers[which])
        took = now() - before
        assert sum(task.done() for task in sweep) < 20
        for task in sweep:
            task.cancel()
        await asyncio.gather(*sweep, return_exceptions=True)
        return took

    assert warped(asked()) < 1.0
