"""Calls of the state that several people need at the same moment: made together, and nobody told too early."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from samepic.engine.gathered import Gathered


class Counted:
    """Doubles numbers, in a thread that a test can hold; refuses a call with a nought in it."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.goes = threading.Event()
        self.goes.set()
        self.begun = threading.Event()

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.begun.set()
        assert self.goes.wait(60)
        self.calls.append(list(numbers))
        if 0 in numbers:
            raise LookupError("nought")
        return [2 * number for number in numbers]


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.fixture
def gathered(counted: Counted) -> Iterator[Gathered[int, int]]:
    with ThreadPoolExecutor(1) as thread:
        yield Gathered(thread, counted)


async def test_who_comes_in_one_moment_shares_a_call_and_has_their_own_answer(
    counted: Counted, gathered: Gathered[int, int]
) -> None:
    assert await asyncio.gather(*map(gathered, (3, 1, 2))) == [6, 2, 4]
    assert counted.calls == [[3, 1, 2]]
    assert await gathered(4) == 8


async def test_nobody_is_told_before_the_call_is_done_and_who_comes_meanwhile_shares_the_next(
    counted: Counted, gathered: Gathered[int, int]
) -> None:
    counted.goes.clear()
    first = asyncio.create_task(gathered(1))
    await asyncio.to_thread(counted.begun.wait, 60)
    others = [asyncio.create_task(gathered(number)) for number in (2, 3)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in (first, *others)) and counted.calls == []
    counted.goes.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6]
    assert counted.calls == [[1], [2, 3]]


async def test_a_failure_is_everybodys_who_shared_the_call_and_nobody_elses(
    counted: Counted, gathered: Gathered[int, int]
) -> None:
    answers = await asyncio.gather(gathered(1), gathered(0), return_exceptions=True)
    assert [type(answer) for answer in answers] == [LookupError, LookupError]
    assert await gathered(5) == 10
    assert counted.calls == [[1, 0], [5]]


async def test_who_was_cancelled_before_the_call_is_left_out_and_during_it_hinders_nobody(
    counted: Counted, gathered: Gathered[int, int]
) -> None:
    counted.goes.clear()
    began = [asyncio.create_task(gathered(number)) for number in (1, 2)]
    await asyncio.to_thread(counted.begun.wait, 60)
    waits = [asyncio.create_task(gathered(number)) for number in (3, 4)]
    await asyncio.sleep(0)
    began[0].cancel()
    waits[0].cancel()
    await asyncio.sleep(0)
    counted.goes.set()
    assert await asyncio.gather(began[1], waits[1]) == [4, 8]
    assert counted.calls == [[1, 2], [4]], "what has begun ends"


async def test_more_than_fit_one_call_all_get_their_answer(counted: Counted, gathered: Gathered[int, int]) -> None:
    assert await asyncio.gather(*map(gathered, range(1, 151))) == [2 * number for number in range(1, 151)]
    assert sorted(map(len, counted.calls)) == [22, 64, 64]
