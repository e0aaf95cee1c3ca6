"""A plan that is held: its numbers, its faces, and an administrator's word about it."""

from __future__ import annotations

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Response

from samepic.engine import NoSuchPlan, NotWaiting
from samepic.engine.engine import Engine
from samepic.engine.served import Side
from samepic.model.audit import Deed
from samepic.model.held import Kind, PlanRecord, Said, Standing
from samepic.model.plan import PlanId, Step
from samepic.model.text import keepable, one_line
from samepic.portal.admin.entering import enter
from samepic.portal.admin.faces import drawn, nobody
from samepic.portal.asked import Asked, PathText, TheSite
from samepic.portal.pages.compression import AS_IT_IS
from samepic.portal.pages.render import page
from samepic.portal.roles import Role, open_to
from samepic.portal.site import Site

FACE_PX = 192
LONGEST_WHY = 500
MOST_PLANS = 50


@get("/admin/plans", opt=open_to(Role.HELPDESK))
async def plans(site: TheSite, request: Asked) -> Response[str]:
    """The plans that something happened to last, of all routes."""
    found = [record for assembly in site.routes.values() for record in await assembly.engine.plans(MOST_PLANS)]
    found.sort(key=lambda record: record.last.at, reverse=True)
    return page(request, "admin/plans.html", plans=found[:MOST_PLANS])


@get("/admin/plans/{route:str}/{plan:str}", opt=open_to(Role.HELPDESK))
async def plan(site: TheSite, request: Asked, route: PathText, plan: PathText) -> Response[str]:
    """Its numbers and what was said; each face comes by itself."""
    record = await record_of(site, route, plan)
    if record.held.examples:
        await enter(site, request, Deed.FACES_LISTED, plan)
    return _shown(request, record)


@get("/admin/plans/{route:str}/{plan:str}/faces/{number:int}/{side:str}", opt=open_to(Role.HELPDESK) | AS_IT_IS)
async def face(
    site: TheSite, request: Asked, route: PathText, plan: PathText, number: FromPath[int], side: FromPath[Side]
) -> Response[bytes]:
    """What the target shows of one of the plan's people, or what would be shown instead."""
    record = await record_of(site, route, plan)
    if not 0 <= number < len(record.held.examples):
        raise NotFoundException
    shown = await face_of(site.routes[route].engine, record, record.held.examples[number], side)
    if shown is None:
        return nobody()
    return Response(shown, media_type="image/jpeg", headers={"cache-control": "private, max-age=60"})


@post("/admin/plans/{route:str}/{plan:str}/{word:str}", opt=open_to(Role.ADMINISTRATOR), status_code=200)
async def say(
    site: TheSite, request: Asked, route: PathText, plan: PathText, word: PathText
) -> Response[str] | Redirect:
    """Approve it or reject it, with a reason; who says so is whoever is signed in."""
    deeds = {"approve": Deed.APPROVED, "reject": Deed.REJECTED}
    if word not in deeds:
        raise NotFoundException
    record = await record_of(site, route, plan)
    given = (await request.form()).get("why", "")
    why = one_line(keepable(given if isinstance(given, str) else "")).strip()[:LONGEST_WHY]
    if not why:
        return _shown(request, record, status=400, said="why_missing")
    await enter(site, request, deeds[word], plan, why)
    visitor, engine = request.user, site.routes[route].engine
    said = Said(visitor.name, why, visitor.upn)
    try:
        await (engine.approve if word == "approve" else engine.reject)(PlanId(plan), said)
    except NotWaiting:
        return _shown(request, await record_of(site, route, plan), status=409, said="not_waiting")
    return Redirect(f"/admin/plans/{route}/{plan}", status_code=303)


def _shown(request: Asked, record: PlanRecord, *, status: int = 200, said: str = "") -> Response[str]:
    waiting = record.standing is Standing.HELD
    may = request.user.role >= Role.ADMINISTRATOR
    return page(
        request,
        "admin/plan.html",
        status=status,
        record=record,
        said=said,
        may_approve=may and waiting,
        may_reject=may and record.standing in (Standing.HELD, Standing.APPROVED),
    )


async def record_of(site: Site, route: str, plan: str) -> PlanRecord:
    """What is remembered of a held plan. Raises NotFoundException."""
    if route not in site.routes:
        raise NotFoundException
    try:
        return await site.routes[route].engine.held_plan(PlanId(plan))
    except NoSuchPlan:
        raise NotFoundException from None


async def face_of(engine: Engine, record: PlanRecord, step: Step, side: Side) -> bytes | None:
    """A square JPEG of what a side has for one of a plan's people; None where it has none."""
    key = step.keys.object_id or step.keys.upn or step.keys.mail
    if key is None:
        return None
    if record.held.kind is Kind.RESTORE and side is Side.SOURCE:
        kept = await engine.keeper.original_of(step)
        return None if kept is None else await drawn(kept.data, FACE_PX)
    found = await engine.served(key, side, FACE_PX)
    return None if found is None else found[1].data
