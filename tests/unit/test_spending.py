"""The arithmetic of budgets: no window ever has more than the limit, wherever it begins, and little is left unused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samepic.model.budget import Budget, BudgetName, Lane
from samepic.model.spending import (
    LEAST_SHARE,
    SLOTS_LEASE_S,
    Spending,
    Told,
    give_back,
    lasts,
    lease,
    others_wait,
    throttled,
    told,
)

MINUTE = Budget(BudgetName.SHAREPOINT_APP_MINUTE, 1250, timedelta(minutes=1))
SLOTS = Budget(BudgetName.PICTURES_AT_ONCE, 4, None)
LATENCY = 0.2


class Worker:
    """Leases and spends as fast as it may, `pause` seconds between two calls; tells when each call arrives."""

    def __init__(self, pause: float, lane: Lane = Lane.SWEEP, budget: Budget = MINUTE) -> None:
        self.pause, self.lane, self.budget = pause, lane, budget
        self.units = self.until = self.back_to = 0.0
        self.next = 0.0

    def call(self, shared: list[Spending], now: float, need: float) -> float:
        """One call, if it may go; the seconds until the next try."""
        if not (now < self.until and self.units >= need):
            spending = shared[0]
            if self.units:
                spending = give_back(spending, self.back_to, self.units, self.lane)
            wanted = max(need, 0.02 * self.budget.limit)
            shared[0], leased = lease(spending, self.budget, now, need, wanted, self.lane, LATENCY)
            self.units, self.until, self.back_to = leased.units, now + leased.lasts, leased.until
            if not leased.units:
                return -leased.again
        self.units -= need
        return self.pause


def sent(workers: list[Worker], seconds: float, need: float = 2, spending: Spending | None = None) -> Iterator[float]:
    """When calls are sent."""
    shared = [spending or Spending()]
    while True:
        worker = min(workers, key=lambda one: one.next)
        if worker.next >= seconds:
            return
        now = worker.next
        went = worker.call(shared, 1e6 + now, need)
        if went >= 0:
            yield now
        worker.next = now + max(abs(went), 1e-6)


def fullest_window(times: list[float], need: float, window: float) -> float:
    fullest, first = 0.0, 0
    for last, at in enumerate(times):
        while times[first] <= at - window:
            first += 1
        fullest = max(fullest, (last - first + 1) * need)
    return fullest


def test_a_sweep_alone_uses_nearly_all_and_never_more() -> None:
    times = list(sent([Worker(0.01)], 300))
    assert len(times) * 2 >= 0.96 * 5 * MINUTE.limit
    assert fullest_window(times, 2, 60) <= MINUTE.limit


def test_calls_of_any_size_use_nearly_all_too() -> None:
    """Large batches wait for room once, not again for their turn."""
    shared, worker, now, calls, used = [Spending()], Worker(0.01), 1e6, 0, 0
    while now < 1e6 + 300:
        need = 60 if calls % 20 == 9 else 30 if calls % 20 == 19 else 2
        went = worker.call(shared, now, need)
        if went >= 0:
            calls, used = calls + 1, used + need
        now += max(abs(went), 1e-6)
    assert used >= 0.95 * 5 * MINUTE.limit


@given(
    st.lists(st.tuples(st.floats(0.001, 3), st.sampled_from(Lane)), min_size=1, max_size=4),
    st.lists(st.floats(0, LATENCY), min_size=20, max_size=20),
)
def test_however_many_share_it_and_however_late_calls_arrive(
    workers: list[tuple[float, Lane]], delays: list[float]
) -> None:
    budget = replace(MINUTE, limit=100)
    times = sorted(
        at + delays[number % len(delays)]
        for number, at in enumerate(sent([Worker(pause, whom, budget) for pause, whom in workers], 150))
    )
    assert fullest_window(times, 2, 60) <= budget.limit


def test_a_person_who_asks_gets_through_while_a_sweep_takes_all() -> None:
    shared, sweep = [Spending()], Worker(0.001)
    now = 0.0
    while now < 200:
        went = sweep.call(shared, now, 2)
        now += abs(went)
        if went < 0 and now > 130:
            _, leased = lease(shared[0], MINUTE, now, 12, 12, Lane.REQUEST, LATENCY)
            assert leased.units >= 12, "a person's whole write fits into what a sweep leaves"


def test_a_refusal_holds_for_all_lowers_the_share_once_and_is_recovered_from() -> None:
    spending = Spending()
    spending = throttled(spending, MINUTE, 1000, 31)
    for late in (0, 0.2, 10):  # what was on its way comes back refused too
        spending = throttled(spending, MINUTE, 1000 + late, 20)
    assert spending.share == pytest.approx(0.75 + 0.05 * 10 / 60)
    spending, leased = lease(spending, MINUTE, 1030, 2, 20, Lane.REQUEST, 0)
    assert (leased.units, leased.held) == (0, pytest.approx(1))
    spending, leased = lease(spending, MINUTE, 1031.5, 2, 20, Lane.REQUEST, 0)
    assert leased.units == 20
    assert spending.share == pytest.approx(0.75 + 0.05 * 31.5 / 60)
    for minute in range(30):
        spending = throttled(spending, MINUTE, 1100 + 10 * minute, 5)
    assert LEAST_SHARE <= spending.share < 0.25
    spending, _ = lease(spending, MINUTE, 1400 + 20 * 60, 2, 2, Lane.SWEEP, 0)
    assert spending.share == 1, "trusted again after a quarter of an hour"


def test_headers_that_say_less_are_believed() -> None:
    spending, _ = lease(Spending(), MINUTE, 1000, 100, 100, Lane.REQUEST, 0)
    spending = told(spending, MINUTE, 1000, Told(1000, 880, 20))
    assert spending.share == 0.8
    assert sum(units for _, units in spending.taken) == pytest.approx(120), "others took 20"
    _, leased = lease(spending, MINUTE, 1000, 881, 881, Lane.REQUEST, 0)
    assert not leased.units
    _, leased = lease(spending, MINUTE, 1021, 881, 881, Lane.REQUEST, 0)
    assert leased.units, "theirs has run out"
    assert told(Spending(), MINUTE, 1000, Told(1250, 1250, 0)) == replace(Spending(), reckoned_at=1000, level=250)


def test_what_was_not_used_is_given_back_and_what_the_dead_had_lapses() -> None:
    spending, leased = lease(Spending(), MINUTE, 1000, 2, 1250, Lane.REQUEST, 0)
    _, none = lease(spending, MINUTE, 1000, 2, 2, Lane.REQUEST, 0)
    assert not none.units
    back = give_back(spending, leased.until, leased.units - 2, Lane.REQUEST)
    assert lease(back, MINUTE, 1000, 1248, 1248, Lane.REQUEST, 0)[1].units == 1248
    assert lease(spending, MINUTE, leased.until, 1250, 1250, Lane.REQUEST, 0)[1].units == 1250


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    ahead, spending = 1e9, Spending()
    for second in range(200):
        spending, _ = lease(spending, MINUTE, ahead + second, 50, 50, Lane.SWEEP, 0)
    spending = throttled(spending, MINUTE, ahead + 200, 30)
    spending, leased = lease(spending, MINUTE, 1000, 2, 2, Lane.SWEEP, 0)
    assert leased.held == pytest.approx(30), "as long as it would have been"
    assert lease(spending, MINUTE, 1031, 2, 2, Lane.SWEEP, 0)[1].units


def test_no_wait_that_a_vendor_names_is_kept_for_longer_than_an_hour() -> None:
    assert throttled(Spending(), MINUTE, 0, 1e12).held_until == 3600


def test_a_call_that_is_larger_than_a_budget_goes_when_that_is_empty() -> None:
    small = replace(MINUTE, limit=40)
    spending, leased = lease(Spending(), small, 1000, 60, 60, Lane.REQUEST, 0)
    assert leased.units == 60
    assert not lease(spending, small, 1050, 1, 1, Lane.REQUEST, 0)[1].units
    assert lease(Spending(), small, 1000, 60, 60, Lane.SWEEP, 0)[1].units == 60


def test_slots_are_had_by_one_given_back_and_lapse() -> None:
    spending, mine = lease(Spending(), SLOTS, 1000, 1, 4, Lane.SWEEP, 0)
    assert mine.units == 4
    assert not others_wait(spending, 1000)
    spending, none = lease(spending, SLOTS, 1000.2, 4, 4, Lane.REQUEST, 0)
    assert not none.units and none.again > 0
    assert others_wait(spending, 1000.21)
    spending = give_back(spending, mine.until, 4, Lane.SWEEP)
    spending, theirs = lease(spending, SLOTS, 1000.3, 4, 4, Lane.REQUEST, 0)
    assert theirs.units == 4
    assert lease(spending, SLOTS, 1000.4 + SLOTS_LEASE_S, 4, 4, Lane.SWEEP, 0)[1].units == 4
    assert lasts(SLOTS) == SLOTS_LEASE_S
