"""EWS's plain request for a picture: `GET /ews/Exchange.asmx/s/GetUserPhoto?email=&size=`.

Sources: [MS-OXWSPHOTO] 3.1.5.1.1; how-to-get-user-photos-by-using-ews-in-exchange (facts §4.1).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from localtenant.authority.principal import TokenRefused
from localtenant.authority.tokens import authenticate
from localtenant.exchange.mailbox import has_mailbox, is_marked_deleted, mailbox_picture
from localtenant.exchange.needs import EWS
from localtenant.exchange.sizes import SIZES_PX, drawn, edge_of, measured, sized
from localtenant.store.records import PictureRef, StoredPicture, User
from localtenant.tenant import Tenant


def get_user_photo(tenant: Tenant) -> Callable[[Request], Awaitable[Response]]:
    """200 with a JPEG and its ETag, 304 where the caller has it already, 404 where there is none."""

    async def handler(request: Request) -> Response:
        try:
            principal = authenticate(tenant, request, "ews")
        except TokenRefused as refused:
            return Response(status_code=401, headers=refused.headers)
        if not EWS.allows(principal, None, is_own=False):
            return Response(status_code=403)
        options = {name.lower(): value for name, value in request.query_params.items()}
        email = options.get("email", "")
        user = tenant.store.user_by_mail(email) or tenant.store.user_by_upn(email)
        if user is None:
            return Response(status_code=int(tenant.behaviours["ews_unknown_user"]))
        return await _answer(tenant, request, user, edge_of(options.get("size", ""), ews=True))

    return handler


async def _answer(tenant: Tenant, request: Request, user: User, edge_px: int | None) -> Response:
    chosen = _choose(tenant, user, edge_px)
    if chosen is None:
        return Response(status_code=404)
    picture, ref = chosen
    headers = {"ETag": f'"{picture.etag}"', "Cache-Control": "private"}
    if _has_it(request, picture.etag):
        return Response(status_code=304, headers=headers)
    data = await drawn(tenant, ref)
    if data is None:
        return Response(status_code=404)
    found = None if ref != picture.ref else await measured(tenant, ref)
    return Response(data, headers=headers | {"Content-Type": found.media_type if found else "image/jpeg"})


def _choose(tenant: Tenant, user: User, edge_px: int | None) -> tuple[StoredPicture, PictureRef] | None:
    """The mailbox's picture in the size asked for, else the directory's thumbnail as it is.

    Without a size, or with one above the picture's own, the largest available. HR48x48 is the directory's thumbnail
    first, by the how-to alone; the specification has it so only where the mailbox has none.
    """
    picture = mailbox_picture(tenant, user.id)
    thumbnail = _thumbnail(tenant, user)
    small_first = edge_px == SIZES_PX[0] and tenant.behaviours["small_thumbnail"] == "directory_first"
    if thumbnail is not None and (picture is None or small_first):
        return thumbnail, thumbnail.ref
    if picture is None:
        return None
    return picture, sized(picture, edge_px or SIZES_PX[-1])


def _thumbnail(tenant: Tenant, user: User) -> StoredPicture | None:
    """The directory's picture, unless a deletion's mark hides it.

    For a mailbox that is not hosted here the sources disagree whether Exchange looks in the directory at all.
    """
    if is_marked_deleted(tenant, user.id):
        return None
    if not has_mailbox(tenant, user.id) and tenant.behaviours["graph_fallback"] == "none":
        return None
    return user.picture


def _has_it(request: Request, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return "*" in tags or f'"{etag}"' in tags
