"""Settle, before anything else, the writes that an earlier run began and did not see the end of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from samepic.engine.finish import settle
from samepic.engine.lock import locked
from samepic.engine.many import each
from samepic.engine.work import PAGE, Work
from samepic.model.remembered import Memory
from samepic.ports.errors import PersonFault, SystemFault


@dataclass(slots=True)
class Recovered:
    """How many were finished, and how many could not be; those are tried again at the next run."""

    finished: int = 0
    left: int = 0


async def recover(work: Work) -> Recovered:
    """Settle every open intent of the route. Raises Stop."""
    recovered = Recovered()

    async def one(key: str) -> None:
        try:
            async with locked(work, key):
                memory: Memory | None = await settle(work, key)
        except PersonFault:
            return  # the target will have none of it, and the run decides afresh
        except SystemFault as fault:
            await work.streak.met(fault)
            recovered.left += 1
            return
        work.streak.well()
        recovered.finished += memory is not None

    await each(_keys(work), work.route.target.profile.at_once, one)
    return recovered


async def _keys(work: Work) -> AsyncIterator[str]:
    after = ""
    while page := await work.remembering(work.state.intents.page, work.route.name, after, PAGE):
        for key in page:
            yield key
        after = page[-1]
