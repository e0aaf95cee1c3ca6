"""Earlier pictures of the visitor, back to one, and the latest change undone."""

from __future__ import annotations

from collections.abc import Awaitable

from litestar import get, post
from litestar.exceptions import NotFoundException
from litestar.response import Response

from samepic.portal.asked import Asked, PathText, TheSite
from samepic.portal.pages.compression import AS_IT_IS
from samepic.portal.pages.render import page
from samepic.portal.person.giving import Given, back_to, earlier, pasts, undo, undoable
from samepic.portal.person.mine import done
from samepic.portal.person.part import part
from samepic.portal.person.pictures import EDGE_PX, KEPT
from samepic.portal.roles import Role, open_to
from samepic.portal.sessions import Session
from samepic.portal.site import Site


class Stale(Exception):
    """What a form is about is no longer so."""


@get("/my/past", opt=open_to(Role.PERSON))
async def past(site: TheSite, request: Asked) -> Response[str]:
    """What is kept of the visitor's pictures."""
    found = await pasts(site, request.user.object_id)
    return part(
        request, "person/past.html", "past.title", earlier=earlier(found), undoable=undoable(found, _giving(site))
    )


@get("/my/past/{route:str}/{name:str}", opt=open_to(Role.PERSON) | AS_IT_IS)
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
    return await _done(request, back_once(site, request.auth, await _field(request, "picture")))


@post("/my/undo", opt=open_to(Role.PERSON), status_code=200)
async def undo_last(site: TheSite, request: Asked) -> Response[str]:
    """Take back the change that the form was about, unless another came after it."""
    return await _done(request, undo_once(site, request.auth, await _field(request, "mark")))


async def back_once(site: Site, session: Session, name: str) -> Given:
    """An earlier picture of whoever's session it is, by the vault's name of it. Raises Stale, GoesOn, TooMany."""
    person = session.visitor.object_id

    async def work() -> Given:
        found = await pasts(site, person)
        kept = next((one for past in found.values() for one in past.kept if one.sha256 == name), None)
        if kept is None:
            raise Stale
        return await back_to(site, session, kept)

    return await site.errands.change(person, f"back {name}", work)


async def undo_once(site: Site, session: Session, mark: str) -> Given:
    """Undo the change of a mark, unless another came after it. Raises Stale, GoesOn, TooMany."""
    person = session.visitor.object_id

    async def work() -> Given:
        last = undoable(await pasts(site, person), _giving(site))
        if last is None or last.mark != mark:
            raise Stale
        return await undo(site, session, last)

    return await site.errands.change(person, f"undo {mark}", work)


async def _done(request: Asked, doing: Awaitable[Given]) -> Response[str]:
    try:
        return done(request, await doing)
    except Stale:
        return page(request, "error.html", status=409, kind="stale")


async def _field(request: Asked, name: str) -> str:
    value = (await request.form()).get(name)
    return value[:200] if isinstance(value, str) else ""


def _giving(site: Site) -> str | None:
    return site.giving.route.name if site.giving is not None else None
