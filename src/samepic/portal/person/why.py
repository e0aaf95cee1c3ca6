"""Why is my picture not showing?"""

from __future__ import annotations

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.response import Response

from samepic.portal.asked import Asked, PathText, TheSite
from samepic.portal.pages.render import page
from samepic.portal.person.part import part
from samepic.portal.person.standing import Apart, past_of, told
from samepic.portal.person.way import coming, way, way_apart
from samepic.portal.roles import Role, open_to


@get("/my/why", opt=open_to(Role.PERSON))
async def why(site: TheSite, request: Asked) -> Response[str]:
    """A way for each route, which comes by itself."""
    return page(request, "person/why.html", ways=[coming(site, name) for name in site.routes])


@get("/my/why/{route:str}", opt=open_to(Role.PERSON))
async def one_way(site: TheSite, request: Asked, route: PathText) -> Response[str]:
    """One of them, stop by stop."""
    if route not in site.routes:
        raise NotFoundException
    person = request.user.object_id
    one = await told(site, person, route)
    if isinstance(one, Apart):
        found = way_apart(site, person, route, one, await past_of(site, person, route))
    else:
        past = await site.routes[route].engine.keeper.past(person)
        found = way(site, person, route, one, past, site.clock.now())
    return part(request, "person/way.html", "why.title", way=found)
