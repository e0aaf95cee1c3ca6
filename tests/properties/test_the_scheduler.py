"""Whatever the clock, the sweeps and the people do, and however often the service is killed: one sweep at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from samepic.model.outcome import RunOutcome
from samepic.model.plan import PlanId, RunId
from samepic.ports.errors import AccessDenied
from samepic.ports.state import RouteBusy
from samepic.service.agenda import Agenda
from samepic.service.ended import Came, Ended
from samepic.service.schedule import SET_BACK, Schedule
from samepic.service.scheduler import BUSY_AGAIN_S, LONGEST_NAP_S, Scheduler

ROUTE = "main"
HOUR = timedelta(hours=1)
GOES_BY_ITSELF = st.timedeltas(timedelta(0), timedelta(hours=30))


class Remembered(dict[str, datetime]):
    """What outlives the service."""

    def taken(self, route: str) -> datetime | None:
        return self.get(route)

    def last_full(self, route: str) -> datetime | None:
        return None

    def take(self, route: str, until: datetime) -> None:
        self[route] = until


class World:
    """A wall clock and a steady one, and sweeps that end when the machine says so."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 28, 12, tzinfo=UTC)
        self.steady = 0.0
        self.begun: list[datetime] = []
        self.waiting: list[asyncio.Future[RunOutcome]] = []

    def now(self) -> datetime:
        return self.at

    def steady_s(self) -> float:
        return self.steady

    async def sweep(self, route: str, *, full: bool) -> RunOutcome:
        assert not self.waiting, "two sweeps of one route"
        self.begun.append(self.at)
        future: asyncio.Future[RunOutcome] = asyncio.get_running_loop().create_future()
        self.waiting.append(future)
        try:
            return await future
        finally:
            self.waiting.remove(future)


