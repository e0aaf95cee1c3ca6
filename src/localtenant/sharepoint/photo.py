"""`userphoto.aspx` and the pictures' own addresses.

Sources: facts §2.1 (parameters in any case, S by default, the placeholder instead of 404, one day of caching);
whether it answers with bytes or a redirect is told nowhere, hence the behaviour `userphoto_answer`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from email.utils import format_datetime
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from localtenant.authority.principal import TokenRefused
from localtenant.endpoint import endpoint
from localtenant.sharepoint import library, placeholder, profiles, pull
from localtenant.sharepoint.access import Caller, Needs, caller_of, check
from localtenant.sharepoint.errors import SharePointError, error_answer, no_file
from localtenant.sharepoint.names import CLAIM, LIBRARY, SIZES, by_account, origin_of, path_of_url, sibling
from localtenant.store.records import Drawn, Held, LibraryFile, PictureRef, Scaled, User
from localtenant.store.scaling import NotAPicture
from localtenant.tenant import Tenant

API = "sharepoint"
ONE_DAY = "private, max-age=86400"
PLACEHOLDER = "/_layouts/15/images/PersonPlaceholder.96x96x32.png"

Page = Callable[[Tenant, Request, Caller], Awaitable[Response]]


def routes(tenant: Tenant) -> list[Route]:
    """`userphoto.aspx`, the placeholder image and the library's files."""

    def guarded(page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            return await _guarded(tenant, request, page)

        return answer

    async def placeholder_image(request: Request) -> Response:
        return _image(await run_in_threadpool(placeholder.image, 96), "placeholder-96", request)

    return [
        endpoint(tenant, "/_layouts/15/userphoto.aspx", guarded(userphoto), api=API, operation="userphoto.aspx"),
        endpoint(tenant, PLACEHOLDER, placeholder_image, api=API, operation="PersonPlaceholder"),
        endpoint(tenant, LIBRARY + "/{path:path}", guarded(stored), api=API, operation="User Photos"),
    ]


async def _guarded(tenant: Tenant, request: Request, page: Page) -> Response:
    try:
        caller = caller_of(tenant, request)
        check(tenant, caller, Needs.SIGNED_IN)
        return await page(tenant, request, caller)
    except TokenRefused as refused:
        return JSONResponse({"error_description": refused.words}, 401, refused.headers)
    except SharePointError as error:
        return error_answer(error, "minimalmetadata")


async def userphoto(tenant: Tenant, request: Request, caller: Caller) -> Response:
    """GET userphoto.aspx?size=S|M|L&accountname=…: a picture or the placeholder, and the pull's only trigger."""
    asked = {name.casefold(): value for name, value in request.query_params.items()}
    size = asked.get("size", "S").upper()
    size = size if size in SIZES else "S"
    if "url" in asked:
        path = sibling(path_of_url(asked["url"]), size)
        return await _file_or_placeholder(tenant, request, library.find_file(tenant, path), size)
    user = _person(tenant, asked.get("accountname") or asked.get("username") or "")
    if user is None:
        return await _file_or_placeholder(tenant, request, None, size)
    await pull.pull_if_asked(tenant, caller.user_id, user, size)
    if tenant.behaviours["picture_store"] == "people_system" and "exchange" not in user.plans:
        return await _from_people_system(tenant, request, user, size)
    return await _file_or_placeholder(tenant, request, shown_file(tenant, user, size), size)


def shown_file(tenant: Tenant, user: User, size: str) -> LibraryFile | None:
    """The library's file that SharePoint shows of a person; None for the placeholder."""
    profile = profiles.profile_of(tenant, user)
    if profile is None or profile.placeholder_state != "0" or not profile.picture_url:
        return None
    return library.find_file(tenant, sibling(path_of_url(profile.picture_url), size))


def _person(tenant: Tenant, name: str) -> User | None:
    """By claims, by account or by e-mail (vitalyzhukov; sp-dev-docs #9289)."""
    if name.casefold().startswith(CLAIM):
        return by_account(tenant, name)
    return tenant.store.user(name) if "@" in name else None


async def _from_people_system(tenant: Tenant, request: Request, user: User, size: str) -> Response:
    """Graph's picture, not the library's (MC653734)."""
    if user.picture is None or tenant.behaviours["graph_fallback"] == "none":
        return await _file_or_placeholder(tenant, request, None, size)
    ref: PictureRef = user.picture.ref
    original: Drawn | Held = ref.of if isinstance(ref, Scaled) else ref
    shown = Scaled(original, pull.edge_px(tenant, size), "graph")
    try:
        data = await run_in_threadpool(tenant.store.bytes_of, shown)
    except NotAPicture:
        return await _file_or_placeholder(tenant, request, None, size)
    return _image(data, f"{user.picture.etag}-{size}", request)


async def _file_or_placeholder(tenant: Tenant, request: Request, file: LibraryFile | None, size: str) -> Response:
    origin = origin_of(tenant, request)
    redirects = tenant.behaviours["userphoto_answer"] == "redirect"
    if file is None:
        if redirects:
            return RedirectResponse(origin + PLACEHOLDER, 302, {"Cache-Control": ONE_DAY})
        edge = pull.edge_px(tenant, size)
        return _image(await run_in_threadpool(placeholder.image, edge), f"placeholder-{edge}", request)
    if redirects:
        where = f"{origin}{quote(f'{file.folder}/{file.name}')}"
        return RedirectResponse(where, 302, {"Cache-Control": ONE_DAY})
    return await _file(tenant, request, file)


async def stored(tenant: Tenant, request: Request, caller: Caller) -> Response:
    """GET /User Photos/…: a file of the library by its own address."""
    path = f"{LIBRARY}/{request.path_params['path']}"
    file = library.find_file(tenant, path)
    if file is None:
        raise no_file(path)
    return await _file(tenant, request, file)


async def _file(tenant: Tenant, request: Request, file: LibraryFile) -> Response:
    data = await run_in_threadpool(tenant.store.bytes_of, file.ref)
    response = _image(data, file.etag.strip('"'), request)
    response.headers["Last-Modified"] = format_datetime(file.modified_at, usegmt=True)
    return response


def _image(data: bytes, mark: str, request: Request) -> Response:
    """The bytes, good for a day in the browser; a changed `?t=` is another address and is asked for at once."""
    headers = {"Cache-Control": ONE_DAY, "ETag": f'"{mark}"', "X-Content-Type-Options": "nosniff"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(None, 304, headers)
    kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    return Response(data, headers=headers, media_type=kind)
