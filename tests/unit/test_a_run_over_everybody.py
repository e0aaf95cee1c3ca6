"""One run as the design describes it, over a made-up office in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.office import Office

from samepic.model.decision import Reason


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


async def test_everybody_with_a_picture_gets_it_and_a_second_run_does_nothing(office: Office) -> None:
    office.hire(30)
    office.hire(5, source=False)

    first = await office.engine.sync()

    assert first.stopped is None and first.held is None
    assert (first.people, first.written, first.failed, first.pending) == (35, 30, 0, 0)
    assert first.counts == {Reason.NEW: 30, Reason.ABSENT: 5}
    assert all(office.shown(person) for person in office.people[:30])

    reads, writes = len(office.source.reads), len(office.target.writes)
    second = await office.engine.sync()

    assert second.counts == {Reason.IN_STEP: 30, Reason.ABSENT: 5}
    assert second.written == 0
    assert (len(office.source.reads), len(office.target.writes)) == (reads, writes)
    assert second.requests == {"census": 1, "source": 2, "target": 1}
