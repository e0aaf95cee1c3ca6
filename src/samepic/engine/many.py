"""Many people at once, but never more than so many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

from samepic.engine.streak import Stop

T = TypeVar("T")


async def each(items: AsyncIterator[T], at_once: int, work: Callable[[T], Awaitable[None]]) -> None:
    """Do the work for every item, `at_once` in flight; items are drawn only as they are needed.

    Where one raises Stop no further item is drawn, those in flight are finished, and Stop is raised. Any other
    exception, and cancelling, cancels those in flight.
    """
    drawing = asyncio.Lock()
    stops: list[Stop] = []

    async def worker() -> None:
        while not stops:
            async with drawing:
                try:
                    item = await anext(items)
                except StopAsyncIteration:
                    return
            try:
                await work(item)
            except Stop as stop:
                stops.append(stop)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(max(1, at_once)):
                group.create_task(worker())
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
    if stops:
        raise stops[0]


async def one_by_one(items: Sequence[T]) -> AsyncIterator[T]:
    """What is at hand already, as `each` draws it."""
    for item in items:
        yield item


async def in_groups(items: AsyncIterator[T], size: int) -> AsyncIterator[list[T]]:
    """So many at a time, in order; the last group may be smaller."""
    group: list[T] = []
    async for item in items:
        group.append(item)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group
