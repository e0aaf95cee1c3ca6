"""How routes and systems stand, and the audit log."""

from __future__ import annotations

import asyncio
from typing import Annotated

from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from samepic.portal.admin.systems import every, tried, used
from samepic.portal.api.declared import HowMany, Name, does, looks
from samepic.portal.api.shapes import RouteStanding
from samepic.portal.api.shapes_of_standing import Deed, SystemStanding, Use
from samepic.portal.asked import TheSite
from samepic.portal.roles import Role


@looks("/api/v1/routes", Role.HELPDESK)
async def routes(site: TheSite) -> list[RouteStanding]:
    """How each route stands, as its last run left it. No system is asked."""
    found = []
    for name, assembly in site.routes.items():
        source, target = assembly.route.source.profile.name, assembly.route.target.profile.name
        status = await assembly.engine.status()
        found.append(RouteStanding.of(status, source, target, site.starts[name].value))
    return found


@looks("/api/v1/systems", Role.HELPDESK)
async def systems(site: TheSite) -> list[SystemStanding]:
    """The systems, each as it was when it was tried last. No system is asked."""
    return [SystemStanding.of(name, site.probes.get(name)) for name in sorted(every(site))]


@does("/api/v1/systems/{system:str}/try", Role.HELPDESK, 404)
async def try_system(site: TheSite, system: Name) -> SystemStanding:
    """Try a system with the real credentials; nothing is changed."""
    if system not in every(site):
        raise NotFoundException(f"there is no system {system}; there are: {', '.join(sorted(every(site)))}")
    return SystemStanding.of(system, await tried(site, system))


@looks("/api/v1/budgets", Role.HELPDESK)
async def budgets(site: TheSite) -> list[Use]:
    """What is used of each budget now."""
    return [Use(one.name, one.used, one.limit) for one in await asyncio.to_thread(used, site)]


@looks("/api/v1/audit", Role.ADMINISTRATOR)
async def audit(
    site: TheSite, before: Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)] = None, limit: HowMany = 50
) -> list[Deed]:
    """The audit log, newest first. before: the number of the last entry of the page before."""
    return [Deed.of(one) for one in await asyncio.to_thread(site.state.audit.latest, limit, before)]


ROUTES: tuple[HTTPRouteHandler, ...] = (routes, systems, try_system, budgets, audit)
