"""The imperative shell of a run."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, nullcontext, suppress
from dataclasses import replace
from datetime import datetime

from samepic.engine.ahead import ahead_of
from samepic.engine.breaker import NoSuchPlan, NotWaiting, say
from samepic.engine.explain import explain, shown_by
from samepic.engine.keeper import Keeper
from samepic.engine.order import obeying
from samepic.engine.recover import Recovered, recover
from samepic.engine.request import request
from samepic.engine.restore import restore
from samepic.engine.restoring import Wanted
from samepic.engine.route import Route
from samepic.engine.served import Side, served
from samepic.engine.standing import make_way, tell
from samepic.engine.status import status_of
from samepic.engine.streak import Stop
from samepic.engine.sweep import sweep
from samepic.engine.swept import Swept
from samepic.engine.taking_in import take_in
from samepic.engine.work import Work, working
from samepic.imaging import Workers, workers
from samepic.model.ahead import Ahead
from samepic.model.budget import Lane
from samepic.model.decision import Reason
from samepic.model.held import Kind, PlanGlance, PlanRecord, Said, Standing
from samepic.model.news import SWEEPS, kind_of
from samepic.model.outcome import Explanation, Pictures, RouteStatus, RunOutcome, RunRecord, SystemView
from samepic.model.picture import CropBox, Picture, Stamp
from samepic.model.plan import PlanId, RunId
from samepic.model.remembered import Row
from samepic.model.sayings import saying
from samepic.model.shard import EVERYBODY, Span
from samepic.ports.budgets import calling_for
from samepic.ports.clock import Clock
from samepic.ports.progress import Progress, Silent
from samepic.ports.state import State
from samepic.ports.vault import Vault

_FULL = {"incremental": "sync", "incremental_plan": "plan"}
"""What a run is called that was to be incremental and looked at everybody."""

Verb = Callable[[Work, Swept], Awaitable[None]]
"""What a run does, keeping its figures up to date."""


class Engine:
    """Runs one route. Several, in one process or many, may share a state; a process has one set of workers."""

    def __init__(self, route: Route, state: State, vault: Vault, clock: Clock, drawn_by: Workers | None = None) -> None:
        self.route = route
        self._state = state
        self._vault = vault
        self._clock = clock
        self._workers = drawn_by or workers()

    async def plan(self, progress: Progress | None = None) -> RunOutcome:
        """Observe, ask and decide for everybody; nothing is written to any system.

        Raises RouteBusy where another run is at work. What a system refuses is told in `RunOutcome.stopped`.
        """
        return await self._sync(False, None, None, progress or Silent())

    async def sync(
        self,
        people: Sequence[str] = (),
        *,
        dry_run: bool = False,
        limit: int | None = None,
        approve: PlanId | None = None,
        said: Said | None = None,
        progress: Progress | None = None,
        full: bool = True,
    ) -> RunOutcome:
        """Bring the target in step: everybody, or only `people` (object ids, UPNs or mail addresses), at once.

        full: False looks at those only of whom there is news; where these are not known `RunOutcome.instead` says why
        it was everybody. A plan that an incremental sweep held is carried out by an incremental one.
        A request for some people is never held and runs beside a sweep. limit: at most so many people are changed.
        approve: the id of a held plan, which `said` approves first; where the facts have changed since, the outcome is
        held with the new plan's id and `Hold.reason` is "changed". Raises RouteBusy, and NoSuchPlan and UnknownPerson
        before anything is done. Cancelling leaves nothing half done that the next run does not finish.
        """
        watching = progress or Silent()
        if people:
            with calling_for(Lane.REQUEST):
                return await self._request(people, not dry_run, limit, watching)
        if approve is not None:
            await self._approve(approve, said or Said(), dry_run)
            full = full and (await self.held_plan(approve)).held.kind is not Kind.INCREMENTAL
        return await self._sync(not dry_run, limit, approve, watching, full)

    async def restore(
        self,
        wanted: Wanted,
        *,
        dry_run: bool = False,
        limit: int | None = None,
        approve: PlanId | None = None,
        said: Said | None = None,
        progress: Progress | None = None,
    ) -> RunOutcome:
        """Put back what the target showed earlier. The source is left alone, and the target too until that changes.

        For `wanted.people` as a request, for others as a run over everybody: held, limit, approve as in `sync`.
        Raises RouteBusy, and NoSuchPlan, UnknownPerson and NothingToRestore before anything is done.
        """
        if approve is not None:
            await self._approve(approve, said or Said(), dry_run)

        async def verb(work: Work, swept: Swept) -> None:
            await restore(work, swept, wanted, apply=not dry_run, limit=limit, approve=approve)

        kind = "restore_plan" if dry_run else "restore"
        return await self._run(kind, verb, progress or Silent(), alone=not wanted.people)

    async def explain(self, key: str) -> Explanation:
        """Say for one person what each system shows, why, and what happens next; writes nothing to any system.

        Raises UnknownPerson, and SystemFault where a system does not answer.
        """
        with calling_for(Lane.REQUEST), self._working(new_run(self._clock.now()), Silent()) as work:
            try:
                return await explain(work, key)
            except Stop as stop:
                raise (stop.__cause__ or stop) from None  # one person's explanation is no run that could be stopped

    async def shown_by(self, key: str, side: Side) -> SystemView:
        """What one side says of a person, whatever becomes of the other. Raises UnknownPerson and SystemFault."""
        with calling_for(Lane.REQUEST), self._working(new_run(self._clock.now()), Silent()) as work:
            return await shown_by(work, key, side)

    async def served(self, key: str, side: Side, edge_px: int) -> tuple[Stamp, Picture] | None:
        """What one side shows of a person now: a square JPEG of at most edge_px, drawn by us, and the system's stamp.

        None where there is nothing that can be shown. Raises UnknownPerson, and SystemFault where a system is silent.
        """
        with calling_for(Lane.REQUEST), self._working(new_run(self._clock.now()), Silent()) as work:
            return await served(work, key, side, edge_px)

    async def settle(self) -> Recovered:
        """Finish what was begun and whose end nobody saw, as a run does first: of a route that no run goes over.

        Each person's lock is enough beside whatever else is at work. Raises SystemFault where a system is silent.
        """
        with calling_for(Lane.REQUEST), self._working(new_run(self._clock.now()), Silent()) as work:
            try:
                return await recover(work)
            except Stop as stop:
                raise (stop.__cause__ or stop) from None

    async def take_in(self, key: str, data: bytes, crop: CropBox | None = None) -> str:
        """Keep the square of a picture that a person gave us; its name, for `Wanted.picture`. Raises as `take_in`."""
        with calling_for(Lane.REQUEST), self._working(new_run(self._clock.now()), Silent()) as work:
            return await take_in(work, key, data, crop)

    @property
    def keeper(self) -> Keeper:
        """Who answers about what was, and keeps the vault."""

        def working(progress: Progress) -> AbstractContextManager[Work]:
            return self._working(new_run(self._clock.now()), progress)

        return Keeper(working, lambda route: self._state.route_lock(route, this_process(), self._clock.now()))

    async def ahead(self, run: RunId) -> Ahead:
        """What the sync of the latest plan has before it, by the plan's run; asks no system."""
        return await asyncio.to_thread(ahead_of, self._state, self.route.name, self.route.policy, run)

    async def plans(self, limit: int = 20) -> list[PlanGlance]:
        """The plans that were held, with what was said about them; those that something happened to last come first."""
        return await asyncio.to_thread(self._state.plans.latest, self.route.name, limit)

    async def held_plan(self, plan: PlanId) -> PlanRecord:
        """One of them. Raises NoSuchPlan."""
        record = await asyncio.to_thread(self._state.plans.of, self.route.name, plan)
        if record is None:
            raise NoSuchPlan(plan)
        return record

    async def approve(self, plan: PlanId, said: Said) -> PlanRecord:
        """Let the next sync carry out a held plan, if the facts are the same then. Raises NoSuchPlan, NotWaiting."""
        return await asyncio.to_thread(say, self._state, self._clock, self.route.name, plan, Standing.APPROVED, said)

    async def reject(self, plan: PlanId, said: Said) -> PlanRecord:
        """Keep a plan held until the facts change. Raises NoSuchPlan, NotWaiting."""
        return await asyncio.to_thread(say, self._state, self._clock, self.route.name, plan, Standing.REJECTED, said)

    async def runs(self, limit: int = 20) -> list[RunRecord]:
        """The latest runs of this route, newest first."""
        return await asyncio.to_thread(self._state.runs.latest, self.route.name, limit)

    async def status(self) -> RouteStatus:
        """How the route stands, without asking any system."""
        return await asyncio.to_thread(status_of, self.route.name, self._state)

    async def _approve(self, plan: PlanId, said: Said, dry_run: bool) -> None:
        """A plan that waits no more is told by the run, which finds out which plan waits instead."""
        if dry_run:
            await self.held_plan(plan)
            return
        with suppress(NotWaiting):
            await self.approve(plan, said)

    async def _sync(
        self, apply: bool, limit: int | None, approve: PlanId | None, progress: Progress, full: bool = True
    ) -> RunOutcome:
        async def verb(work: Work, swept: Swept) -> None:
            await sweep(work, swept, apply=apply, limit=limit, approve=approve, full=full)

        kind = kind_of(full) if apply else "plan" if full else "incremental_plan"
        return await self._run(kind, verb, progress)

    async def _run(self, kind: str, verb: Verb, progress: Progress, *, alone: bool = True) -> RunOutcome:
        """alone: no other run may be at work on the route."""
        began = self._clock.now()
        run, swept, requests = new_run(began), Swept(), self.requests()
        record = RunRecord(run, None, self.route.name, kind, began, None, "running", 0, 0, 0, 0)
        lock = self._state.route_lock(self.route.name, this_process(), began) if alone else nullcontext()
        async with AsyncExitStack() as stack:
            stack.enter_context(lock)
            ending = await stack.enter_async_context(obeying(self._state, run)) if alone else lambda: False
            work = stack.enter_context(self._working(run, progress, ending))
            if alone:
                await work.remembering(make_way, self._state, self.route.name)
                await work.remembering(self._state.runs.begin, record)
            state = "interrupted"
            try:
                await verb(work, swept)
                state = swept.state
            except BaseException as error:
                state = "interrupted" if isinstance(error, asyncio.CancelledError) else "failed"
                saw = str(error) or type(error).__name__
                swept.stopped = saying("broken", saw=saw) if state == "failed" else saying("interrupted")
                raise
            finally:
                counts = self._state.rows.counts(run)
                self._end(record, swept, counts, state)
        return self._outcome(record, swept, counts, requests)

    async def _request(self, people: Sequence[str], apply: bool, limit: int | None, progress: Progress) -> RunOutcome:
        began = self._clock.now()
        run, swept, requests = new_run(began), Swept(), self.requests()
        record = RunRecord(run, None, self.route.name, "request", began, None, "running", 0, 0, 0, 0)
        rows = list[Row]()
        with self._working(run, progress) as work:
            await work.drawing(work.workers.warm)  # up by the time that the systems have answered
            try:
                rows = await request(work, swept, people, apply=apply, limit=limit)
            except Stop as stop:
                swept.stopped, swept.missing = stop.words, stop.missing
            counts = Counter(row.decision.reason for row in rows if row.decision is not None)
            self._end(record, swept, counts, "failed" if swept.stopped else "done")
            if apply:
                await work.put(rows)
                await work.remembering(self._state.people.tell, self.route.name, run)
        return self._outcome(record, swept, counts, requests)

    def part(
        self,
        run: RunId,
        span: Span = EVERYBODY,
        *,
        permit: Callable[[], None] = lambda: None,
        ending: Callable[[], bool] = lambda: False,
    ) -> AbstractContextManager[Work]:
        """Work on a part of a run that workers share: see `Work`."""
        return working(
            self.route, self._state, self._vault, self._clock, run, Silent(), self._workers, span, permit, ending
        )

    def _working(
        self, run: RunId, progress: Progress, ending: Callable[[], bool] = lambda: False
    ) -> AbstractContextManager[Work]:
        known = (self.route, self._state, self._vault, self._clock, run, progress, self._workers)
        return working(*known, ending=ending)

    def _end(self, record: RunRecord, swept: Swept, counts: Mapping[Reason, int], state: str) -> None:
        """Enter the end of a run; called in the event loop's own thread, so that cancelling cannot prevent it."""
        plan = swept.plan
        did_not_take = swept.looked_at.did_not_take
        full = swept.observed.full
        words = words_of_end(swept.observed.instead, did_not_take)
        ended = replace(
            record,
            kind=_FULL.get(record.kind, record.kind) if full else record.kind,
            plan=plan.id if plan else None,
            ended_at=self._clock.now(),
            state=state,
            people=plan.tally.people if plan else 0,
            written=swept.written,
            cleared=swept.cleared,
            failed=swept.failed,
            words=swept.stopped or (CANCELLED if swept.cancelled else swept.held.words if swept.held else words),
        )
        pictures = None
        if plan and state == "done" and ended.kind in SWEEPS:
            pictures = Pictures(plan.tally.target_pictures + swept.gained, plan.source_pictures if full else None)
        elif state == "done" and record.kind == "restore":
            shown = self._state.runs.pictures(self.route.name).target
            pictures = None if shown is None else Pictures(shown + swept.gained)
        self._state.runs.end(ended, swept.standing(counts), swept.held, pictures)
        tell(self._state, ended)

    def _outcome(
        self, record: RunRecord, swept: Swept, counts: Mapping[Reason, int], requests: Mapping[str, int]
    ) -> RunOutcome:
        plan = swept.plan
        return RunOutcome(
            run=record.run,
            plan=plan.id if plan else PlanId(""),
            route=record.route,
            people=plan.tally.people if plan else 0,
            counts=counts,
            held=swept.held,
            written=swept.written,
            cleared=swept.cleared,
            failed=swept.failed,
            requests={name: count - requests[name] for name, count in self.requests().items()},
            seconds=max(0.0, (self._clock.now() - record.started_at).total_seconds()),
            failures=tuple(swept.failures),
            skipped=swept.skipped,
            skips=tuple(swept.skips),
            stopped=swept.stopped,
            cancelled=swept.cancelled,
            missing=swept.missing,
            pending=swept.pending,
            matched_nobody=swept.matched_nobody,
            examples=plan.examples if plan and swept.held else (),
            looked_at=swept.looked_at,
            full=swept.observed.full,
            instead=swept.observed.instead,
        )

    def requests(self) -> dict[str, int]:
        """Outer requests so far by system; a census that is the source too counts once."""
        systems = {id(system): system for system in (self.route.census, self.route.source, self.route.target)}
        counted: dict[str, int] = {}
        for system in systems.values():
            counted[system.profile.name] = counted.get(system.profile.name, 0) + system.requests
        return counted


def new_run(now: datetime) -> RunId:
    """Sorts by when it began; two of one second differ."""
    return RunId(f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}")


CANCELLED = saying("cancelled")
"""What the history says of a run that somebody ended."""


def words_of_end(instead: str, did_not_take: int) -> str:
    """What the history says of a sweep that ended well, or as well as it could."""
    full = saying("full_instead", why=instead) if instead else None
    left = saying("did_not_take", n=did_not_take) if did_not_take else None
    return saying("and", first=full, second=left) if full and left else full or left or ""


def this_process() -> str:
    """For whoever is turned away by a lock: who has it."""
    return f"process {os.getpid()} on {socket.gethostname()}"
