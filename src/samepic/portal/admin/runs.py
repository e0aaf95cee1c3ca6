"""Runs: what was done, how far one is, and the word that ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.response import Redirect, Response, ServerSentEvent, ServerSentEventMessage

from samepic.engine.engine import new_run, this_process
from samepic.jobs import NotSwept, Progress, Sweeps
from samepic.model.audit import Deed
from samepic.model.decision import Reason
from samepic.model.outcome import RunRecord
from samepic.model.plan import Hold, RunId
from samepic.model.remembered import Row, Stage
from samepic.model.sweeping import Going, Part
from samepic.portal.admin.entering import enter
from samepic.portal.asked import Asked, PathText, QueryText, TheSite
from samepic.portal.pages.compression import AS_IT_IS
from samepic.portal.pages.render import page, rendered
from samepic.portal.roles import Role, open_to
from samepic.portal.site import Site

A_PAGE = 30
MOST_FAILURES = 100
_EVERY_S = 1.0
_MOST_EVENTS = 300
"""Of one connection; a browser comes again by itself, and shows then that it may still look."""


class NotToBeCancelled(Exception):
    """It is over, or nobody can end it from here."""


@dataclass(frozen=True, slots=True)
class RunView:
    """One run. sweep: where workers carry it out. people, decided, written, cleared: so far, of one that goes on.

    to_end: somebody has cancelled it.
    """

    record: RunRecord
    counts: Mapping[Reason, int]
    hold: Hold | None
    sweep: Progress | None
    to_end: bool
    people: int
    decided: int
    written: int
    cleared: int
    failures: tuple[Row, ...]

    @property
    def going(self) -> bool:
        """Whether it is at work, or was when its process died."""
        return self.record.state == "running"

    @property
    def can_cancel(self) -> bool:
        """Workers, and a process that carries it out alone, look now and then whether to go on."""
        return self.going and not self.to_end

    @property
    def part(self) -> float | None:
        """How far it is, 0 to 1; None where nobody knows."""
        if self.sweep is not None and self.sweep.shards:
            done = sum(self.sweep.parts.values())
            return done / (len(self.sweep.shards) * len(Part))
        return self.decided / self.people if self.people else None


@get("/admin/runs", opt=open_to(Role.HELPDESK))
async def runs(site: TheSite, request: Asked, before: QueryText = "") -> Response[str]:
    """Newest first, a page at a time."""
    names = list(site.routes)
    found = await asyncio.to_thread(site.state.runs.page, names, RunId(before) if before else None, A_PAGE + 1)
    more = found[A_PAGE - 1].run if len(found) > A_PAGE else None
    return page(request, "admin/runs.html", runs=found[:A_PAGE], more=more)


@get("/admin/runs/{run:str}", opt=open_to(Role.HELPDESK))
async def run(site: TheSite, request: Asked, run: PathText) -> Response[str]:
    """One run: its outcome, or how far it is."""
    return page(request, "admin/run.html", view=await asyncio.to_thread(view_of, site, RunId(run)), said="")


@get("/admin/runs/{run:str}/live", opt=open_to(Role.HELPDESK) | AS_IT_IS)
async def live(site: TheSite, request: Asked, run: PathText) -> ServerSentEvent:
    """The same part of the page again, whenever it has changed, until the run is over."""
    await asyncio.to_thread(view_of, site, RunId(run))

    async def events() -> AsyncIterator[ServerSentEventMessage]:
        shown = ""
        for _ in range(_MOST_EVENTS):
            if request.auth.over:
                return  # it comes again as whoever may still look
            view = await asyncio.to_thread(view_of, site, RunId(run))
            part = rendered(request, "admin/progress.html", view=view)
            if part != shown:
                shown = part
                yield ServerSentEventMessage(data=part, event="progress")
            if not view.going:
                yield ServerSentEventMessage(data="over", event="over")
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(_EVERY_S):
                    await site.leaving.wait()
                    return  # the server does not end before its answers do

    return ServerSentEvent(events())


@post("/admin/runs/{run:str}/cancel", opt=open_to(Role.ADMINISTRATOR), status_code=200)
async def cancel(site: TheSite, request: Asked, run: PathText) -> Response[str] | Redirect:
    """Let a sweep end: what is being written is finished, no further step is taken."""
    view = await asyncio.to_thread(view_of, site, RunId(run))
    if not view.can_cancel:
        return page(request, "admin/run.html", status=409, view=view, said="not_cancelled")
    await enter(site, request, Deed.CANCELLED, run)
    try:
        await asyncio.to_thread(end, site, RunId(run))
    except NotToBeCancelled:
        return page(request, "admin/run.html", status=409, view=view, said="not_cancelled")
    return Redirect(f"/admin/runs/{run}", status_code=303)


def _sweeps(site: Site) -> Sweeps:
    return Sweeps(site.state, site.clock, new_run, this_process())


def end(site: Site, run: RunId) -> None:
    """Have a run end. Raises NotToBeCancelled."""
    try:
        _sweeps(site).cancel(run)
    except NotSwept as error:
        raise NotToBeCancelled(str(error)) from None


def view_of(site: Site, run: RunId) -> RunView:
    """One run as it stands; asks the state. Raises NotFoundException for a run of no route of ours."""
    state = site.state
    record = state.runs.of(run)
    if record is None or record.route not in site.routes:
        raise NotFoundException
    counts, hold = state.runs.outcome(run)
    failures = tuple(state.rows.page(run, "", MOST_FAILURES, Stage.FAILED))
    if record.state != "running":  # nobody is counted of whom the record tells
        done = (record.people, record.people, record.written, record.cleared)
        return RunView(record, counts, hold, None, state.runs.is_cancelled(run), *done, failures)
    sweep = _sweeps(site).progress(run)
    to_end = state.runs.is_cancelled(run) if sweep is None else sweep.sweep.going is not Going.ON
    changed = sweep.changed if sweep is not None else state.sweeps.changed(run)
    people = state.rows.count(run)
    decided = people - state.rows.count(run, Stage.UNDECIDED) if people else 0
    return RunView(record, counts, hold, sweep, to_end, people, decided, changed.written, changed.cleared, failures)
