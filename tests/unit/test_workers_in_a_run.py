"""A run goes on past the picture that ends its reader, and blames no picture where nothing can be read at all."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from tests.misbehaving_worker import COMMAND as MISBEHAVING
from tests.office import Office, face

from samepic.engine import Engine, Route
from samepic.imaging import NoWorker, Workers
from samepic.model.decision import Reason


def engine(office: Office, workers: Workers) -> Engine:
    route = Route("office", office.census, office.source, office.target, office.policy)
    return Engine(route, office.state, office.vault, office.clock, workers)


async def test_one_picture_that_crashes_its_reader_is_refused_and_the_others_are_written(tmp_path: Path) -> None:
    office, workers = Office(tmp_path), Workers(1, command=MISBEHAVING)
    people = office.hire(4)
    office.source.put(office.source_id(people[2]), face(2) + f"do die {signal.SIGSEGV.value}".encode())
    try:
        outcome = await engine(office, workers).sync()
        assert (outcome.written, outcome.failed, outcome.stopped) == (3, 0, None)
        explained = await engine(office, workers).explain(people[2].keys.upn or "")
        assert explained.reason is Reason.REFUSED
        assert "crash" in explained.detail
    finally:
        workers.close()


async def test_without_any_worker_the_run_ends_and_no_picture_is_blamed(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.hire(2)
    with pytest.raises(NoWorker):
        await engine(office, Workers(1, command=("/no/such/program",))).sync()
    assert not office.target.writes
    assert (await office.engine.sync()).written == 2
