"""Pictures as systems show them, drawn anew for the page.

The address has the version: what it shows never changes, so a browser may keep it, and a new picture, at its new
address, shows at once.
"""

from __future__ import annotations

import hashlib

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

from samepic.engine.served import Side
from samepic.model.picture import Stamp
from samepic.portal.asked import Asked, PathText, TheSite
from samepic.portal.pages.compression import AS_IT_IS
from samepic.portal.roles import Role, open_to

KEPT = "private, max-age=31536000, immutable"
_NOT_KEPT = "private, no-store"
EDGE_PX = 360


def version_of(person: str, stamp: Stamp) -> str:
    """A stamp as a part of an address; it says nothing of the picture.

    Two people may have the same stamp, and one browser one after the other: what it kept of the first is at no address
    of the second.
    """
    return hashlib.sha256(f"{person}\n{stamp}".encode(errors="replace")).hexdigest()[:16]


def address_of(person: str, route: str, side: Side, stamp: Stamp) -> str:
    """Where the visitor's own picture is served."""
    return f"/my/pictures/{route}/{side.value}/{version_of(person, stamp)}"


@get("/my/pictures/{route:str}/{side:str}/{version:str}", opt=open_to(Role.PERSON) | AS_IT_IS)
async def picture(
    site: TheSite, request: Asked, route: PathText, side: FromPath[Side], version: PathText
) -> Response[bytes]:
    """The visitor's own picture. Where the system shows another version by now, that, and no browser keeps it."""
    if route not in site.routes:
        raise NotFoundException
    person = request.user.object_id
    known = site.drawn.of((person, route, side, version))
    if known is not None:
        return Response(known, media_type="image/jpeg", headers={"cache-control": KEPT})
    found = await site.routes[route].engine.served(person, side, EDGE_PX)
    if found is None:
        raise NotFoundException
    stamp, shown = found
    now = version_of(person, stamp)
    site.drawn.keep((person, route, side, now), shown.data)
    kept = KEPT if now == version else _NOT_KEPT
    return Response(shown.data, media_type="image/jpeg", headers={"cache-control": kept})
