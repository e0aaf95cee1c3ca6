"""The administration's first page."""

from __future__ import annotations

import asyncio

from litestar import get
from litestar.response import Response

from samepic.portal.admin.plot import HEIGHT, WIDTH, plotted
from samepic.portal.admin.standing import RouteView, unwell, view_of
from samepic.portal.asked import Asked, TheSite
from samepic.portal.pages.render import page
from samepic.portal.roles import Role, open_to
from samepic.portal.site import Site


@get("/admin", opt=open_to(Role.HELPDESK))
async def overview(site: TheSite, request: Asked) -> Response[str]:
    """What needs attention first; then how each route stands, and how it came there."""
    views = await asyncio.to_thread(_views, site)
    now = site.clock.now()
    return page(
        request,
        "admin/overview.html",
        views=[(view, plotted(view.history, view.source, view.target)) for view in views],
        needs=[*unwell(site.probes), *(need for view in views for need in view.needs(now))],
        width=WIDTH,
        height=HEIGHT,
    )


def _views(site: Site) -> list[RouteView]:
    return [view_of(site, name) for name in site.routes]
