"""A sweep that stands still, whatever it holds, keeps nobody from their own picture."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import URL
from tests.samepic_commands import until
from tests.sync_bench import SyncBench, sync_bench

from localtenant.store.records import Case
from samepic.config.load import load
from samepic.jobs import Progress
from samepic.model.plan import RunId
from samepic.model.sweeping import Going
from samepic.state.store import open_state
from samepic.wiring import state_at
from samepic.working import sweeps_of

PEOPLE = 40
AT_ONCE = 2


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SyncBench]:
    with sync_bench(tmp_path_factory.mktemp("beside"), people=PEOPLE) as bench:
        yield bench


@pytest.fixture(params=["sqlite", "postgresql"])
def bench(whole: SyncBench, request: pytest.FixtureRequest) -> Iterator[SyncBench]:
    whole.fresh()
    path = whole.folder / "samepic.toml"
    workers = f"[workers]\npeople_per_shard = 12\nrequests_at_once = {AT_ONCE}"
    text = path.read_text().replace("[workers]", workers, 1)
    if request.param == "postgresql":
        at: URL = request.getfixturevalue("postgresql")
        url = f"postgresql://{at.username}@/{at.database}?host={at.query['host']}"
        text = re.sub(r"(?m)^# url = .postgresql.*$", lambda _: f'url = "{url}"', text, count=1)
    path.write_text(text)
    yield whole
    whole.at.control.clear_faults()


def nobody_is_at(bench: SyncBench, upn: str) -> bool:
    """Whether the sweep has not taken this person on: else their own picture is on its way."""
    configuration, user = load(bench.folder / "samepic.toml"), bench.at.tenant.store.user(upn)
    assert user is not None
    with closing(open_state(state_at(configuration))) as state:
        lock = state.person_lock(configuration.settings.routes[0].name, user.id)
        free = lock.take()
        lock.release()
        return free


def test_a_person_is_served_while_the_sweep_looks_and_while_it_writes(bench: SyncBench) -> None:
    alone = sorted(user.upn for user in bench.people() if user.case is Case.NEVER_VISITED)
    working = bench.start("worker", "--json")
    looking = bench.at.control.post_fault(kind="hold_before", operation="photo", times=1)
    with sweeps_of(load(bench.folder / "samepic.toml")) as sweeps:
        run = RunId(bench.run("sweep", "--json").json()["runs"][0]["run"])

        def stands() -> Progress:
            found = sweeps.progress(run)
            assert found is not None
            return found

        assert bench.held_or_ended(looking, working), working.said()
        assert os.getpriority(os.PRIO_PROCESS, working.pid) > os.getpriority(os.PRIO_PROCESS, 0), "it steps back"
        served = [alone.pop()]
        assert bench.sync(served[0])["written"] == 1
        assert bench.held(looking), "the sweep still stands"

        writing = bench.at.control.post_fault(kind="hold_before", operation="Files/add", times=AT_ONCE)
        bench.at.control.delete_fault(looking["id"])

        def holds_all_it_may() -> bool:
            kept = bench.at.tenant.faults.get(writing["id"])
            return working.ended() or (kept is not None and kept.holding == AT_ONCE)

        until(holds_all_it_may, "all that the sweep may send is held")
        before = stands().changed.written
        served.append(next(upn for upn in alone if nobody_is_at(bench, upn)))
        assert bench.sync(served[1])["written"] == 1
        assert stands().changed.written == before, "the sweep still stands"
        assert stands().sweep.going is Going.ON

        bench.at.control.clear_faults()
        until(lambda: stands().sweep.going is Going.OVER or working.ended(), "the sweep is over")
        assert stands().record.state == "done", working.said()
    assert working.kill(15) == 0, working.said()
    for user in bench.people():
        if user.case is Case.NEVER_VISITED:
            bench.assert_whole(user.upn)
    assert max(bench.uploads().values()) == 1, "nobody was written twice"
