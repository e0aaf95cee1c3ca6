"""One person, one worker: a sweep and a request never write the same person at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from samepic.engine.work import Work

_FIRST_WAIT_S = 0.002
_LONGEST_WAIT_S = 0.1


@asynccontextmanager
async def locked(work: Work, key: str) -> AsyncIterator[None]:
    """Hold a person's lock, waiting for whoever has it; they hold it for one person's write."""
    lock = work.state.person_lock(work.route.name, key)
    wait_s = _FIRST_WAIT_S
    try:
        while not lock.take():
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
        yield
    finally:
        lock.release()
