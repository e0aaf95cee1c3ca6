"""`/_tenant/pictures/{person}/{store}`: what a store holds, and what a person or another program would do there."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localtenant.control.access import control, refusal
from localtenant.control.library_picture import delete_library_picture, library_picture, put_library_picture
from localtenant.directory.people import set_directory_picture
from localtenant.exchange.mailbox import (
    delete_picture,
    has_mailbox,
    mailbox_picture,
    put_directory_picture,
    put_picture,
)
from localtenant.store.measure import measure
from localtenant.store.records import PictureRef, User
from localtenant.tenant import Tenant

STORES = ("exchange", "directory", "sharepoint-s", "sharepoint-m", "sharepoint-l")


class NoPlace(LookupError):
    """The person has nothing there that could hold a picture."""


def routes(tenant: Tenant) -> list[Route]:
    """One address for each person and store."""

    async def picture(request: Request) -> Response:
        key, store = request.path_params["person"], request.path_params["store"]
        user = tenant.store.user(key)
        if user is None:
            return refusal(404, f"nobody is called {key!r} here")
        if store not in STORES:
            return refusal(404, f"the stores are: {', '.join(STORES)}")
        try:
            if request.method == "PUT":
                _put(tenant, user, store, await request.body())
                return Response(status_code=204)
            if request.method == "DELETE":
                gone = _delete(tenant, user, store)
                return Response(status_code=204) if gone else refusal(404, f"{user.upn} has no picture in {store}")
        except NoPlace as nowhere:
            return refusal(409, str(nowhere))
        held = _held(tenant, user, store)
        if held is None:
            return refusal(404, f"{user.upn} has no picture in {store}")
        data = await run_in_threadpool(tenant.store.bytes_of, held)
        return Response(data, media_type=_media_type(data))

    return [control(tenant, "/_tenant/pictures/{person}/{store}", picture, "GET", "PUT", "DELETE")]


def _held(tenant: Tenant, user: User, store: str) -> PictureRef | None:
    if store == "exchange":
        stored = mailbox_picture(tenant, user.id)
        return stored.ref if stored else None
    if store == "directory":
        return user.picture.ref if user.picture else None
    file = library_picture(tenant, user, store[-1].upper())
    return file.ref if file else None


def _put(tenant: Tenant, user: User, store: str, data: bytes) -> None:
    if store == "exchange":
        if not has_mailbox(tenant, user.id):
            raise NoPlace(f"{user.upn} has no mailbox in Exchange Online")
        put_picture(tenant, user.id, data)
    elif store == "directory":
        put_directory_picture(tenant, user.id, data)
    elif not put_library_picture(tenant, user, store[-1].upper(), data):
        raise NoPlace(f"{user.upn} has no profile in SharePoint")


def _delete(tenant: Tenant, user: User, store: str) -> bool:
    if _held(tenant, user, store) is None:
        return False
    if store == "exchange":
        delete_picture(tenant, user.id)
    elif store == "directory":
        set_directory_picture(tenant, user.id, None)
    else:
        delete_library_picture(tenant, user, store[-1].upper())
    return True


def _media_type(data: bytes) -> str:
    """Stores hold whatever they were given, also what is no picture."""
    known = measure(data)
    return known.media_type if known else "application/octet-stream"
