"""A job tells DBOS that a step is done only where it is; where the worker has to end, its thread tells nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn
from unittest import mock

import pytest

from samepic.engine.streak import Stop
from samepic.jobs import Sweeps, Worker
from samepic.model.plan import RunId
from samepic.model.sweeping import Going
from samepic.ports.leases import LeaseLost
from samepic.ports.state import StateUnusable
from samepic.state.store import Store, open_state

NOW = datetime(2026, 11, 22, tzinfo=UTC)
RUN = RunId("run")


class Clock:
    def now(self) -> datetime:
        return NOW


class Parked(BaseException):
    """The thread would wait for ever."""


def park() -> NoReturn:
    raise Parked


@pytest.fixture
def store(tmp_path: Path) -> Store:
    state = open_state(tmp_path / "state.db")
    Sweeps(state, Clock(), lambda _: RUN, "a test").start("route")
    return state


@pytest.fixture
def at_work(store: Store) -> Iterator[Worker]:
    made: Any = Worker(store, mock.Mock(), mock.Mock(), Clock())
    made._held, made._stages, made._heart = store, SimpleNamespace(stopping=False), mock.Mock()
    with mock.patch("samepic.jobs.worker._wait_for_the_end", park):
        yield made


async def told(worker: Any, verb: Callable[[], Coroutine[Any, Any, str]]) -> str:
    """What a job's thread gets of a stage that the worker's loop does."""
    worker._loop = asyncio.get_running_loop()
    answer: str = await asyncio.to_thread(worker._do, RUN, verb, "otherwise")
    return answer


def raising(error: BaseException) -> Callable[[], Coroutine[Any, Any, str]]:
    async def verb() -> str:
        raise error

    return verb


async def done() -> str:
    return "done"


async def test_what_is_done_is_told(at_work: Worker, store: Store) -> None:
    assert await told(at_work, done) == "done"
    [sweep] = store.sweeps.under_way()
    assert sweep.going is Going.ON


@pytest.mark.parametrize("error", [LeaseLost("one"), asyncio.CancelledError()])
async def test_a_worker_without_a_lease_tells_nothing(at_work: Worker, error: BaseException) -> None:
    with pytest.raises(Parked):
        await told(at_work, raising(error))


async def test_a_worker_that_is_to_end_does_not_pass_a_part_for_done_that_ended_early(at_work: Any) -> None:
    at_work._stages.stopping = True
    with pytest.raises(Parked):
        await told(at_work, done)


@pytest.mark.parametrize(
    ("error", "words"), [(Stop("no permission"), "no permission"), (ZeroDivisionError("oh"), "ZeroDivisionError: oh")]
)
async def test_what_stops_a_sweep_is_entered_and_ends_it(
    at_work: Worker, store: Store, error: Exception, words: str
) -> None:
    assert await told(at_work, raising(error)) == "otherwise"
    [sweep] = store.sweeps.under_way()
    assert (sweep.going, sweep.stopped) == (Going.ENDING, words)


async def test_a_state_out_of_reach_for_a_moment_stops_nothing(at_work: Any, store: Store) -> None:
    times = 0

    async def verb() -> str:
        nonlocal times
        times += 1
        if times < 3:
            raise StateUnusable("the state", "no connection")
        return "done"

    assert await told(at_work, verb) == "done"
    [sweep] = store.sweeps.under_way()
    assert sweep.going is Going.ON
    assert at_work._heart.wait_for_a_beat.call_count == 2, "it is asked again only once the state takes a beat"


async def test_a_state_that_takes_beats_and_refuses_a_part_again_and_again_stops_the_sweep(
    at_work: Worker, store: Store
) -> None:
    assert await told(at_work, raising(StateUnusable("the state", "no such table"))) == "otherwise"
    [sweep] = store.sweeps.under_way()
    assert sweep.going is Going.ENDING and "no such table" in (sweep.stopped or "")


async def test_how_a_sweep_was_stopped_is_entered_once_the_state_takes_it(at_work: Any, store: Store) -> None:
    end, refused = store.sweeps.end, [StateUnusable("the state", "disk full")] * 2

    def sometimes(*arguments: Any, **named: Any) -> bool:
        if refused:
            raise refused.pop()
        return end(*arguments, **named)

    with mock.patch.object(store.sweeps, "end", sometimes):
        assert await told(at_work, raising(Stop("no permission"))) == "otherwise"
    [sweep] = store.sweeps.under_way()
    assert (sweep.going, sweep.stopped) == (Going.ENDING, "no permission")


async def test_a_job_that_waits_for_the_state_tells_nothing_once_its_lease_is_over(at_work: Any) -> None:
    at_work._heart.wait_for_a_beat.side_effect = LeaseLost("one")
    with pytest.raises(Parked):
        await told(at_work, raising(StateUnusable("the state", "no connection")))
