"""The faces of a held plan to take away: one picture of all of them, or a list. For administrators, and entered."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from litestar import get
from litestar.response import Response

from samepic.engine.engine import Engine
from samepic.engine.served import Side
from samepic.imaging import Cell, workers
from samepic.model.audit import Deed
from samepic.model.decision import Action
from samepic.model.held import PlanRecord
from samepic.model.plan import Step
from samepic.portal.admin.entering import enter
from samepic.portal.admin.plans import face_of, record_of
from samepic.portal.asked import Asked, PathText, TheSite
from samepic.portal.pages.compression import AS_IT_IS
from samepic.portal.roles import Role, open_to
from samepic.ports.errors import SystemFault
from samepic.report.sheet import lines_of_steps

MOST_FACES = 60
"""People of one sheet, though a plan should remember more; both of each one's pictures are asked of the systems."""

_AT_ONCE = 16
"""Pictures asked for at a time: as many go into a batch of the vendor's, and one person's faces into none."""


@get("/admin/plans/{route:str}/{plan:str}/faces.png", opt=open_to(Role.ADMINISTRATOR) | AS_IT_IS)
async def png(site: TheSite, request: Asked, route: PathText, plan: PathText) -> Response[bytes]:
    """Before and after of each, drawn by a worker."""
    record = await record_of(site, route, plan)
    steps = record.held.examples[:MOST_FACES]
    await enter(site, request, Deed.FACES_LISTED, plan, f"faces.png, {len(steps)} people")
    cells = await _cells(site.routes[route].engine, record, steps)
    people, title = max(len(steps), record.held.changes), f"{route}, {record.held.plan}"
    drawn = await asyncio.to_thread(workers().contact_sheet, title, cells, people)
    return Response(drawn, media_type="image/png", headers=_taken_away(record, "png"))


@get("/admin/plans/{route:str}/{plan:str}/faces.csv", opt=open_to(Role.ADMINISTRATOR))
async def csv(site: TheSite, request: Asked, route: PathText, plan: PathText) -> Response[str]:
    """The same people as a list; no system is asked, and nothing in it is a formula."""
    record = await record_of(site, route, plan)
    steps = record.held.examples[:MOST_FACES]
    await enter(site, request, Deed.FACES_LISTED, plan, f"faces.csv, {len(steps)} people")
    return Response(
        "".join(lines_of_steps(steps)), media_type="text/csv; charset=utf-8", headers=_taken_away(record, "csv")
    )


async def _cells(engine: Engine, record: PlanRecord, steps: Sequence[Step]) -> list[Cell]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def shown(step: Step, side: Side) -> bytes | None:
        """A picture that cannot be had leaves its place empty."""
        try:
            async with gate:
                return await face_of(engine, record, step, side)
        except SystemFault:
            return None

    async def cell(step: Step) -> Cell:
        sides = (Side.TARGET,) if step.action is Action.CLEAR else (Side.TARGET, Side.SOURCE)
        before, *after = await asyncio.gather(*(shown(step, side) for side in sides))
        address = step.keys.upn or step.keys.mail or step.keys.object_id or ""
        return Cell(step.display_name, address, step.reason.value.replace("_", " "), before, *(after or [None]))

    return list(await asyncio.gather(*(cell(step) for step in steps)))


def _taken_away(record: PlanRecord, ending: str) -> dict[str, str]:
    name = f"samepic-plan-{record.held.plan}.{ending}"
    return {"content-disposition": f'attachment; filename="{name}"', "cache-control": "private, no-store"}
