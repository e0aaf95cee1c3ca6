"""Runs: what was done, how far one is, and the word that ends it."""

from __future__ import annotations

import asyncio
from typing import Annotated

from litestar.exceptions import ClientException
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from samepic.model.audit import Deed
from samepic.model.plan import RunId
from samepic.portal.admin.entering import enter
from samepic.portal.admin.runs import NotToBeCancelled, end, view_of
from samepic.portal.api.declared import HowMany, Name, OneRoute, chosen, does, looks
from samepic.portal.api.shapes import Run
from samepic.portal.api.shapes_of_runs import RunStanding
from samepic.portal.asked import Asked, TheSite
from samepic.portal.roles import Role

Before = Annotated[str, QueryParameter(max_length=100, description="the last run of the page before")]


@looks("/api/v1/runs", Role.HELPDESK, 404)
async def runs(site: TheSite, only: OneRoute = None, before: Before = "", limit: HowMany = 20) -> list[Run]:
    """Runs and requests, newest first, a page at a time."""
    names = [assembly.route.name for assembly in chosen(site, only)]
    after = RunId(before) if before else None
    return [Run.of(one) for one in await asyncio.to_thread(site.state.runs.page, names, after, limit)]


@looks("/api/v1/runs/{run:str}", Role.HELPDESK, 404)
async def run(site: TheSite, run: Name) -> RunStanding:
    """One run: what came of it, or how far it is."""
    return RunStanding.of(await asyncio.to_thread(view_of, site, RunId(run)))


@does("/api/v1/runs/{run:str}/cancel", Role.ADMINISTRATOR, 404, 409)
async def cancel(site: TheSite, request: Asked, run: Name) -> RunStanding:
    """Let a sweep end: what is being written is finished, no further step is taken."""
    view = await asyncio.to_thread(view_of, site, RunId(run))
    if not view.can_cancel:
        raise ClientException("the run is over, or ends already", status_code=409)
    await enter(site, request, Deed.CANCELLED, run)
    try:
        await asyncio.to_thread(end, site, RunId(run))
    except NotToBeCancelled as error:
        raise ClientException(str(error), status_code=409) from None
    return RunStanding.of(await asyncio.to_thread(view_of, site, RunId(run)))


ROUTES: tuple[HTTPRouteHandler, ...] = (runs, run, cancel)