class SchedulerMachine(RuleBasedStateMachine):
    """`due_since` is the model: the first moment that nobody has done."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.world, self.remembered = World(), Remembered()
        self.schedule = Schedule("0 2 * * *", "Europe/Oslo", timedelta(minutes=20), "seed")
        self.ended: list[Ended] = []
        self.busy_until = 0.0

    @initialize()
    def the_first_service_starts(self) -> None:
        self.start()
        assert self.world.begun == [], "it makes up for nothing that was before it"

    def start(self) -> None:
        async def made() -> Scheduler:
            agenda = Agenda({ROUTE: self.schedule}, self.remembered, self.world.at)
            return Scheduler((ROUTE,), agenda, self.world, self.world, self.ended.append)

        self.scheduler = self.do(made())
        self.busy_until = 0.0
        self.look()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        async def whole() -> Any:
            found = await work
            for _ in range(5):  # callbacks of what has just ended
                await asyncio.sleep(0)
            return found

        return self.loop.run_until_complete(whole())

    def look(self) -> float:
        async def looked() -> float:
            return self.scheduler.look()

        nap_s = float(self.do(looked()))
        assert 0 < nap_s <= LONGEST_NAP_S
        return nap_s

    @property
    def wanted(self) -> bool:
        """Whether the clock wants a sweep, by the schedule and what is remembered."""
        taken = self.remembered[ROUTE]
        if taken - self.world.at > SET_BACK:
            return False
        following = self.schedule.next(taken)
        return following is not None and following <= self.world.at

    @rule(passed=GOES_BY_ITSELF)
    def time_passes(self, passed: timedelta) -> None:
        self.world.at += passed
        self.world.steady += passed.total_seconds()
        self.look_as_wanted()

    @rule(early=st.sampled_from([0, 1, 20]))
    def a_moment_comes_or_is_near(self, early: int) -> None:
        following = self.schedule.next(max(self.world.at, self.remembered[ROUTE]))
        assert following is not None
        following -= timedelta(seconds=early)
        self.world.steady += (following - self.world.at).total_seconds()
        self.world.at = following
        self.look_as_wanted()

    @rule(jump=st.timedeltas(timedelta(days=-800), timedelta(days=800)))
    def somebody_sets_the_clock(self, jump: timedelta) -> None:
        self.world.at += jump
        self.look_as_wanted()

    @rule(slept=st.timedeltas(timedelta(0), timedelta(days=9)))
    def the_machine_sleeps(self, slept: timedelta) -> None:
        self.world.at += slept  # the steady clock stands still meanwhile
        self.look_as_wanted()

    def look_as_wanted(self) -> None:
        begun, wanted = len(self.world.begun), self.wanted
        free = not self.world.waiting and self.world.steady >= self.busy_until
        nap_s = self.look()
        assert len(self.world.begun) - begun == (wanted and free), "one for any number of moments, and none for none"
        following = self.scheduler.next(ROUTE)
        assert following is not None
        if free and not self.world.waiting and following > self.world.at:
            assert nap_s <= max(0.01, (following - self.world.at).total_seconds()), "it would sleep through it"
        assert following - self.world.at < timedelta(days=3), "the clock was wrong once, and no sweep comes for ages"

    @precondition(lambda self: self.world.waiting)
    @rule(
        answer=st.sampled_from(
            [
                RunOutcome(RunId("r"), PlanId("p"), ROUTE, 1, {}),
                RunOutcome(RunId("r"), PlanId("p"), ROUTE, 1, {}, stopped="no"),
                RuntimeError("unforeseen"),
                AccessDenied("exchange_online", "photo", "403"),
            ]
        )
    )
    def the_sweep_ends(self, answer: RunOutcome | Exception) -> None:
        self.finish(answer)
        assert self.ended[-1].came in (Came.DONE, Came.FAILED)
        assert not self.wanted, "what came while it was at work goes by"
        self.look_as_wanted()

    @precondition(lambda self: self.world.waiting)
    @rule()
    def another_process_was_at_work(self) -> None:
        before = self.remembered[ROUTE]
        self.finish(RouteBusy(ROUTE, "somebody", None))
        self.busy_until = self.world.steady + BUSY_AGAIN_S
        assert self.ended[-1].came is Came.BUSY
        assert self.remembered[ROUTE] == before, "nothing was done"
        self.look_as_wanted()

    def finish(self, answer: RunOutcome | Exception) -> None:
        async def finished() -> None:
            [future] = self.world.waiting
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)

        self.do(finished())

    @rule()
    def somebody_asks_for_a_sweep(self) -> None:
        at_work = bool(self.world.waiting)

        async def asked() -> bool:
            return self.scheduler.sweep_now(ROUTE)

        assert self.do(asked()) is not at_work

    @rule()
    def somebody_calls_it_off(self) -> None:
        at_work = bool(self.world.waiting)

        async def called_off() -> bool:
            return self.scheduler.cancel(ROUTE)

        assert self.do(called_off()) is at_work
        if at_work:
            assert not self.wanted, "it does not begin again at once"

    @rule(down=st.timedeltas(timedelta(0), timedelta(days=5)), killed=st.booleans())
    def the_service_ends_and_another_starts(self, down: timedelta, killed: bool) -> None:
        left_undone = bool(self.world.waiting) and self.wanted
        remembered = dict(self.remembered)
        self.do(self.scheduler.end())
        if killed:
            self.remembered.update(remembered)
        assert self.wanted or not left_undone, "what was cut short is begun again"
        self.world.at += down
        begun, wanted = len(self.world.begun), self.wanted
        self.start()
        assert len(self.world.begun) - begun == wanted, "one for all that was missed"

    @invariant()
    def nobody_is_forgotten(self) -> None:
        assert len(self.world.waiting) <= 1
        assert bool(self.scheduler.under_way) == bool(self.world.waiting)

    def teardown(self) -> None:
        self.do(self.scheduler.end())
        self.loop.close()


TestScheduler = SchedulerMachine.TestCase
TestScheduler.settings = settings(max_examples=40, stateful_step_count=30)
