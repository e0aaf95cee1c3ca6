"""Who can see what of me, for how long, and who looked: the page that a works council asks for, true to this portal."""

from __future__ import annotations

import asyncio

from litestar import get
from litestar.response import Response

from samepic.portal.asked import Asked, TheSite
from samepic.portal.pages.render import page
from samepic.portal.person.part import part
from samepic.portal.roles import Role, open_to

MOST_LOOKS = 100


@get("/help/my-data", opt=open_to(Role.ANYBODY))
async def my_data(site: TheSite, request: Asked) -> Response[str]:
    """What is kept, with this portal's own spans, and who may see it. Who looked comes by itself."""
    retention = next(iter(site.routes.values())).route.policy.retention
    return page(
        request,
        "help/my_data.html",
        keep_days=retention.former_for.days,
        keep_each=retention.former_each,
        gone_days=retention.gone_for.days,
        hours=site.sessions.longest.total_seconds() / 3600,
        uploads=site.giving is not None,
        has_helpdesk=bool(site.groups.helpdesk),
    )


@get("/my/looks", opt=open_to(Role.PERSON))
async def looks(site: TheSite, request: Asked) -> Response[str]:
    """When somebody with a role looked at the visitor, newest first: in which role, not by which name."""
    found = await asyncio.to_thread(site.state.audit.about, request.user.object_id, MOST_LOOKS)
    others = [one for one in found if one.done.who != request.user.object_id]
    return part(request, "person/looks.html", "data.looked_title", looks=others, most=MOST_LOOKS)
