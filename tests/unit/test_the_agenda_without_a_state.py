"""A state that does not answer keeps the scheduler from nothing but what is remembered; and that is made up for."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from samepic.model.outcome import RunOutcome
from samepic.ports.state import StateUnusable
from samepic.service.agenda import Agenda
from samepic.service.ended import Came, Ended, Why
from samepic.service.schedule import Schedule
from samepic.service.scheduler import BUSY_AGAIN_S, Scheduler

ROUTE, OTHER = "main", "other"
BEGIN = datetime(2026, 3, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Away:
    """What is remembered, where it can be reached."""

    def __init__(self) -> None:
        self.kept: dict[str, datetime] = {}
        self.began: datetime | None = BEGIN - HOUR
        self.answers = True
        self.lets_through: int | None = None

    def taken(self, route: str) -> datetime | None:
        self._asked()
        return self.kept.get(route)

    def last_full(self, route: str) -> datetime | None:
        self._asked()
        return self.began

    def take(self, route: str, until: datetime) -> None:
        self._asked()
        if self.lets_through is not None:
            if not self.lets_through:
                raise StateUnusable("in PostgreSQL", "gone again")
            self.lets_through -= 1
        self.kept[route] = until

    def _asked(self) -> None:
        if not self.answers:
            raise StateUnusable("in PostgreSQL", "nobody answers")


def agenda_of(away: Away, *routes: str) -> Agenda:
    schedules = {route: Schedule("0 * * * *", "UTC", timedelta(0), route) for route in routes or (ROUTE,)}
    return Agenda(schedules, away, BEGIN, dict.fromkeys(schedules, timedelta(days=1)))


def test_what_is_done_meanwhile_is_not_begun_twice_and_entered_when_it_answers() -> None:
    away = Away()
    agenda = agenda_of(away)
    away.answers = False
    at = BEGIN + HOUR
    assert agenda.due(ROUTE, at) is Why.SCHEDULE
    agenda.done(ROUTE, at)
    assert agenda.due(ROUTE, at) is None, "it is known here"
    assert not agenda.keep() and away.kept[ROUTE] == BEGIN
    assert agenda.due(ROUTE, at + HOUR) is Why.SCHEDULE, "the clock goes on"
    agenda.done(ROUTE, at + HOUR)
    away.answers = True
    assert agenda.keep() and away.kept[ROUTE] == at + HOUR
    away.answers = False
    assert agenda.keep(), "nothing is left to enter"


def test_one_that_ends_before_it_could_say_so_is_made_up_for_once() -> None:
    away = Away()
    agenda = agenda_of(away)
    away.answers = False
    agenda.done(ROUTE, BEGIN + 3 * HOUR)
    away.answers = True
    later = agenda_of(away)
    assert later.due(ROUTE, BEGIN + 3 * HOUR) is Why.MISSED
    later.done(ROUTE, BEGIN + 3 * HOUR)
    assert later.due(ROUTE, BEGIN + 3 * HOUR) is None


def test_of_several_routes_each_is_entered_though_it_goes_away_between() -> None:
    away = Away()
    agenda = agenda_of(away, ROUTE, OTHER)
    away.answers = False
    for route in (ROUTE, OTHER):
        agenda.done(route, BEGIN + HOUR)
    away.answers, away.lets_through = True, 1
    assert not agenda.keep()
    assert sorted(away.kept.values()) == [BEGIN, BEGIN + HOUR]
    away.lets_through = 1
    assert agenda.keep(), "only the one that is left is entered"
    assert away.kept == {ROUTE: BEGIN + HOUR, OTHER: BEGIN + HOUR}


def test_a_clock_that_was_set_back_meanwhile_is_believed() -> None:
    away = Away()
    agenda = agenda_of(away)
    agenda.done(ROUTE, BEGIN + 30 * HOUR)
    away.answers = False
    assert agenda.due(ROUTE, BEGIN) is None
    assert agenda.due(ROUTE, BEGIN + HOUR) is Why.SCHEDULE
    away.answers = True
    agenda.keep()
    assert away.kept[ROUTE] == BEGIN


def test_without_it_nobody_knows_of_a_full_sweep_and_the_next_is_to_be_one() -> None:
    away = Away()
    agenda = agenda_of(away)
    assert not agenda.full(ROUTE, BEGIN + HOUR)
    away.answers = False
    assert agenda.full(ROUTE, BEGIN + HOUR) and agenda.next_full(ROUTE, BEGIN) == BEGIN + HOUR


def test_a_service_does_not_begin_without_knowing_what_was_done() -> None:
    away = Away()
    away.answers = False
    with pytest.raises(StateUnusable, match="nobody answers"):
        agenda_of(away)


class Clock:
    def __init__(self) -> None:
        self.steady = 0.0

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.steady)

    def steady_s(self) -> float:
        return self.steady


class Refused:
    """Sweeps that the state refuses."""

    def __init__(self) -> None:
        self.begun = 0

    async def sweep(self, route: str, *, full: bool) -> RunOutcome:
        self.begun += 1
        raise StateUnusable("in PostgreSQL", "nobody answers")


async def test_a_sweep_that_it_cut_short_is_begun_again_a_minute_later_until_it_answers() -> None:
    away, clock, sweeps, told = Away(), Clock(), Refused(), list[Ended]()
    scheduler = Scheduler((ROUTE,), agenda_of(away), sweeps, clock, told.append)
    away.answers = False
    for minutes in range(3):
        clock.steady = 3600 + minutes * BUSY_AGAIN_S
        for _ in range(3):
            assert scheduler.look() > 0
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert sweeps.begun == minutes + 1, "not again at once"
    assert {ended.came for ended in told} == {Came.FAILED} and "nobody answers" in told[0].words
    assert away.kept[ROUTE] == BEGIN, "its moment is still to be done"
