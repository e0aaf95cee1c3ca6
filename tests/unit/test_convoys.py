"""Whole pictures are let in several together and never too many; whoever comes alone waits for nobody."""

from __future__ import annotations

import asyncio

import pytest

from samepic.engine.convoy import SMALL_BYTES, TOGETHER, Convoys


class Hall:
    """Who is inside now, and the groups in which they came."""

    def __init__(self, convoys: Convoys) -> None:
        self.convoys = convoys
        self.inside = self.most = self.through = 0
        self.came: list[int] = []

    async def visit(self, seconds: float = 0.0) -> None:
        async with self.convoys:
            self.inside += 1
            self.came.append(self.inside)
            self.most = max(self.most, self.inside)
            try:
                await asyncio.sleep(seconds)
            finally:
                self.inside -= 1
            self.through += 1


async def test_never_more_than_two_convoys_and_everybody_gets_through() -> None:
    hall = Hall(Convoys())
    await asyncio.gather(*(hall.visit(0.001 * (number % 7)) for number in range(100)))
    assert hall.through == 100 and hall.inside == 0
    assert TOGETHER < hall.most <= 2 * TOGETHER


async def test_those_who_wait_are_let_in_together_and_not_one_by_one() -> None:
    """Four leave at four moments; the four that wait enter when the last has left."""
    hall = Hall(Convoys(lanes=1, together=4))
    await asyncio.gather(*(hall.visit(0.005 * number) for number in range(8)))
    assert hall.came == [1, 2, 3, 4, 1, 2, 3, 4]


async def test_whoever_comes_alone_enters_at_once_beside_another_convoy() -> None:
    convoys = Convoys(lanes=2, together=4)
    async with convoys:
        await asyncio.sleep(0.01)  # its convoy is closed by now
        await asyncio.wait_for(asyncio.create_task(Hall(convoys).visit()), 1)


async def test_who_gives_up_waiting_keeps_nobody_out() -> None:
    hall = Hall(Convoys(lanes=1, together=2))
    first = [asyncio.create_task(hall.visit(0.02)) for _ in range(2)]
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(hall.visit()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.gather(*first, *waiting[1:])
    with pytest.raises(asyncio.CancelledError):
        await waiting[0]
    assert hall.through == 4 and hall.inside == 0
    await asyncio.wait_for(asyncio.create_task(hall.visit()), 1)


async def test_who_fails_inside_leaves_too() -> None:
    convoys = Convoys(lanes=1, together=1)

    async def fails() -> None:
        async with convoys:
            raise ValueError("no picture")

    for _ in range(3):
        with pytest.raises(ValueError, match="no picture"):
            await asyncio.create_task(fails())


@pytest.mark.parametrize(("size_bytes", "lets_in"), [(SMALL_BYTES, True), (SMALL_BYTES + 1, False)])
async def test_who_has_read_a_small_picture_lets_the_next_one_in_and_who_has_a_large_one_does_not(
    size_bytes: int, *, lets_in: bool
) -> None:
    convoys = Convoys(lanes=1, together=1)
    next_one = Hall(convoys)
    async with convoys:
        waiting = asyncio.create_task(next_one.visit())
        convoys.has_read(size_bytes)
        convoys.has_read(size_bytes)  # once is enough
        for _ in range(5):
            await asyncio.sleep(0)
        assert next_one.through == lets_in
    await waiting
    hall = Hall(convoys)
    await asyncio.gather(*(hall.visit(0.001) for _ in range(4)))
    assert hall.most == 1, "nobody's place was given twice"
