"""Plans that are held: their numbers, the faces that they are about, and an administrator's word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar.exceptions import ClientException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from litestar.response import Response

from samepic.engine import NoSuchPlan, NotWaiting
from samepic.engine.served import Side
from samepic.model.audit import Deed
from samepic.model.held import PlanGlance, PlanRecord, Said
from samepic.model.plan import PlanId
from samepic.model.text import keepable, one_line
from samepic.portal.admin.entering import enter
from samepic.portal.admin.plans import face_of
from samepic.portal.api.declared import HowMany, Name, OneRoute, chosen, does, looks
from samepic.portal.api.shapes import Approval, Plan, Rejection
from samepic.portal.api.shapes_of_plans import Sheet
from samepic.portal.asked import Asked, TheSite
from samepic.portal.roles import Role
from samepic.portal.site import Site
from samepic.wiring import Assembly


@looks("/api/v1/plans", Role.HELPDESK, 404)
async def plans(site: TheSite, only: OneRoute = None, limit: HowMany = 20) -> list[Plan]:
    """The plans that were held, whatever happened to them last first."""
    found: list[PlanGlance] = []
    for assembly in chosen(site, only):
        found += await assembly.engine.plans(limit)
    return [Plan.of(one) for one in sorted(found, key=lambda one: one.last.at, reverse=True)[:limit]]


@looks("/api/v1/plans/{plan:str}", Role.HELPDESK, 404)
async def plan(site: TheSite, request: Asked, plan: Name) -> Sheet:
    """A held plan with some of the people whom it is about, and where their pictures are before and after."""
    _, record = await _held(site, plan)
    if record.held.examples:
        await enter(site, request, Deed.FACES_LISTED, plan)
    return Sheet.of(record)


@looks("/api/v1/plans/{plan:str}/faces/{number:int}/{side:str}", Role.HELPDESK, 404, media_type="image/jpeg")
async def face(
    site: TheSite, request: Asked, plan: Name, number: FromPath[int], side: FromPath[Side]
) -> Response[bytes]:
    """What the target shows of one of the plan's people, or what would be shown instead: a square JPEG."""
    assembly, record = await _held(site, plan)
    examples = record.held.examples
    await enter(site, request, Deed.FACES_LISTED, plan)
    shown = await face_of(assembly.engine, record, examples[number], side) if 0 <= number < len(examples) else None
    if shown is None:
        raise NotFoundException("no picture is shown there")
    return Response(shown, media_type="image/jpeg")


@does("/api/v1/plans/{plan:str}/approve", Role.ADMINISTRATOR, 404, 409)
async def approve(site: TheSite, request: Asked, plan: Name, data: JSONBody[Approval]) -> Plan:
    """Let a held plan go: the next sync carries it out, if the facts are the same then."""
    why = _plain(data.why)
    await enter(site, request, Deed.APPROVED, plan, why)
    return await _said(site, request, plan, why, lambda assembly: assembly.engine.approve)


@does("/api/v1/plans/{plan:str}/reject", Role.ADMINISTRATOR, 404, 409)
async def reject(site: TheSite, request: Asked, plan: Name, data: JSONBody[Rejection]) -> Plan:
    """Keep a held plan from being carried out until the facts change. A reason is needed."""
    why = _plain(data.why)
    await enter(site, request, Deed.REJECTED, plan, why)
    return await _said(site, request, plan, why, lambda assembly: assembly.engine.reject)


def _plain(why: str) -> str:
    """As the portal's own form keeps it: one line that commands no terminal of whoever reads it later."""
    return one_line(keepable(why)).strip()


async def _held(site: Site, plan: str) -> tuple[Assembly, PlanRecord]:
    for assembly in site.routes.values():
        try:
            return assembly, await assembly.engine.held_plan(PlanId(plan))
        except NoSuchPlan:
            continue
    raise NotFoundException(f"no plan {plan} was ever held")


async def _said(site: Site, request: Asked, plan: str, why: str, verb: Callable[[Assembly], Any]) -> Plan:
    said = Said(request.user.name, why, request.user.object_id)
    assembly, _ = await _held(site, plan)
    try:
        record: PlanRecord = await verb(assembly)(PlanId(plan), said)
    except NotWaiting as error:
        raise ClientException(str(error), status_code=409) from None
    return Plan.of(record)


ROUTES: tuple[HTTPRouteHandler, ...] = (plans, plan, face, approve, reject)
