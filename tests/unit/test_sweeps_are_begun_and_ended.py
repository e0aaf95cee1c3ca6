"""What `samepic sweep`, `cancel` and `retry` leave in the state for the workers, and what they refuse."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import URL, insert

from samepic.engine.status import status_of
from samepic.jobs import NotSwept, Sweeps
from samepic.model.decision import Action, Decision, Reason
from samepic.model.outcome import Failure, LookedAt, RunRecord
from samepic.model.person import Keys, Person, PersonId
from samepic.model.picture import NO_PICTURE, NOT_TOLD, Stamp
from samepic.model.plan import RunId
from samepic.model.remembered import Change, Row
from samepic.model.sweeping import Changed, Going, Observed, Part
from samepic.model.system import Grant
from samepic.ports.state import RouteBusy
from samepic.state.jobs_file import jobs_file
from samepic.state.runs import _columns
from samepic.state.store import Store, open_state
from samepic.state.tables import run as run_table

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Clock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def store(any_database: Path | URL) -> Store:
    return open_state(any_database)


@pytest.fixture
def sweeps(store: Store) -> Sweeps:
    numbers = count(1)
    return Sweeps(store, Clock(), lambda _: RunId(f"run{next(numbers)}"), "a test")


def cut(store: Store, run: RunId, *rows: Row) -> None:
    store.rows.put(run, rows)
    store.sweeps.observed(run, Observed(), 0, store.rows.cut(run, 2))


def test_while_one_is_under_way_nobody_else_has_the_route(store: Store, sweeps: Sweeps) -> None:
    run = sweeps.start("route", why="so")
    with pytest.raises(RouteBusy, match="run run1, by workers"):
        sweeps.start("route")
    with pytest.raises(RouteBusy), store.route_lock("route", "a sync", NOW):
        pass
    sweeps.start("another")
    assert sweeps.cancel(run) and not sweeps.cancel(run)
    with pytest.raises(RouteBusy):
        sweeps.start("route")  # until the workers have brought it to its end
    store.sweeps.over(run)
    assert [one.route for one in store.sweeps.under_way()] == ["another"]
    assert sweeps.start("route") == "run5"


def test_only_whoever_failed_is_begun_anew_and_only_their_shards(store: Store, sweeps: Sweeps) -> None:
    run = sweeps.start("route")
    done = Decision(Action.WRITE, Reason.NEW)
    rows = [
        Row(f"k{number}", Person(Keys(f"k{number}")), target=Stamp("t"), target_person=PersonId("p"), decision=done)
        for number in range(6)
    ]
    rows[3] = Row("k3", Person(Keys("k3")), target=Stamp("t"), looked=True, failed="so", decision=done)
    cut(store, run, *rows)
    for number in range(3):
        store.sweeps.done(run, number, Part.WRITE)
    store.sweeps.over(run)
    again = sweeps.retry(run)
    assert (again.attempt, again.going, again.job) == (2, Going.ON, "run1.2")
    assert [shard.done for shard in store.sweeps.shards(run)] == [Part.WRITE, None, Part.WRITE]
    [anew] = store.rows.page(run, "k2", 1)
    assert (anew.failed, anew.decision, anew.target, anew.looked) == (None, None, NOT_TOLD, False)
    assert store.rows.page(run, "k3", 9) == rows[4:]


def test_what_a_run_has_changed_is_counted_from_its_writes_whoever_made_them(store: Store, sweeps: Sweeps) -> None:
    run = sweeps.start("route")
    new, gone = Decision(Action.WRITE, Reason.NEW), Decision(Action.CLEAR, Reason.REMOVED)
    cut(store, run, *(Row(f"k{at}", Person(Keys(f"k{at}")), decision=one) for at, one in enumerate((new, new, gone))))
    for key, action, reason, before in (
        ("k0", Action.WRITE, Reason.NEW, NO_PICTURE),
        ("k1", Action.WRITE, Reason.CHANGED, Stamp("a")),
        ("k2", Action.CLEAR, Reason.REMOVED, Stamp("b")),
    ):
        made = Change(key, run, NOW, action, reason, Stamp("s"), Stamp("t"), before, Stamp("c"))
        store.intents.close("route", key, None, None, made)
    progress = sweeps.progress(run)
    assert progress is not None and progress.changed == Changed(written=2, cleared=1, gained=0)
    moved = {(Reason.NEW, Reason.IN_STEP): 2, (Reason.REMOVED, Reason.ABSENT): 1}
    assert store.sweeps.moved(run) == moved


def test_only_the_latest_run_of_workers_can_be_taken_up(store: Store, sweeps: Sweeps) -> None:
    run = sweeps.start("route")
    with pytest.raises(RouteBusy):
        sweeps.retry(run)
    store.sweeps.over(run)
    request = RunRecord(RunId("asked"), None, "route", "request", NOW, NOW, "done", 1, 1, 0, 0)
    store.runs.end(request, {}, None, None)
    assert sweeps.retry(run).attempt == 2  # a person's request in between is no later run
    store.sweeps.over(run)
    sweeps.start("route")
    with pytest.raises(RouteBusy):
        sweeps.retry(run)
    store.sweeps.over(RunId("run2"))
    with pytest.raises(NotSwept, match="later run"):
        sweeps.retry(run)
    with pytest.raises(NotSwept, match="asked"):
        sweeps.retry(RunId("asked"))
    assert not sweeps.cancel(RunId("asked")), "it is over"
    with pytest.raises(NotSwept, match="never"):
        sweeps.cancel(RunId("never"))


def test_a_run_by_one_process_is_told_to_end_once_and_a_dead_one_is_entered_as_such(
    store: Store, sweeps: Sweeps
) -> None:
    record = RunRecord(RunId("alone"), None, "route", "sync", NOW, None, "running", 0, 0, 0, 0)
    with store.route_lock("route", "a sync", NOW):
        store.runs.begin(record)
        assert not store.runs.is_cancelled(record.run)
        assert sweeps.cancel(record.run) and not sweeps.cancel(record.run)
        assert store.runs.is_cancelled(record.run)
        assert sweeps.record(record.run).state == "running", "it says itself when it is over"
    assert not sweeps.cancel(record.run)
    assert (sweeps.record(record.run).state, sweeps.record(record.run).ended_at) == ("interrupted", NOW)
    done = replace(record, run=RunId("done"), state="done")
    store.runs.end(done, {}, None, None)
    assert not sweeps.cancel(done.run) and sweeps.record(done.run) == done


async def test_a_worker_lives_that_says_something(store: Store, sweeps: Sweeps) -> None:
    assert not await sweeps.a_worker_lives(timedelta(hours=1))
    lease = store.leases.take("one", "", NOW)
    assert not await sweeps.a_worker_lives(timedelta(seconds=1))  # it was killed, and nobody has noticed yet
    told = asyncio.create_task(sweeps.a_worker_lives(timedelta(hours=1)))
    while not told.done():
        await asyncio.to_thread(store.leases.beat, lease)
        await asyncio.sleep(0.05)
    assert told.result()


def test_sqlite_of_any_age_tells_the_jobs_a_time_in_parts_of_a_second(tmp_path: Path) -> None:
    engine = jobs_file(tmp_path / "jobs.sqlite")
    with engine.connect() as connection:
        before = datetime.now(UTC).timestamp()
        told = connection.exec_driver_sql("SELECT unixepoch('subsec') * 1000, unixepoch()").one()
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    assert before <= told[0] / 1000 <= datetime.now(UTC).timestamp()
    assert told[1] == int(told[1]) and mode == "wal"
    assert (tmp_path / "jobs.sqlite").stat().st_mode & 0o777 == 0o600
    engine.dispose()


def test_however_many_ask_for_their_picture_meanwhile_the_sweep_is_found_and_taken_up_again(
    store: Store, sweeps: Sweeps
) -> None:
    run = sweeps.start("route", why="so")
    request = RunRecord(RunId(""), None, "route", "request", NOW, NOW, "done", 1, 1, 0, 0)
    asked = [_columns(replace(request, run=RunId(f"asked{number}")), {}, None, None) for number in range(1100)]
    with store._database.write() as connection:
        connection.execute(insert(run_table), asked)
    found, running = sweeps.progress(run), status_of("route", store).running
    assert found is not None and (found.record.run, found.record.state) == (run, "running")
    assert running is not None and running.run == run
    store.runs.end(replace(found.record, state="failed"), {}, None, None)
    store.sweeps.over(run)
    assert sweeps.retry(run).attempt == 2


def test_what_else_came_of_a_sweep_outlives_whoever_did_it(store: Store, sweeps: Sweeps) -> None:
    run = sweeps.start("route")
    write = Decision(Action.WRITE, Reason.NEW)
    rows = [Row(f"k{number}", Person(Keys(f"k{number}", f"{number}@x")), decision=write) for number in range(5)]
    rows[4] = replace(rows[4], failed="no")
    cut(store, run, *rows)
    for key, words in (("k0", "moved"), ("k1", "moved"), ("k1", "moved again")):
        store.sweeps.passed_over(run, key, words)
    assert (store.sweeps.figures(run).skipped, store.sweeps.figures(run).left) == (2, 2)
    made = Change("k0", run, NOW, Action.WRITE, Reason.NEW, Stamp("s"), Stamp("t"), NO_PICTURE, Stamp("c"))
    store.intents.close("route", "k0", None, None, made)  # whoever was passed over and then written was not
    for requests in ({"a": 2, "b": 1}, {}, {"a": 5}):
        store.sweeps.sent(run, requests)
    store.sweeps.looked_back(run, LookedAt(verified=1, did_not_take=2))
    grant = Grant("User.Read.All", "to list")
    store.sweeps.end(run, stopped="refused", missing=[grant])
    store.runs.end(replace(store.runs.of(run) or pytest.fail(), state="failed"), {}, None, None)
    store.sweeps.over(run)
    told = sweeps._outcome(sweeps.progress(run) or pytest.fail())
    assert (told.skipped, told.skips) == (1, (Failure("1@x", "moved again"),))
    assert (told.failures, told.missing) == ((Failure("4@x", "no"),), (grant,))
    assert (told.requests, told.looked_at.did_not_take) == ({"a": 7, "b": 1}, 2)
    assert store.sweeps.figures(run).left == 2
    store.kept.forget("k1")
    assert store.sweeps.figures(run).skips == ()
    sweeps.retry(run)
    assert store.sweeps.figures(run).missing == (), "it is tried again with what was granted"


def test_whoever_the_sweep_before_left_is_news_for_the_one_that_is_begun(store: Store, sweeps: Sweeps) -> None:
    run = sweeps.start("route")
    write, nothing = Decision(Action.WRITE, Reason.NEW), Decision(Action.NOTHING, Reason.IN_STEP)
    rows = [Row(f"k{number}", Person(Keys(f"k{number}")), decision=write) for number in range(3)]
    cut(store, run, *rows, replace(rows[0], key="done", decision=nothing), replace(rows[0], key="failed", failed="no"))
    made = Change("k0", run, NOW, Action.WRITE, Reason.NEW, Stamp("s"), Stamp("t"), NO_PICTURE, Stamp("c"))
    store.intents.close("route", "k0", None, None, made)
    store.sweeps.over(run)
    sweeps.start("route", full=False)
    assert store.rows.count(run) == 0
    assert store.news.page("route", store.news.latest("route"), "", 9) == ["failed", "k1", "k2"]
    assert store.news.page("another", 99, "", 9) == []
