"""A sweep that one process carries out ends at another's word: between two people, and nobody is left half done."""

from __future__ import annotations

import re
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL
from tests.samepic_commands import Command, until
from tests.sync_bench import SyncBench, sync_bench

from samepic.cli.exit_codes import Exit


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncBench]:
    with sync_bench(tmp_path_factory.mktemp("cancelled"), people=120) as bench:
        yield bench


@pytest.fixture
def bench(whole: SyncBench, any_database: Path | URL) -> Iterator[SyncBench]:
    whole.fresh()
    if isinstance(any_database, URL):
        path = whole.folder / "samepic.toml"
        url = f"postgresql://{any_database.username}@/{any_database.database}?host={any_database.query['host']}"
        path.write_text(re.sub(r"(?m)^# url = .postgresql.*$", lambda _: f'url = "{url}"', path.read_text(), count=1))
    yield whole
    whole.at.control.clear_faults()


def newest(bench: SyncBench) -> Any:
    return bench.run("runs", "--json").json()["runs"][0]


def cancelled(bench: SyncBench, at_work: Command, *more: str) -> Command:
    """The word is given, and whoever is at work has heard it."""
    told = bench.run("cancel", newest(bench)["run"], *more)
    assert told.code == 0, told.said()
    until(lambda: "was cancelled by another process" in at_work.err.read_text() or at_work.ended(), "it is heard")
    return told


def test_who_is_being_written_is_finished_and_nobody_else_is_begun(bench: SyncBench) -> None:
    fault = bench.at.control.post_fault(kind="hold_before", operation="Files/add", times=None)
    at_work = bench.start("sync", "--json", "--log-format", "json")
    assert bench.held_or_ended(fault, at_work), at_work.said()
    assert "ends" in cancelled(bench, at_work).said()
    bench.at.control.clear_faults()
    assert at_work.wait() == Exit.INTERRUPTED, at_work.said()
    told = at_work.json()
    assert told["cancelled"] and told["written"] > 0 and told["pending"] > 0 and told["failed"] == 0, told
    record = newest(bench)
    assert (record["state"], record["words"], record["written"]) == ("interrupted", "cancelled", told["written"])
    thumbs = [bench.thumbs(person.upn) for person in bench.people()]
    assert all(all(one) or not any(one) for one in thumbs), "nobody is left half done"
    assert len(bench.properties_set()) == told["written"], "each of them to the last property"
    files = Counter(name.rsplit("_", 1)[0] for name, _ in bench.uploads().elements())
    assert set(files.values()) == {3} and len(files) < told["written"] + told["pending"], "whoever was begun has all"
    assert bench.sync()["written"] >= told["pending"], "the next one does what is left"


def test_nobody_is_written_where_the_word_comes_while_it_looks(bench: SyncBench) -> None:
    fault = bench.at.control.post_fault(kind="hold_before", operation="photo", times=None)
    at_work = bench.start("sync", "--json", "--log-format", "json")
    assert bench.held_or_ended(fault, at_work), at_work.said()
    told = cancelled(bench, at_work, "--wait", "--json").json()["runs"][0]
    assert (told["state"], told["words"], told["written"]) == ("interrupted", "cancelled", 0)
    assert at_work.wait() == Exit.INTERRUPTED, "although nothing was answered yet"
    assert not bench.uploads()
    assert bench.run("cancel", told["run"]).said().startswith(f"Run {told['run']} was over already: interrupted.")


def test_of_a_run_whose_process_has_died_the_history_says_so(bench: SyncBench) -> None:
    fault = bench.at.control.post_fault(kind="hold_before", operation="Files/add", times=None)
    at_work = bench.start("sync")
    assert bench.held_or_ended(fault, at_work), at_work.said()
    assert at_work.kill() == -signal.SIGKILL
    run = newest(bench)
    assert run["state"] == "running", "nobody has noticed"
    told = bench.run("cancel", run["run"], "--json")
    assert told.code == 0 and told.json()["runs"][0]["words"] == "the process ended without saying so"
    assert newest(bench)["state"] == "interrupted"
    assert bench.run("cancel", "20261122-060000-000000").code == 1, "there never was such a run"
