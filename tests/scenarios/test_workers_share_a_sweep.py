"""Workers share a sweep; one that is killed loses nothing, one that was stopped writes nothing more when it wakes."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL
from tests.samepic_commands import Command, until
from tests.sync_bench import SyncBench, sync_bench

from localtenant.store.records import Case

PEOPLE = 40
LEASE_S = 5


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncBench]:
    with sync_bench(tmp_path_factory.mktemp("workers"), people=PEOPLE) as bench:
        yield bench


@pytest.fixture
def bench(whole: SyncBench) -> Iterator[SyncBench]:
    whole.fresh()
    path = whole.folder / "samepic.toml"
    workers = f"[workers]\nlease_seconds = {LEASE_S}\npeople_per_shard = 12\nshards_at_once = 1"
    path.write_text(path.read_text().replace("[workers]", workers, 1))
    yield whole
    whole.at.control.clear_faults()


def ask(bench: SyncBench, question: str) -> list[Any]:
    with sqlite3.connect(f"file:{bench.state / 'state.sqlite'}?mode=ro", uri=True) as database:
        return database.execute(question).fetchall()


def began(bench: SyncBench) -> str:
    command = bench.run("sweep", "--json")
    assert command.code == 0, command.said()
    return str(command.json()["runs"][0]["run"])


def worker(bench: SyncBench) -> Command:
    command = bench.start("worker", "--json")
    until(lambda: command.out.read_text() or command.ended(), "the worker takes on work")
    assert not command.ended(), command.said()
    return command


def state_of(bench: SyncBench, run: str) -> str:
    [(state,)] = ask(bench, f"SELECT state FROM run WHERE run = '{run}'")
    return str(state)


def until_over(bench: SyncBench, run: str, *working: Command) -> None:
    def over() -> bool:
        assert not any(one.ended() for one in working), [one.said() for one in working]
        return ask(bench, f"SELECT going FROM sweep WHERE run = '{run}'") == [("over",)]

    until(over, "the sweep is over")


def until_nothing_is_on_its_way(bench: SyncBench) -> None:
    """What was handed to the network before its sender was stopped or killed arrives whenever it does."""
    seen, still_since = bench.at.control.ledger(), time.monotonic()
    while time.monotonic() < still_since + 1:
        time.sleep(0.1)
        now = bench.at.control.ledger()
        seen, still_since = now, still_since if now == seen else time.monotonic()


def dismissed(command: Command) -> None:
    """Told to end, a worker ends well."""
    assert command.kill(signal.SIGTERM) == 0, command.said()


def everybody_is_right(bench: SyncBench) -> None:
    for user in bench.people():
        if user.case is Case.NEVER_VISITED:
            bench.assert_whole(user.upn)
    assert ask(bench, "SELECT * FROM intent") == []
    bench.at.control.clear_ledger()
    assert bench.sync()["written"] == 0
    assert not bench.uploads()


def nothing_twice_but(bench: SyncBench, in_flight: set[str]) -> None:
    uploads = bench.uploads()
    assert max(Counter(name for name, _ in uploads).values()) == 1, "every file had one content only"
    assert {name.partition("_")[0] for (name, _), count in uploads.items() if count > 1} <= in_flight


def stands_still(pid: int) -> bool:
    """Each thread obeys a signal to stop for itself, a little later; where the system does not tell, a moment."""
    threads = list(Path(f"/proc/{pid}/task").glob("*/stat"))
    if not threads:
        time.sleep(0.3)
    return all(one.read_text().rpartition(")")[2].split()[0] == "T" for one in threads)


def stop_outside_a_transaction(bench: SyncBench, command: Command) -> None:
    """SIGSTOP. Within one it would keep SQLite's lock, and everybody from writing until it is continued or killed."""

    def stopped() -> bool:
        os.kill(command.pid, signal.SIGSTOP)
        until(lambda: stands_still(command.pid), "all its threads stand still")
        try:
            for name in ("state.sqlite", "jobs.sqlite"):
                with sqlite3.connect(bench.state / name, timeout=0.2, isolation_level=None) as database:
                    database.execute("BEGIN IMMEDIATE")
                    database.execute("ROLLBACK")
        except sqlite3.OperationalError:
            os.kill(command.pid, signal.SIGCONT)
            return False
        return True

    until(stopped, "it is stopped outside a transaction")


MOMENTS = (
    {"operation": "users"},  # observing
    {"operation": "photo"},  # matching: a look at the source
    {"operation": "photo/$value"},  # deciding
    {"operation": "Files/add", "nth": 8},  # writing
)


def test_killed_at_every_stage_another_goes_on_and_nobody_is_written_twice(bench: SyncBench) -> None:
    run = began(bench)
    in_flight: set[str] = set()
    for moment in MOMENTS:
        fault = bench.at.control.post_fault(kind="hold_after", times=None, **moment)
        command = worker(bench)
        assert bench.held_or_ended(fault, command), f"{moment}: {command.said()}"
        in_flight |= {key for (key,) in ask(bench, "SELECT key FROM intent")}
        assert command.kill() == -signal.SIGKILL
        bench.at.control.clear_faults()
    last = worker(bench)
    until_over(bench, run, last)
    assert state_of(bench, run) == "done"
    dismissed(last)
    assert in_flight
    nothing_twice_but(bench, in_flight)
    everybody_is_right(bench)


