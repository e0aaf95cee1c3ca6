"""A restore over everybody ends at another process's word: whoever is being written is finished, nobody else begun."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.office import Office, face

from samepic.engine import Wanted, order
from samepic.model.person import Person
from samepic.model.plan import RunId
from samepic.model.policy import Policy
from samepic.systems.memory import MemorySystem

PEOPLE, BAD = 90, 900


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(order, "LOOKS_S", 0.01)
    return Office(tmp_path, policy=Policy(hold_at_least=1_000, hold_same=1_000))


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], bool]]:
    """Whether the run has found the word in the state."""
    with caplog.at_level(logging.INFO, "samepic.engine"):
        yield lambda: "was cancelled by another process" in caplog.text


async def spoilt(office: Office) -> tuple[list[Person], RunId]:
    """Everybody has got another picture, by a run."""
    people = office.hire(PEOPLE)
    await office.engine.sync()
    for number, person in enumerate(people):
        office.source.put(office.source_id(person), face(BAD + number % 5))
    office.clock.move(hours=1)
    run = await office.engine.sync()
    assert run.written == PEOPLE
    office.clock.move(hours=1)
    return people, run.run


def cancelled_by(
    monkeypatch: pytest.MonkeyPatch, office: Office, system: MemorySystem, verb: str, heard: Callable[[], bool]
) -> list[object]:
    """The first call of a verb has the run at work cancelled; each is answered when the word was heard. The calls."""
    original, calls = getattr(system, verb), list[object]()

    async def held(*given: Any, **named: Any) -> Any:
        calls.append(given)
        running = office.state.runs.running("office")
        assert running is not None
        office.state.runs.cancel(running.run, office.clock.now())
        while not heard():
            await asyncio.sleep(0.001)
        return await original(*given, **named)

    monkeypatch.setattr(system, verb, held)
    return calls


async def test_whoever_is_being_written_is_finished_and_nobody_else_is_begun(
    office: Office, heard: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    people, bad = await spoilt(office)
    before = {person: office.shown(person) for person in people}
    with monkeypatch.context() as patched:
        cancelled_by(patched, office, office.target, "write", heard)
        done = await office.engine.restore(Wanted(run=bad))
    changed = [person for person in people if office.shown(person) != before[person]]
    assert done.cancelled and 0 < done.written == len(changed) < PEOPLE, done
    assert done.pending == PEOPLE - done.written and office.state.intents.count("office") == 0
    record = office.state.runs.of(done.run)
    assert record is not None
    assert (record.kind, record.state, record.words, record.written) == (
        "restore",
        "interrupted",
        "cancelled",
        done.written,
    )
    rest = await office.engine.restore(Wanted(run=bad))
    assert (rest.cancelled, rest.written) == (False, PEOPLE - done.written), "the same command again does what is left"


async def test_nobody_is_written_where_the_word_comes_while_it_looks(
    office: Office, heard: Callable[[], bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, bad = await spoilt(office)
    writes = len(office.target.writes)
    with monkeypatch.context() as patched:
        looks = cancelled_by(patched, office, office.census, "find", heard)
        done = await office.engine.restore(Wanted(run=bad))
    assert (done.cancelled, done.written, len(office.target.writes)) == (True, 0, writes)
    assert 0 < len(looks) < PEOPLE, "nobody further is looked at"
    record = office.state.runs.of(done.run)
    assert record is not None and (record.state, record.plan) == ("interrupted", None), "of some alone comes no plan"
    assert (await office.engine.restore(Wanted(run=bad))).written == PEOPLE
