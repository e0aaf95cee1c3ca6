"""Faces for lists: from the vault, so that looking at a list asks no system about anybody."""

from __future__ import annotations

import asyncio
from html import escape

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from samepic.engine.served import Side
from samepic.imaging import PictureFault, Unreadable, workers
from samepic.model.remembered import Kept
from samepic.model.system import Rendition
from samepic.portal.admin.entering import enter_look
from samepic.portal.asked import Asked, PathText, TheSite
from samepic.portal.pages.assets import content_of
from samepic.portal.pages.compression import AS_IT_IS
from samepic.portal.roles import Role, open_to
from samepic.portal.site import Site
from samepic.ports.vault import VaultDamaged
from samepic.wiring import Assembly

SMALL_PX, LARGE_PX = 96, 360
_SVG = "image/svg+xml"
_SHORTLY = {"cache-control": "private, max-age=300"}
_NOT_KEPT = {"cache-control": "private, no-store"}


async def drawn(data: bytes, edge_px: int) -> bytes | None:
    """A square JPEG of ours; None where nobody can read it."""

    def draw() -> bytes:
        return workers().draw(data, (Rendition("shown", edge_px),)).renditions[0].data

    try:
        return await asyncio.to_thread(draw)
    except (PictureFault, Unreadable):
        return None


def nobody() -> Response[bytes]:
    """What a list shows where there is no picture."""
    return Response(content_of("nobody.svg") or b"", media_type=_SVG, headers=_NOT_KEPT)


def initials(name: str) -> Response[bytes]:
    """What a list shows of somebody whose picture was never kept: it was right before Samepic came."""
    words = [word for word in name.split() if word[0].isalpha()]
    letters = escape("".join(word[0] for word in (words[0], *words[1:][-1:])).upper()) if words else "?"
    drawn = f'<text x="48" y="60" font-family="sans-serif" font-size="34" text-anchor="middle">{letters}</text>'
    ground = '<rect width="96" height="96" fill="#d5ebe7"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" fill="#0b4f49">{ground}{drawn}</svg>'
    return Response(svg.encode(), media_type=_SVG, headers=_SHORTLY)


@get("/admin/people/{key:str}/face", opt=open_to(Role.HELPDESK) | AS_IT_IS)
async def face(site: TheSite, request: Asked, key: PathText) -> Response[bytes]:
    """The latest picture of a person that was kept, small; initials of whoever has one that never was."""
    await enter_look(site, request, key, face_only=True)
    for name, assembly in site.routes.items():
        for kept in (await asyncio.to_thread(_newest, site, name, key))[:1]:
            shown = site.drawn.of((kept.sha256, SMALL_PX)) or await _drawn(site, assembly, kept)
            if shown is not None:
                return Response(shown, media_type="image/jpeg", headers=_SHORTLY)
    known = await asyncio.to_thread(_shown_somewhere, site, key.casefold())
    return nobody() if known is None else initials(known)


@get("/admin/people/{key:str}/pictures/{route:str}/{side:str}", opt=open_to(Role.HELPDESK) | AS_IT_IS)
async def shown_now(
    site: TheSite, request: Asked, key: PathText, route: PathText, side: FromPath[Side]
) -> Response[bytes]:
    """What a system shows of a person at this moment."""
    if route not in site.routes:
        raise NotFoundException
    await enter_look(site, request, key)
    found = await site.routes[route].engine.served(key, side, LARGE_PX)
    if found is None:
        return nobody()
    return Response(found[1].data, media_type="image/jpeg", headers=_NOT_KEPT)


async def _drawn(site: Site, assembly: Assembly, kept: Kept) -> bytes | None:
    try:
        data = await assembly.engine.keeper.fetch(kept)
    except VaultDamaged:
        return None
    shown = await drawn(data, SMALL_PX) if data is not None else None
    return None if shown is None else site.drawn.keep((kept.sha256, SMALL_PX), shown)


def _newest(site: Site, route: str, key: str) -> list[Kept]:
    return site.state.kept.of(route, key.casefold())


def _shown_somewhere(site: Site, key: str) -> str | None:
    """The name of whoever has a picture, as it is remembered or as the latest run over everybody saw it; else None."""
    for route in site.routes:
        memory = site.state.memories.of(route, [key]).get(key)
        if memory is not None and (isinstance(memory.source, str) or isinstance(memory.target, str)):
            return memory.display_name
        run = site.state.people.met_by(route)
        row = site.state.people.of(run.run, key) if run is not None else None
        if row is not None and (isinstance(row.source, str) or (isinstance(row.target, str) and not row.target_blank)):
            return row.person.display_name
    return None
