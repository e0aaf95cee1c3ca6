"""Samepic or the tenant is killed, or told to stop, in the middle of everybody's sync; the next run completes it."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.samepic_commands import PATIENCE_S, Command, Forks, forks, until
from tests.sync_bench import SyncBench, sync_bench
from tests.tenant_process import tenant_process

from localtenant.store.records import Case
from samepic.systems.sharepoint_online import SharePointOnlineSettings

AT_ONCE_AT_MOST = SharePointOnlineSettings().at_once
KILLS = 5


@pytest.fixture(scope="module")
def commands() -> Iterator[Forks]:
    with forks() as forked:
        yield forked


def uploads_so_far(bench: SyncBench) -> int:
    return sum(e["count"] for e in ledger(bench) if e["operation"] == "Files/add" and e["status"] == 200)


def ledger(bench: SyncBench) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = bench.at.control.ledger()["entries"]
    return entries


def wait_for_uploads(bench: SyncBench, command: Command, many: int) -> None:
    stored = f"{many} files are stored"
    until(lambda: command.ended() or uploads_so_far(bench) >= many, stored, every_s=0.03)  # asking, too, takes time


def unfinished(state: Path) -> set[str]:
    """Of whom a write has begun and is not remembered: the stems of their files are their ids."""
    with sqlite3.connect(f"file:{state / 'state.sqlite'}?mode=ro", uri=True) as database:
        return {key for (key,) in database.execute("SELECT key FROM intent")}


def test_killed_at_five_moments_among_600_people(tmp_path: Path) -> None:
    with sync_bench(tmp_path, people=600) as bench:
        expected = [u for u in bench.people() if u.case is Case.NEVER_VISITED]
        moments = sorted(random.Random(2026).sample(range(10, 3 * len(expected)), KILLS))
        in_flight: set[str] = set()
        for moment in moments:
            command = bench.start("sync", "--json")
            wait_for_uploads(bench, command, moment)
            assert command.kill() == -signal.SIGKILL
            begun = unfinished(bench.state)
            in_flight |= begun
        done = bench.sync()
        assert done["failed"] == 0
        assert unfinished(bench.state) == set()
        for user in expected:
            bench.assert_whole(user.upn)
        assert_nothing_twice_but(bench, in_flight)
        bench.at.control.clear_ledger()
        assert bench.sync()["written"] == 0
        assert not bench.uploads()


def assert_nothing_twice_but(bench: SyncBench, in_flight: set[str]) -> None:
    """Those in flight may have had one file and the properties sent twice, with the same bytes; nobody else has."""
    uploads = bench.uploads()
    names = Counter(name for name, _ in uploads)
    assert max(names.values()) == 1, "every file had one content only"
    twice = {name.partition("_")[0] for (name, _), count in uploads.items() if count > 1}
    assert twice <= in_flight
    assert sum(count - 1 for count in uploads.values()) <= KILLS * AT_ONCE_AT_MOST
    upns = {user.upn for user in bench.people() if user.id in in_flight}
    assert {upn for upn, count in bench.properties_set().items() if count > 1} <= upns


def test_killed_as_it_learns_that_somebody_cannot_be_written(tmp_path: Path) -> None:
    """SharePoint takes the files, refuses the properties, and the files are taken back: they are not brought again."""
    with sync_bench(tmp_path, people=50) as bench:
        [refused] = [user for user in bench.people() if user.case is Case.NOT_EDITABLE]
        command = bench.start("sync", refused.upn, dies_at_commit=["close", "after"])
        assert command.wait() == -signal.SIGKILL, command.said()
        assert unfinished(bench.state) == set()
        assert bench.sync()["failed"] == 0
        theirs = [count for (name, _), count in bench.uploads().items() if name.startswith(refused.id)]
        assert theirs == [1, 1, 1]
        assert bench.thumbs(refused.upn) == (None, None, None)


def test_the_tenant_killed_and_restarted_in_the_middle(tmp_path: Path, commands: Forks) -> None:
    state, folder = str(tmp_path / "tenant"), tmp_path / "work"
    folder.mkdir()
    config = str(folder / "samepic.toml")
    with tenant_process("--people", "60", "--state", state, "--write-config", config) as first:
        port = int(first.said["url"].rpartition(":")[2])
        command = commands.start(folder, "sync", "--json")
        until(lambda: command.ended() or first.control.count(operation="Files/add") > 10, "it writes")
        first.kill()
    with tenant_process("--state", state, "--write-config", config, port=port) as second:
        code = command.wait()
        assert code in (0, 1), command.said()
        assert "Traceback" not in command.said()
        if code == 1:
            assert any(words in command.said() for words in ("no connection", "connection broke")), command.said()
        again = commands.run(folder, "sync", "--json")
        assert again.code == 0, again.said()
        assert commands.run(folder, "sync", "--json").json()["written"] == 0
        for person in second.control.people("never_visited"):
            assert all(second.control.picture(person["id"], f"sharepoint-{size}") for size in "sml")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_it_stops_at_once_and_the_next_run_completes(tmp_path: Path, how: signal.Signals) -> None:
    with sync_bench(tmp_path, people=50) as bench:
        bench.at.control.post_fault(kind="hold_after", operation="Files/add", nth=8, times=1)
        process = subprocess.Popen(
            [str(Path(sys.executable).parent / "samepic"), "sync"],
            cwd=bench.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        until(lambda: process.poll() is not None or uploads_so_far(bench) > 8, "it writes")
        process.send_signal(how)
        out, err = process.communicate(timeout=PATIENCE_S)  # it ends although one of its requests is never answered
        assert process.returncode == 130, out + err
        assert "Traceback" not in err
        assert "Interrupted" in err
        in_flight = unfinished(bench.state)
        bench.at.control.clear_faults()
        assert bench.run("runs", "--json").json()["runs"][0]["state"] == "interrupted"
        bench.sync()
        for user in bench.people():
            if user.case is Case.NEVER_VISITED:
                bench.assert_whole(user.upn)
        assert_nothing_twice_but(bench, in_flight)
