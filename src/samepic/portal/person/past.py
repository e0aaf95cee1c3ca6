"""Earlier pictures of the visitor, back to one, and the latest change undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.response import Response

from samepic.portal.asked import Asked, PathText, TheSite
from samepic.portal.pages.render import page
from samepic.portal.person.giving import Given, back_to, earlier, pasts, undo, undoable
from samepic.portal.person.mine import done
from samepic.portal.person.part import part
from samepic.portal.person.pictures import EDGE_PX, KEPT
from samepic.portal.roles import Role, open_to
from samepic.portal.site import Site

Work = Callable[[], Awaitable[Given]]


class Stale(Exception):
    """What a form is about is no longer so."""


@get("/my/past", opt=open_to(Role.PERSON))
async def past(site: TheSite, request: Asked) -> Response[str]:
    """What is kept of the visitor's pictures."""
    found = await pasts(site, request.user.object_id)
    return part(
        request, "person/past.html", "past.title", earlier=earlier(found), undoable=undoable(found, _giving(site))
    )


@get("/my/past/{route:str}/{name:str}", opt=open_to(Role.PERSON))
async def past_picture(site: TheSite, request: Asked, route: PathText, name: PathText) -> Response[bytes]:
    """One of them, drawn anew. Nobody else's, whatever its name."""
    assembly = site.giving if route == _giving(site) else site.routes.get(route)
    found = None
    if assembly is not None and len(name) == 64 and set(name) <= set("0123456789abcdef"):
        found = await assembly.engine.keeper.drawn(request.user.object_id, name, EDGE_PX)
    if found is None:
        raise NotFoundException
    return Response(found.data, media_type="image/jpeg", headers={"cache-control": KEPT})


@post("/my/back", opt=open_to(Role.PERSON), status_code=200)
async def back(site: TheSite, request: Asked) -> Response[str]:
    """Take an earlier picture again."""
    name, person = await _field(request, "picture"), request.user.object_id

    async def work() -> Given:
        found = await pasts(site, person)
        kept = next((one for past in found.values() for one in past.kept if one.sha256 == name), None)
        if kept is None:
            raise Stale
        return await back_to(site, request.auth, kept)

    return await _done(site, request, f"back {name}", work)


@post("/my/undo", opt=open_to(Role.PERSON), status_code=200)
async def undo_last(site: TheSite, request: Asked) -> Response[str]:
    """Take back the change that the form was about, unless another came after it."""
    mark, person = await _field(request, "mark"), request.user.object_id

    async def work() -> Given:
        last = undoable(await pasts(site, person), _giving(site))
        if last is None or last.mark != mark:
            raise Stale
        return await undo(site, request.auth, last)

    return await _done(site, request, f"undo {mark}", work)


async def _done(site: Site, request: Asked, what: str, work: Work) -> Response[str]:
    try:
        return done(request, await site.errands.change(request.user.object_id, what, work))
    except Stale:
        return page(request, "error.html", status=409, kind="stale")


async def _field(request: Asked, name: str) -> str:
    value = (await request.form()).get(name)
    return value[:200] if isinstance(value, str) else ""


def _giving(site: Site) -> str | None:
    return site.giving.route.name if site.giving is not None else None
