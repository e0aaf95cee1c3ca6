"""The API's routes. Helpdesk tokens look and bring one person's picture; administrators' also say go or no."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from litestar import get, post
from litestar.exceptions import ClientException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK

from samepic.engine import NoSuchPlan, NotWaiting
from samepic.model.audit import Deed, Done
from samepic.model.held import PlanRecord, Said
from samepic.model.outcome import RunRecord
from samepic.model.plan import PlanId
from samepic.portal.api.shapes import Approval, Brought, Explained, Fault, Plan, Rejection, RouteStanding, Run
from samepic.portal.asked import Asked, TheSite
from samepic.portal.roles import Role, open_to
from samepic.portal.site import Site
from samepic.portal.whence import address_of
from samepic.wiring import Assembly

Key = Annotated[str, PathParameter(min_length=1, max_length=320, description="an object id, UPN or mail address")]
Name = Annotated[str, PathParameter(min_length=1, max_length=100)]
OneRoute = Annotated[str | None, QueryParameter(name="route", max_length=100, description="all of them if left out")]
HowMany = Annotated[int, QueryParameter(ge=1, le=200)]


Handler = Callable[..., Any]


def _faults(*statuses: int) -> dict[int, ResponseSpec]:
    words = {400: "not understood", 401: "no token that holds", 403: "not this token's to do", 404: "no such thing"}
    words |= {409: "not as it stands", 429: "too often", 503: "a system, or the state, does not answer"}
    return {
        status: ResponseSpec(Fault, generate_examples=False, description=words[status])
        for status in (400, 401, 403, 429, 503, *statuses)
    }


def _looks(path: str, role: Role, *statuses: int) -> Callable[[Handler], HTTPRouteHandler]:
    return get(path, opt=open_to(role), include_in_schema=True, responses=_faults(*statuses))


def _does(path: str, role: Role, *statuses: int) -> Callable[[Handler], HTTPRouteHandler]:
    of = open_to(role)
    return post(path, opt=of, include_in_schema=True, status_code=HTTP_200_OK, responses=_faults(*statuses))


@_looks("/api/v1/routes", Role.HELPDESK)
async def routes(site: TheSite) -> list[RouteStanding]:
    """How each route stands, as its last run left it. No system is asked."""
    found = []
    for name, assembly in site.routes.items():
        source, target = assembly.route.source.profile.name, assembly.route.target.profile.name
        status = await assembly.engine.status()
        found.append(RouteStanding.of(status, source, target, site.starts[name].value))
    return found


@_looks("/api/v1/runs", Role.HELPDESK, 404)
async def runs(site: TheSite, only: OneRoute = None, limit: HowMany = 20) -> list[Run]:
    """The latest runs, newest first."""
    found: list[RunRecord] = []
    for assembly in _chosen(site, only):
        found += await assembly.engine.runs(limit)
    return [Run.of(one) for one in sorted(found, key=lambda one: one.started_at, reverse=True)[:limit]]


@_looks("/api/v1/people/{person:str}", Role.HELPDESK, 404)
async def person(site: TheSite, request: Asked, person: Key, only: OneRoute = None) -> list[Explained]:
    """What each system shows of a person, and why, on each route. The systems are asked; nothing is written."""
    await _enter(site, request, Deed.LOOKED, person)
    return [Explained.of(await assembly.engine.explain(person)) for assembly in _chosen(site, only)]


@_does("/api/v1/people/{person:str}/bring", Role.HELPDESK, 404)
async def bring(site: TheSite, request: Asked, person: Key, only: OneRoute = None) -> list[Brought]:
    """Bring a person's picture along each route, now. Never held."""
    await _enter(site, request, Deed.RESYNCED, person)
    return [Brought.of(await assembly.engine.sync([person])) for assembly in _chosen(site, only)]


@_looks("/api/v1/plans", Role.HELPDESK, 404)
async def plans(site: TheSite, only: OneRoute = None, limit: HowMany = 20) -> list[Plan]:
    """The plans that were held, whatever happened to them last first."""
    found: list[PlanRecord] = []
    for assembly in _chosen(site, only):
        found += await assembly.engine.plans(limit)
    return [Plan.of(one) for one in sorted(found, key=lambda one: one.last.at, reverse=True)[:limit]]


@_does("/api/v1/plans/{plan:str}/approve", Role.ADMINISTRATOR, 404, 409)
async def approve(site: TheSite, request: Asked, plan: Name, data: JSONBody[Approval]) -> Plan:
    """Let a held plan go: the next sync carries it out, if the facts are the same then."""
    await _enter(site, request, Deed.APPROVED, plan, data.why)
    return await _said(site, request, plan, data.why, lambda assembly: assembly.engine.approve)


@_does("/api/v1/plans/{plan:str}/reject", Role.ADMINISTRATOR, 404, 409)
async def reject(site: TheSite, request: Asked, plan: Name, data: JSONBody[Rejection]) -> Plan:
    """Keep a held plan from being carried out until the facts change. A reason is needed."""
    await _enter(site, request, Deed.REJECTED, plan, data.why)
    return await _said(site, request, plan, data.why, lambda assembly: assembly.engine.reject)


async def _said(site: Site, request: Asked, plan: str, why: str, verb: Callable[[Assembly], Any]) -> Plan:
    said = Said(request.user.name, why.strip(), request.user.object_id)
    for assembly in site.routes.values():
        try:
            record: PlanRecord = await verb(assembly)(PlanId(plan), said)
        except NoSuchPlan:
            continue
        except NotWaiting as error:
            raise ClientException(str(error), status_code=409) from None
        return Plan.of(record)
    raise NotFoundException(f"no plan {plan} was ever held")


async def _enter(site: Site, request: Asked, what: Deed, about: str, words: str = "") -> None:
    """Into the audit log, before it is done."""
    token, whence = request.user, address_of(request, site.proxies)
    done = Done(token.object_id, token.name, token.role.name.lower(), what, about, words, whence)
    await asyncio.to_thread(site.state.audit.enter, done, site.clock.now())


def _chosen(site: Site, only: str | None) -> list[Assembly]:
    if only is not None and only not in site.routes:
        raise NotFoundException(f"there is no route {only}; there are: {', '.join(site.routes)}")
    return [site.routes[only]] if only is not None else list(site.routes.values())


ROUTES: tuple[HTTPRouteHandler, ...] = (routes, runs, person, bring, plans, approve, reject)
