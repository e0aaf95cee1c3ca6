"""What is configured, and how the systems and their budgets stand. The file is the truth: nothing is changed here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.response import Response

from samepic.model.system import Probe
from samepic.portal.asked import Asked, PathText, TheSite
from samepic.portal.pages.render import page
from samepic.portal.probing import NAME, probed
from samepic.portal.roles import Role, open_to
from samepic.portal.site import Site
from samepic.ports.errors import SystemFault


@dataclass(frozen=True, slots=True)
class Use:
    """A budget in use. used: units that count now; limit: what is kept below."""

    name: str
    used: float
    limit: float


@get("/admin/systems", opt=open_to(Role.HELPDESK))
async def systems(site: TheSite, request: Asked) -> Response[str]:
    """Routes and policies as configured, systems to be tried, and budgets."""
    return page(
        request,
        "admin/systems.html",
        systems=sorted(every(site), key=lambda name: (name != NAME, name)),
        routes=site.configured,
        budgets=await asyncio.to_thread(used, site),
    )


@post("/admin/systems/{system:str}", opt=open_to(Role.HELPDESK), status_code=200)
async def probe(site: TheSite, request: Asked, system: PathText) -> Response[str]:
    """Try a system, or the portal's own sign-in, with the real credentials; nothing is changed."""
    if system not in every(site):
        raise NotFoundException
    told = await tried(site, system)
    part = request.headers.get("hx-request") == "true"
    return page(request, "admin/probe.html" if part else "admin/probe_page.html", probe=told, system=system)


async def tried(site: Site, system: str) -> Probe:
    """What a system that is in use says to a harmless call; kept for the overview."""
    try:
        told = await every(site)[system]()
    except SystemFault as fault:
        told = Probe(system, works=False, words=fault.said)
    site.probes[system] = told
    return told


def every(site: Site) -> Mapping[str, Callable[[], Awaitable[Probe]]]:
    """How each system of the routes is tried, by name; and the portal itself."""
    found = {name: one.probe for assembly in site.routes.values() for name, one in assembly.systems.items()}
    return {**found, NAME: lambda: probed(site)}


def used(site: Site) -> list[Use]:
    """Of each budget that is in use. Asks the state: not in the event loop."""
    counted = site.state.budgets.used()
    return [
        Use(name.value, counted[name][0], kept.limit * counted[name][1])
        for name, kept in site.budgets.items()
        if name in counted
    ]
