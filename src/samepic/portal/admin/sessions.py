"""An administrator ends somebody's sessions: of an account that is not in its person's hands any more."""

from __future__ import annotations

from litestar import post
from litestar.response import Response

from samepic.model.audit import Deed
from samepic.portal.admin.entering import enter
from samepic.portal.asked import Asked, PathText, TheSite
from samepic.portal.pages.render import page
from samepic.portal.roles import Role, open_to
from samepic.portal.site import Site
from samepic.portal.whom import person_of


@post("/admin/people/{key:str}/sessions", opt=open_to(Role.ADMINISTRATOR), status_code=200)
async def end_sessions(site: TheSite, request: Asked, key: PathText) -> Response[str]:
    """Sign a person out of every browser."""
    whom, ended = await end_all(site, request, key)
    return page(request, "admin/sessions_ended.html", key=whom, ended=ended)


async def end_all(site: Site, request: Asked, key: str) -> tuple[str, int]:
    """Whose they were, and how many; entered first. Who has one by that id is asked of nobody, nor need be known.

    Raises UnknownPerson, and what the census raises.
    """
    folded = key.casefold()
    whom = folded if site.sessions.are_of(folded) else await person_of(site, key)
    await enter(site, request, Deed.SESSIONS_ENDED, whom)
    return whom, site.sessions.end_all_of(whom)
