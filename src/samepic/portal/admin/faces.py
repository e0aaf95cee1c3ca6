"""Faces for lists: from the vault, so that looking at a list asks no system about anybody."""

from __future__ import annotations

import asyncio

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from samepic.engine.served import Side
from samepic.imaging import PictureFault, Unreadable, workers
from samepic.model.remembered import Kept
from samepic.model.system import Rendition
from samepic.portal.asked import Asked, PathText, TheSite
from samepic.portal.pages.assets import content_of
from samepic.portal.roles import Role, open_to
from samepic.portal.site import Site
from samepic.ports.vault import VaultDamaged

SMALL_PX, LARGE_PX = 96, 360
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
    return Response(content_of("nobody.svg") or b"", media_type="image/svg+xml", headers=_NOT_KEPT)


@get("/admin/people/{key:str}/face", opt=open_to(Role.HELPDESK))
async def face(site: TheSite, request: Asked, key: PathText) -> Response[bytes]:
    """The latest picture of a person that was kept, small."""
    for name, assembly in site.routes.items():
        for kept in (await asyncio.to_thread(_newest, site, name, key))[:1]:
            try:
                data = await assembly.engine.keeper.fetch(kept)
            except VaultDamaged:
                continue
            shown = await drawn(data, SMALL_PX) if data is not None else None
            if shown is not None:
                return Response(shown, media_type="image/jpeg", headers=_SHORTLY)
    return nobody()


@get("/admin/people/{key:str}/pictures/{route:str}/{side:str}", opt=open_to(Role.HELPDESK))
async def shown_now(
    site: TheSite, request: Asked, key: PathText, route: PathText, side: FromPath[Side]
) -> Response[bytes]:
    """What a system shows of a person at this moment."""
    if route not in site.routes:
        raise NotFoundException
    found = await site.routes[route].engine.served(key, side, LARGE_PX)
    if found is None:
        return nobody()
    return Response(found[1].data, media_type="image/jpeg", headers=_NOT_KEPT)


def _newest(site: Site, route: str, key: str) -> list[Kept]:
    return site.state.kept.of(route, key.casefold())
