"""What a run will cost, reckoned: from data that knows every call, and in the time that the arithmetic really lets."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import samepic

from samepic.model.ahead import Ahead
from samepic.model.budget import Budget, BudgetName, Lane
from samepic.model.spending import Spending, give_back, lasts, lease
from samepic.service.schedule import Schedule, of_a_day
from samepic.transport.published import published
from samepic.transport.rehearsing import When, rehearse, rehearse_day, seconds_of

MINUTE = Budget(BudgetName.SHAREPOINT_APP_MINUTE, 1250, timedelta(minutes=1))
EVERYBODY = Ahead(10_000, 10_000, written=10_000)


EVERYTHING = Ahead(*[200] * len(fields(Ahead)))


def test_every_call_in_it_has_a_cost() -> None:
    """What a run over people of every sort calls; an operation that is misspelt here would take nothing of a budget."""
    told = {one.operation.removeprefix("$batch of ") for one in rehearse(EVERYTHING, {}, tuple(When)).calls}
    assert told <= set(published().operations)
    assert {"file/delete", "file/$value", "Files/add"} <= told


@pytest.mark.parametrize("units", [100, 700, 1200, 1300, 1900, 2500, 3000, 9000])
def test_the_time_is_what_a_sweep_really_waits(units: int) -> None:
    """Against the leases themselves, spent by calls of 2 units that take no time."""
    spending, now, left, until, back_to, spent = Spending(), 1000.0, 0.0, 0.0, 0.0, 0
    while spent < units:
        if now >= until or left < 2:
            if left:
                spending = give_back(spending, back_to, left, Lane.SWEEP)
            wanted = 2 * MINUTE.limit * lasts(MINUTE) / 60
            spending, leased = lease(spending, MINUTE, now, 2, wanted, Lane.SWEEP, 0.1)
            left, until, back_to = leased.units, now + leased.lasts, leased.until
            if not left:
                now += leased.again
                continue
        left, spent, now = left - 2, spent + 2, now + 1e-4
    assert seconds_of(MINUTE, units) == pytest.approx(now - 1000, rel=0.06, abs=1)


def test_the_slowest_budget_binds_and_a_larger_tenant_is_faster() -> None:
    small, large = (rehearse(EVERYBODY, published().budgets(licences)) for licences in (500, 60_000))
    assert small.binds is not None
    assert small.binds.budget.name is BudgetName.SHAREPOINT_APP_MINUTE
    assert small.seconds > 4 * large.seconds or large.binds is not small.binds
    assert [use.seconds for use in small.uses] == sorted((use.seconds for use in small.uses), reverse=True)
    few = rehearse(Ahead(3, 3, written=3), {MINUTE.name: MINUTE})
    assert few.binds is None


def test_twice_the_people_twice_the_calls_and_who_is_in_step_costs_little() -> None:
    one, two = (sum(c.requests for c in rehearse(Ahead(n, n, written=n), {}).calls) for n in (5000, 10_000))
    assert two / one == pytest.approx(2, rel=0.01)
    assert one / 5000 < 6.3
    idle = rehearse(Ahead(10_000, 10_000, 10_000), {}, (When.OBSERVE,))
    assert sum(c.requests for c in idle.calls) < 10_000 / 15


def test_people_are_rehearsed_without_a_configuration_or_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("socket.socket.connect", None)
    told = asked("--people", "2000")
    assert (told["people"], told["written"], told["sync"]["binds"]) == (2000, 2000, "sharepoint_app_minute")
    assert told["sync"]["budgets"]["sharepoint_app_minute"]["limit"] == 1250
    assert told["sync"]["calls"]["Files/add"]["requests"] == 3 * 2000
    larger = asked("--people", "2000", "--licences", "6000")
    assert larger["sync"]["budgets"]["sharepoint_app_minute"]["limit"] == 3750
    assert larger["sync"]["seconds"] < told["sync"]["seconds"] / 2.5
    day = told["day"]
    assert (day["sweeps"], day["full"], day["changed"]) == (24, 1, 20), "an hourly schedule, one in a hundred"
    assert told["incremental"]["calls"]["Files/add"]["requests"] == 3, "one of them in each hour"
    assert day["requests"] < told["nothing_to_do"]["requests"] + 23 * 25
    assert 0 < day["budgets"]["sharepoint_app_minute"]["share"] < 0.01
    quiet = asked("--people", "2000", "--changed", "0")
    assert quiet["day"]["requests"] == told["nothing_to_do"]["requests"] + 23, "a question each"
    daily = rehearse_day(EVERYBODY, {}, 1, 1, 100)
    assert daily.incremental is None
    assert daily.requests > rehearse_day(EVERYBODY, {}, 1, 1, 0).requests + 4 * 100, "its one sweep brings them"
    words = samepic("rehearse", "--people", "2000")
    assert "A day of 24 sweeps, 1 of them full, with another picture for 20 people" in " ".join(words.out.split())
    assert words.code == 0
    assert "sharepoint_app_minute binds" in words.out
    assert "A run that finds nothing to do" in words.out


@pytest.mark.parametrize(
    ("cron", "hours", "expected"),
    [
        ("0 2 * * *", 24, (1, 1)),
        ("0 * * * *", 24, (24, 1)),
        ("0 * * * *", 0, (24, 24)),
        ("*/5 * * * *", 6, (288, 4)),
        ("0 3 * * 0", 24, (1 / 7, 1 / 7)),
        ("0 */12 * * *", 24, (2, 1)),
        ("30 */2 * * *", 1, (12, 12)),
    ],
)
def test_a_day_has_as_many_sweeps_as_the_clock_will_begin(
    cron: str, hours: float, expected: tuple[float, float]
) -> None:
    schedule, since = Schedule(cron, "UTC", timedelta(0), ""), datetime(2026, 11, 22, 7, 31, tzinfo=UTC)
    assert of_a_day(schedule, timedelta(hours=hours), since) == pytest.approx(expected, abs=0.05)


def asked(*arguments: str) -> Any:
    ended = samepic("rehearse", *arguments, "--json")
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def test_no_people_and_a_file_that_cannot_be_used_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert samepic("rehearse", "--people", "0").code == 1
    assert "samepic init" in samepic("rehearse").err
    Path("samepic.toml").write_text("[microsoft365]\n")
    ended = samepic("rehearse", "--people", "10")
    assert (ended.code, "tenant_id" in ended.err) == (1, True)
