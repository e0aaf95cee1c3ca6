"""What every verb of a run has at hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import ParamSpec, TypeVar

from samepic.engine.convoy import Convoys
from samepic.engine.journal import Journal
from samepic.engine.route import Route
from samepic.engine.streak import Streak
from samepic.imaging import Drawn, Workers
from samepic.model.picture import Fingerprint
from samepic.model.plan import RunId
from samepic.model.remembered import Row, Stage
from samepic.model.shard import EVERYBODY, Span
from samepic.model.system import Rendition
from samepic.ports.about import about
from samepic.ports.clock import Clock
from samepic.ports.progress import Progress
from samepic.ports.state import State
from samepic.ports.vault import Vault

P = ParamSpec("P")
T = TypeVar("T")

PAGE = 100
"""Rows at hand at once, of each of two that go on at the same time: enough for full batches, little enough to hold."""

_KEEPERS = 8
"""Files on their way to the disk at once; each is of a person whose step is under way."""


@dataclass(frozen=True, slots=True)
class Work:
    """One run in progress, or a part of it: its route, where it remembers, who watches, and the threads it may use.

    The state is called from one thread, so that its batches come in the order they were given; pictures are drawn
    by workers, each with a thread that waits for it; others wait for the vault's disk.
    span: whose rows this part of the run sees.
    permit: raises where this process may not write any more. ending: whether no further step is to be taken.
    """

    route: Route
    state: State
    vault: Vault
    clock: Clock
    run: RunId
    progress: Progress
    streak: Streak
    workers: Workers
    journal: Journal
    _remembering: ThreadPoolExecutor = field(repr=False)
    _drawing: ThreadPoolExecutor = field(repr=False)
    _keeping: ThreadPoolExecutor = field(repr=False)
    originals: Convoys = field(default_factory=Convoys, repr=False)
    span: Span = EVERYBODY
    permit: Callable[[], None] = lambda: None
    ending: Callable[[], bool] = lambda: False

    @property
    def at_once(self) -> int:
        """People under way together: more than the systems serve at a time, so that they can put several in a batch."""
        return 3 * max(self.route.source.profile.at_once, self.route.target.profile.at_once)

    def now(self) -> datetime:
        """The present."""
        return self.clock.now()

    async def remembering(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the state. A call that has begun ends even where the caller is cancelled."""
        return await asyncio.get_running_loop().run_in_executor(self._remembering, lambda: call(*args, **kwargs))

    async def drawing(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the workers, or reckon for long."""
        return await asyncio.get_running_loop().run_in_executor(self._drawing, lambda: call(*args, **kwargs))

    async def keeping(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the vault. Its threads wait for the disk, which brings down several people's files at once."""
        return await asyncio.get_running_loop().run_in_executor(self._keeping, lambda: call(*args, **kwargs))

    async def draw(self, data: bytes, renditions: Sequence[Rendition] = ()) -> Drawn:
        """Have a picture drawn and its fingerprint taken, on the policy's background. Raises PictureFault, NoWorker."""
        background = self.route.policy.background
        return await self.drawing(self.workers.draw, data, renditions, background=background)

    async def fingerprint(self, data: bytes) -> Fingerprint:
        """Have a picture's fingerprint taken, on the policy's background. Raises PictureFault, NoWorker."""
        return (await self.draw(data)).fingerprint

    async def pages(self, stage: Stage | None = None) -> AsyncIterator[list[Row]]:
        """The rows of a stage, a page at a time. Rows may be replaced meanwhile; none comes twice."""
        after = self.span.after
        while page := await self.remembering(self.state.rows.page, self.run, after, PAGE, stage, self.span.upto):
            yield page
            after = page[-1].key

    async def count(self, stage: Stage | None = None) -> int:
        """How many rows a stage has."""
        return await self.remembering(self.state.rows.count, self.run, stage, self.span)

    async def put(self, rows: list[Row]) -> None:
        """Enter rows into the run."""
        if rows:
            await self.remembering(self.state.rows.put, self.run, rows)


@contextmanager
def working(
    route: Route,
    state: State,
    vault: Vault,
    clock: Clock,
    run: RunId,
    progress: Progress,
    workers: Workers,
    span: Span = EVERYBODY,
    permit: Callable[[], None] = lambda: None,
    ending: Callable[[], bool] = lambda: False,
) -> Iterator[Work]:
    """Work with threads that end with it."""
    with (
        about(route=route.name, run=run),
        ThreadPoolExecutor(1, "samepic-state") as remembering,
        ThreadPoolExecutor(workers.most, "samepic-drawing") as drawing,
        ThreadPoolExecutor(_KEEPERS, "samepic-vault") as keeping,
    ):
        journal = Journal(route.name, route.source.profile.name, route.target.profile.name, state, clock, remembering)
        known = (route, state, vault, clock, run, progress, Streak(route, clock), workers, journal)
        yield Work(*known, remembering, drawing, keeping, span=span, permit=permit, ending=ending)
