"""What is configured, and how the systems and their budgets stand. The file is the truth: nothing is changed here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.response import Response

from samepic.model.system import Probe
from samepic.portal.asked import Asked, PathText, TheSite
from samepic.portal.pages.render import page
from samepic.portal.roles import Role, open_to
from samepic.portal.site import Site
from samepic.ports.errors import SystemFault
from samepic.ports.system import PictureSource


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
        systems=sorted(_every(site)),
        routes=site.configured,
        budgets=await asyncio.to_thread(_budgets, site),
    )


@post("/admin/systems/{system:str}", opt=open_to(Role.HELPDESK), status_code=200)
async def probe(site: TheSite, request: Asked, system: PathText) -> Response[str]:
    """Try a system with the real credentials; nothing is changed."""
    found = _every(site).get(system)
    if found is None:
        raise NotFoundException
    try:
        probed = await found.probe()
    except SystemFault as fault:
        probed = Probe(system, works=False, words=str(fault))
    site.probes[system] = probed
    part = request.headers.get("hx-request") == "true"
    return page(request, "admin/probe.html" if part else "admin/probe_page.html", probe=probed, system=system)


def _every(site: Site) -> Mapping[str, PictureSource]:
    return {name: one for assembly in site.routes.values() for name, one in assembly.systems.items()}


def _budgets(site: Site) -> list[Use]:
    used = site.state.budgets.used()
    return [
        Use(name.value, used[name][0], kept.limit * used[name][1])
        for name, kept in site.budgets.items()
        if name in used
    ]
