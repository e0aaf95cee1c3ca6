"""What a run will call, and how long the budgets let it take: reckoned from run_costs.toml beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import ceil
from typing import Any

from samepic.model.ahead import Ahead, lists_again
from samepic.model.budget import Budget, BudgetName
from samepic.model.spending import BURST, RESERVE, evenly, lasts
from samepic.transport.published import published

_DAY_S = 86_400.0


class When(StrEnum):
    """The parts of a run that cost calls."""

    OBSERVE = "observe"
    NEWS = "news"  # instead of it, of an incremental sweep
    DECIDE = "decide"
    WRITE = "write"


FULL = (When.OBSERVE, When.DECIDE, When.WRITE)
"""Of a full sweep."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of one sort. parts: the requests within them, where they are batches; else as many as calls."""

    operation: str
    requests: float
    parts: float


@dataclass(frozen=True, slots=True)
class Use:
    """What a run takes of one budget, and the least time in which that is to be had."""

    budget: Budget
    units: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """uses: the slowest first. waiting_seconds: what the requests themselves take, reckoned with assumed latency."""

    calls: tuple[Calls, ...]
    uses: tuple[Use, ...]
    waiting_seconds: float

    @property
    def binds(self) -> Use | None:
        """The budget that decides how long it takes; None where none does."""
        slowest = self.uses[0] if self.uses else None
        return slowest if slowest is not None and slowest.seconds > self.waiting_seconds else None

    @property
    def seconds(self) -> float:
        """About how long the run takes."""
        return max([self.waiting_seconds, *(use.seconds for use in self.uses)])


def rehearse(ahead: Ahead, budgets: Mapping[BudgetName, Budget], when: Iterable[When] = FULL) -> Rehearsal:
    """What a run over these people will call. budgets: those that are kept."""
    calls = _calls(ahead, frozenset(when))
    units: dict[BudgetName, float] = {}
    for one in calls:
        of_one = published().cost(one.operation.removeprefix("$batch of "))
        for name, taken in of_one.items():
            units[name] = units.get(name, 0.0) + taken * one.parts
    uses = [
        Use(budget, units[name], seconds_of(budget, units[name])) for name, budget in budgets.items() if name in units
    ]
    assumed = _costs()["assumed"]
    waiting = sum(one.requests for one in calls) * assumed["seconds_of_a_request"] / assumed["requests_at_once"]
    return Rehearsal(tuple(calls), tuple(sorted(uses, key=lambda use: -use.seconds)), waiting)


@dataclass(frozen=True, slots=True)
class Day:
    """What a route's schedule calls on a day. sweeps: all, `full` of them full ones.

    changed: people with another picture. Incremental sweeps hear of them, each, `incremental`, of as many, and full
    ones find nothing to do; where no sweep is incremental, which is then None, full ones bring them. units: by budget;
    share: of what the budget has in a day.
    """

    sweeps: float
    full: float
    changed: int
    incremental: Rehearsal | None
    requests: float
    units: Mapping[BudgetName, float]
    share: Mapping[BudgetName, float]


def rehearse_day(
    ahead: Ahead, budgets: Mapping[BudgetName, Budget], sweeps: float, full: float, changed: int | None = None
) -> Day:
    """A day after that run. changed: as in `Day`; None for the assumed share of all people."""
    if changed is None:
        changed = ceil(_costs()["assumed"]["changed_a_day"] * ahead.person)
    between = max(0.0, sweeps - full)
    bring = between or full
    of_each = ceil(changed / bring) if bring else 0
    everybody, one = ahead.done(), None
    if between:
        listed = {"groups": ahead.groups, "named": ahead.named, "members": ahead.members}
        of_news = Ahead(ahead.person, of_each, shown=of_each, written=of_each, over=of_each, **listed)
        one = rehearse(of_news, budgets, (When.NEWS, When.DECIDE, When.WRITE))
    else:
        everybody = replace(everybody, written=of_each, over=min(of_each, everybody.shown))
    parts = ((full, rehearse(everybody, budgets)), *([(between, one)] if one else []))
    units = {
        name: sum(times * use.units for times, each in parts for use in each.uses if use.budget.name == name)
        for name in budgets
    }
    share = {
        name: units[name] * kept.window.total_seconds() / (kept.limit * _DAY_S)
        for name, kept in budgets.items()
        if kept.window is not None and units[name]
    }
    requests = sum(times * call.requests for times, each in parts for call in each.calls)
    return Day(sweeps, full, changed, one, requests, units, share)


def seconds_of(budget: Budget, units: float) -> float:
    """How long a sweep waits altogether for so many units: a fifth at once, then evenly; see model/spending.py."""
    if budget.window is None:
        return units * float(_costs()["assumed"]["seconds_of_a_request"]) / budget.limit
    window, most = budget.window.total_seconds(), budget.limit * (1 - RESERVE)
    rate = evenly(budget.limit, window)
    windows = max(0, ceil(units / most) - 1)  # that have to pass altogether
    if not windows:
        return max(0.0, units - BURST * budget.limit) / rate
    return windows * (window + _counts_longer(budget)) + (units - windows * most) / rate


def _counts_longer(budget: Budget) -> float:
    """Beyond its window a lease counts from its end, for as long as a call is on its way, and to the next mark."""
    window = budget.window.total_seconds() if budget.window is not None else 0.0
    on_its_way = min(float(_costs()["assumed"]["seconds_of_a_request"]), window / 60)
    return lasts(budget) + on_its_way + window / 480


def _calls(ahead: Ahead, when: frozenset[When]) -> list[Calls]:
    changed = ahead.written + ahead.cleared
    again = lists_again(changed, ahead.person)
    drivers = {
        **asdict(ahead),
        "run": 1,
        "asked": changed + ahead.turned,
        "over_ours": max(0, ahead.over - ahead.kept),
        "over_others": min(ahead.over, ahead.kept),
        "again": again,
        "shown_again": again * ahead.done().shown,
        "looked_back": (not again) * ahead.written,
        "news": ahead.looked,
        "some": bool(ahead.looked),
    }
    found: dict[str, Calls] = {}
    for told in _costs()["calls"]:
        if When(told["when"]) not in when:
            continue
        requests = _sum(told["requests"], drivers)
        parts = _sum(told["parts"], drivers) if "parts" in told else requests
        before = found.get(told["operation"], Calls(told["operation"], 0.0, 0.0))
        found[before.operation] = Calls(before.operation, before.requests + requests, before.parts + parts)
    return [Calls(one.operation, ceil(one.requests), ceil(one.parts)) for one in found.values() if one.requests > 0]


def _sum(terms: Mapping[str, float], drivers: Mapping[str, float]) -> float:
    return sum(each * drivers[driver] for driver, each in terms.items())


@cache
def _costs() -> dict[str, Any]:
    return tomllib.loads(files("samepic.transport").joinpath("run_costs.toml").read_text(encoding="utf-8"))