def test_a_worker_that_wakes_after_its_lease_writes_nothing_more(bench: SyncBench) -> None:
    run = began(bench)
    fault = bench.at.control.post_fault(kind="hold_after", operation="Files/add", nth=2, times=None)
    sleeper = worker(bench)
    assert bench.held_or_ended(fault, sleeper), sleeper.said()
    in_flight = {key for (key,) in ask(bench, "SELECT key FROM intent")}
    stop_outside_a_transaction(bench, sleeper)
    try:
        other = worker(bench)
        until(lambda: ask(bench, "SELECT * FROM lease WHERE lapsed") or other.ended(), "the other takes over")
        assert other.kill() == -signal.SIGKILL  # so that whatever is sent from now on is the sleeper's
        bench.at.control.clear_faults()  # the answers to what it was sending are on their way
        until(lambda: not bench.held(fault), "the tenant has answered")
        until_nothing_is_on_its_way(bench)
        known = ask(bench, "SELECT key FROM change") + ask(bench, "SELECT key FROM intent ORDER BY key")
        bench.at.control.clear_ledger()
    finally:
        os.kill(sleeper.pid, signal.SIGCONT)
    assert sleeper.wait() == 1
    assert "silent for longer than its lease" in sleeper.said()
    assert not bench.uploads() and not bench.properties_set(), (
        sleeper.said(),
        other.said(),
        in_flight,
        bench.at.control.json("GET", "/changes"),
    )
    assert ask(bench, "SELECT key FROM change") + ask(bench, "SELECT key FROM intent ORDER BY key") == known
    last = worker(bench)
    until_over(bench, run, last)
    dismissed(last)
    assert in_flight
    nothing_twice_but(bench, in_flight)
    everybody_is_right(bench)


def test_two_workers_share_the_shards_and_whoever_is_told_to_end_leaves_its_own_to_the_other(bench: SyncBench) -> None:
    one, two = worker(bench), worker(bench)
    fault = bench.at.control.post_fault(kind="hold_before", operation="Files/add", times=None)
    run = began(bench)
    writing = "SELECT DISTINCT holder FROM run_shard WHERE done IN ('decide', 'print')"
    until(lambda: bench.held(fault) and len(ask(bench, writing)) == 2, "both are writing")
    bench.at.control.clear_faults()
    dismissed(one)
    until_over(bench, run, two)
    assert state_of(bench, run) == "done"
    dismissed(two)
    assert ask(bench, "SELECT * FROM lease") == []
    nothing_twice_but(bench, set())
    everybody_is_right(bench)


def test_cancelled_it_ends_soon_with_nothing_half_done_and_can_be_taken_up_again(bench: SyncBench) -> None:
    fault = bench.at.control.post_fault(kind="hold_before", operation="Files/add", nth=5, times=None)
    run, working = began(bench), worker(bench)
    assert bench.held_or_ended(fault, working), working.said()
    busy = bench.run("sync")
    assert busy.code == 1 and f"run {run}, by workers" in busy.said()
    assert bench.run("cancel", run).code == 0
    bench.at.control.clear_faults()
    until_over(bench, run, working)
    assert state_of(bench, run) == "interrupted"
    assert ask(bench, "SELECT * FROM intent") == []
    written = {key for (key,) in ask(bench, "SELECT key FROM change")}
    unwritten = [u for u in bench.people() if u.case is Case.NEVER_VISITED and u.id not in written]
    assert written and unwritten
    for user in unwritten:
        assert bench.thumbs(user.upn) == (None, None, None)

    poor = unwritten[0]
    bench.at.control.post_fault(kind="status", operation="Files/add", person=poor.upn, status=403, times=None)
    again = bench.run("retry", run, "--wait", "--json").json()["runs"][0]
    assert (again["state"], again["attempt"], again["failed"]) == ("done", 2, 1)
    bench.at.control.clear_faults()
    again = bench.run("retry", run, "--wait", "--json").json()["runs"][0]
    assert (again["state"], again["attempt"], again["failed"]) == ("done", 3, 0)
    dismissed(working)
    nothing_twice_but(bench, set())
    everybody_is_right(bench)
    late = bench.run("retry", run)
    assert late.code == 1 and "a later run" in late.said()


def test_in_postgresql_too_another_goes_on_where_one_was_killed(bench: SyncBench, postgresql: URL) -> None:
    path = bench.folder / "samepic.toml"
    url = f"postgresql://{postgresql.username}@/{postgresql.database}?host={postgresql.query['host']}"
    path.write_text(re.sub(r"(?m)^# url = .postgresql.*$", lambda _: f'url = "{url}"', path.read_text(), count=1))
    run, killed = began(bench), worker(bench)
    other = worker(bench)
    fault = bench.at.control.post_fault(kind="hold_after", operation="Files/add", nth=8, times=None)
    assert bench.held_or_ended(fault, killed), killed.said()
    assert killed.kill() == -signal.SIGKILL
    bench.at.control.clear_faults()

    def over() -> bool:
        told = bench.run("runs", run, "--json").json()
        return bool(told["going"] == "over" and told["state"] == "done") or other.ended()

    until(over, "the sweep is over", every_s=0.5)  # a command each time
    dismissed(other)
    assert not (bench.state / "jobs.sqlite").exists()
    assert not (bench.state / "state.sqlite").exists() or ask(bench, "SELECT * FROM run") == [], (
        "nothing is in the file"
    )
    for user in bench.people():
        if user.case is Case.NEVER_VISITED:
            bench.assert_whole(user.upn)
    assert bench.sync()["written"] == 0
