"""Of the schedule's moments the one nearest to so many hours after the last full sweep is full; others incremental."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL
from tests.properties.test_the_scheduler import Remembered

from samepic.model.outcome import RunRecord
from samepic.model.plan import RunId
from samepic.model.sweeping import Observed
from samepic.model.system import Cursor
from samepic.ports.state import StateUnusable
from samepic.service.agenda import Agenda
from samepic.service.schedule import Schedule
from samepic.state.store import open_state

ROUTE = "main"
BEGIN = datetime(2026, 3, 20, 12, tzinfo=UTC)  # the clocks change on the 29th
HOUR = timedelta(hours=1)


class Swept(Remembered):
    """When the last full sweep began; or a state out of reach."""

    began: datetime | None = None
    reachable = True

    def last_full(self, route: str) -> datetime | None:
        if not self.reachable:
            raise StateUnusable("state.sqlite", "disk I/O error")
        return self.began


def agenda_of(cron: str, every: timedelta, jitter: timedelta = timedelta(0)) -> tuple[Agenda, Schedule, Swept]:
    schedule, swept = Schedule(cron, "Europe/Oslo", jitter, "seed"), Swept()
    return Agenda({ROUTE: schedule}, swept, BEGIN, {ROUTE: every}), schedule, swept


@given(
    st.sampled_from(["0 2 * * *", "5 * * * *", "*/20 * * * *", "0 8,12,17 * * 1-5"]),
    st.sampled_from([3 * HOUR, 24 * HOUR, 100 * HOUR]),
    st.sampled_from([timedelta(0), timedelta(minutes=9)]),
)
def test_full_ones_keep_their_distance_within_one_step_of_the_schedule(
    cron: str, every: timedelta, jitter: timedelta
) -> None:
    agenda, schedule, swept = agenda_of(cron, every, jitter)
    fulls, moments, told = [], [], None
    for moment in schedule.after(BEGIN):
        began = moment + timedelta(seconds=7)
        if began > BEGIN + timedelta(days=12):
            break
        moments.append(moment)
        if agenda.full(ROUTE, began):
            assert told in (None, moment), "status said so beforehand"
            swept.began = began
            fulls.append(moment)
        agenda.done(ROUTE, began)
        told = agenda.next_full(ROUTE, began)
    assert fulls[0] == moments[0], "there was none before"
    for one, other in pairwise(fulls):
        before, after = ([m for m in moments if m < other], [m for m in moments if m > other])
        off = abs(other - one - timedelta(seconds=7) - every)
        nearer = [
            m for m in (before[-1:] if before[-1] > one else []) + after[:1] if abs(m - one - every) + HOUR / 90 < off
        ]
        assert not nearer, (one, other)
    if cron == "0 2 * * *" and every == 24 * HOUR:
        assert fulls == moments, "every night, however late the one before began"


def test_each_is_full_that_has_to_be() -> None:
    agenda, _, swept = agenda_of("5 * * * *", 24 * HOUR)
    assert agenda.full(ROUTE, BEGIN) and agenda.next_full(ROUTE, BEGIN) == BEGIN + timedelta(minutes=5)
    swept.began = BEGIN
    assert not agenda.full(ROUTE, BEGIN + 23 * HOUR)
    assert agenda.full(ROUTE, BEGIN + 24 * HOUR + timedelta(minutes=5))
    assert agenda.full(ROUTE, BEGIN - 2 * HOUR), "it began by a clock that was wrong"
    swept.reachable = False
    assert agenda.full(ROUTE, BEGIN + HOUR)
    assert agenda.full("by hand only", BEGIN) and agenda.next_full("by hand only", BEGIN) is None
    always, _, swept = agenda_of("5 * * * *", timedelta(0))
    swept.began = BEGIN
    assert always.full(ROUTE, BEGIN + HOUR) and always.next_full(ROUTE, BEGIN) == always.next(ROUTE, BEGIN)


def test_a_cron_of_rare_moments_has_a_nearest_one() -> None:
    leap = Schedule("0 0 29 2 *", "UTC", timedelta(0), "")
    day = datetime(2028, 2, 29, tzinfo=UTC)
    for off in (timedelta(0), timedelta(days=300), timedelta(days=-300)):
        assert leap.nearest(day + off) == day


@pytest.mark.parametrize("full", [True, False])
def test_only_a_full_sweep_that_ended_well_counts(any_database: Path | URL, full: bool) -> None:
    store = open_state(any_database)
    assert store.schedules.last_full(ROUTE) is None and store.news.heard(ROUTE) is None
    store.runs.begin(RunRecord(RunId("r"), None, ROUTE, "sync", BEGIN, None, "running", 0, 0, 0, 0))
    store.news.keep(ROUTE, RunId("r"), Observed(full=full, cursor=Cursor("a")), BEGIN + HOUR)
    assert store.schedules.last_full(ROUTE) == (BEGIN if full else None)
    heard = store.news.heard(ROUTE)
    assert (heard is not None) is full
    store.close()
