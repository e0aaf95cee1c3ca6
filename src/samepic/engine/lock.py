"""One person, one worker: a sweep and a request never write the same person at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from samepic.engine.work import Work
from samepic.ports.errors import Busy

_FIRST_WAIT_S = 0.002
_LONGEST_WAIT_S = 0.1

PATIENCE_S = 330.0
"""Longer than anybody waits for a busy system; whoever holds a lock after that is stopped, and may stay so."""

_HELD = "a process that was at work on this person does not go on: it is stopped, or hangs; end it"


@asynccontextmanager
async def locked(work: Work, key: str, route: str | None = None) -> AsyncIterator[None]:
    """Hold a person's lock, waiting for whoever has it; they hold it for one person's write. Raises Busy.

    route: another than the one that is worked on.
    """
    lock = work.state.person_lock(route or work.route.name, key)
    loop, wait_s = asyncio.get_running_loop(), _FIRST_WAIT_S
    began_at = loop.time()
    try:
        while not lock.take():
            if loop.time() - began_at > PATIENCE_S:
                raise Busy(work.route.target.profile.name, "wait for another process", _HELD)
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
        yield
    finally:
        lock.release()
