"""Questions that share a request, and work done abreast."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from samepic.model.budget import Lane
from samepic.ports.budgets import calling_for, lane
from samepic.ports.errors import Busy
from samepic.transport.together import Together, abreast


async def test_questions_of_one_moment_are_asked_together() -> None:
    asked: list[list[int]] = []

    async def ask(keys: Sequence[int]) -> dict[int, int | Exception]:
        asked.append(list(keys))
        return {k: k * 2 if k else ValueError("nought") for k in keys if k != 9}

    together: Together[int, int] = Together(ask, most=4)
    answers = await asyncio.gather(*(together.answer(n) for n in (1, 2, 0, 1, 3, 9)), return_exceptions=True)
    assert asked == [[1, 2, 0, 3], [9]]
    assert answers[0] == answers[3] == 2
    assert isinstance(answers[2], ValueError)
    assert isinstance(answers[5], LookupError)
    await together.aclose()


async def test_a_persons_question_shares_no_request_with_a_sweeps() -> None:
    asked: list[tuple[Lane, list[int]]] = []

    async def ask(keys: Sequence[int]) -> dict[int, int | Exception]:
        asked.append((lane(), list(keys)))
        return {k: k for k in keys}

    together: Together[int, int] = Together(ask, most=4)
    sweep = [asyncio.create_task(together.answer(n)) for n in range(3)]
    with calling_for(Lane.REQUEST):
        assert await together.answer(7) == 7
    assert await asyncio.gather(*sweep) == [0, 1, 2]
    assert sorted(asked) == [(Lane.REQUEST, [7]), (Lane.SWEEP, [0, 1, 2])]


async def test_the_slower_the_system_the_more_questions_share_a_request() -> None:
    asked: list[int] = []

    async def ask(keys: Sequence[int]) -> dict[int, int | Exception]:
        asked.append(len(keys))
        await asyncio.sleep(0.05)
        return {k: k for k in keys}

    together: Together[int, int] = Together(ask, most=20, within_seconds=0.001)

    async def later(n: int) -> int:
        await asyncio.sleep(0.004 * n)
        return await together.answer(n)

    assert await asyncio.gather(*(later(n) for n in range(16))) == list(range(16))
    assert len(asked) <= 4
    waiting = asyncio.gather(together.answer(1), together.answer(2), return_exceptions=True)
    await asyncio.sleep(0)
    await together.aclose()
    assert all(isinstance(answer, asyncio.CancelledError) for answer in await waiting)


async def test_work_abreast_is_bounded_and_ends_with_its_first_failure() -> None:
    now = most = 0

    async def work(n: int) -> int:
        nonlocal now, most
        now += 1
        most = max(most, now)
        try:
            await asyncio.sleep(0.001 if n != 7 else 0)
            if n == 7:
                raise Busy("x", "y", "z")
        finally:
            now -= 1
        return n

    assert sorted([n async for n in abreast(range(7), work, 3)]) == list(range(7))
    assert most == 3
    with pytest.raises(Busy):
        [n async for n in abreast(range(20), work, 3)]
    assert now == 0
