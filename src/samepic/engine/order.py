"""The word that ends a run over everybody, given by another process and found in the state."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from samepic.model.plan import RunId
from samepic.ports.state import State, StateUnusable

T = TypeVar("T")

LOOKS_S = 0.5
"""How often the state is asked: once for a whole run, however many people it has."""

_log = logging.getLogger("samepic.engine")


class CalledOff(Exception):
    """Somebody has let the run end; nothing is being written."""


@asynccontextmanager
async def obeying(state: State, run: RunId) -> AsyncIterator[Callable[[], bool]]:
    """Look for the word until the block is left; gives what says whether it came. A state that is away is no word."""
    came = False

    async def look() -> None:
        nonlocal came
        while not came:
            await asyncio.sleep(LOOKS_S)
            with suppress(StateUnusable):
                came = await asyncio.to_thread(state.runs.is_cancelled, run)
        _log.info("the run was cancelled by another process, and ends", extra={"facts": {"run": run}})

    looking = asyncio.create_task(look(), name=f"orders to run {run}")
    try:
        yield lambda: came
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def unless_called_off(ending: Callable[[], bool], verb: Coroutine[Any, Any, T]) -> T:
    """Wait for what writes to no system; it is broken off once the word has come. Raises CalledOff."""
    if ending():
        verb.close()
        raise CalledOff
    task = asyncio.create_task(verb)
    try:
        while not (await asyncio.wait((task,), timeout=LOOKS_S))[0]:
            if ending():
                raise CalledOff
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
