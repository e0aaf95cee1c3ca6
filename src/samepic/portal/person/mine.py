"""My picture: what each system shows now, and the word that brings it everywhere."""

from __future__ import annotations

from litestar import get, post
from litestar.response import Redirect, Response

from samepic.portal.asked import Asked, TheSite
from samepic.portal.pages.render import page
from samepic.portal.person.bringing import Brought, everywhere
from samepic.portal.person.giving import Given
from samepic.portal.person.part import part
from samepic.portal.person.standing import coming, standing
from samepic.portal.roles import Role, open_to


@get("/my", opt=open_to(Role.PERSON))
async def my_picture(site: TheSite, request: Asked) -> Response[str]:
    """The page, at once; what systems show comes by itself."""
    return page(request, "person/mine.html", uploads=site.giving is not None, coming=coming(site))


@get("/my/now", opt=open_to(Role.PERSON))
async def now_shown(site: TheSite, request: Asked) -> Response[str]:
    """What each system shows."""
    showings, explanations = await standing(site, request.user.object_id)
    can_bring = any(one.eligible for one in explanations)
    return part(request, "person/now.html", "my.title", showings=showings, can_bring=can_bring)


@post("/my/everywhere", opt=open_to(Role.PERSON), status_code=200)
async def bring_everywhere(site: TheSite, request: Asked) -> Response[str]:
    """Bring the visitor's picture along every route."""

    async def work() -> Given:
        return Given(True, brought=await everywhere(site, request.auth))

    given = await site.errands.change(request.user.object_id, "everywhere", work)
    return done(request, given)


@get("/my/going-on", opt=open_to(Role.PERSON))
async def going_on(site: TheSite, request: Asked) -> Response[str] | Redirect:
    """What became of the latest change, once it is done. Raises GoesOn."""
    ended = await site.errands.last_of(request.user.object_id)
    if isinstance(ended, Brought):
        ended = Given(True, brought=[ended])
    return done(request, ended) if isinstance(ended, Given) else Redirect("/my")


def done(request: Asked, given: Given) -> Response[str]:
    """What came of it, system by system."""
    return part(request, "person/done.html", "my.title", given=given)
