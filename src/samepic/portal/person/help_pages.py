"""Two pages of help: how a picture gets where it shows, and how to add one."""

from __future__ import annotations

from litestar import get
from litestar.response import Response

from samepic.portal.asked import Asked, TheSite
from samepic.portal.pages.render import page
from samepic.portal.roles import Role, open_to


@get("/help", opt=open_to(Role.ANYBODY))
async def help_page(request: Asked) -> Response[str]:
    """How a picture gets from the mailbox to everywhere."""
    return page(request, "help/sync.html")


@get("/help/add-your-picture", opt=open_to(Role.ANYBODY))
async def help_add(site: TheSite, request: Asked) -> Response[str]:
    """How to add one."""
    return page(request, "help/add.html", uploads=site.giving is not None)
