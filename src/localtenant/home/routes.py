"""The addresses of the pages."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from localtenant.authority.asked import form
from localtenant.authority.refusals import Refusal
from localtenant.authority.registered import SIGNED_IN_PATH, SIGNED_OUT_PATH
from localtenant.endpoint import endpoint
from localtenant.home import picture, places
from localtenant.home.face import image
from localtenant.home.signing_in import SigningIn, Visit, authority_for, here
from localtenant.pages.render import page
from localtenant.tenant import Tenant

STATIC = {
    "pages.css": "text/css; charset=utf-8",
    "people.svg": "image/svg+xml",
    "icon.svg": "image/svg+xml",
    "sharepoint.svg": "image/svg+xml",
    "onedrive.svg": "image/svg+xml",
}


def routes(tenant: Tenant) -> list[Route]:
    """Home, landing pages, the picture's page, help, sign-in and sign-out."""
    signing_in = SigningIn(tenant)

    def route(path: str, name: str, show: Callable[[Request], Awaitable[Response]], method: str = "GET") -> Route:
        return endpoint(tenant, path, show, api="home", operation=name, methods=(method,))

    def private(show: Callable[[Tenant, Visit], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        return signing_in.for_people(partial(show, tenant))

    return [
        route("/", "home", private(places.home)),
        route(places.SHAREPOINT_PATH, "sharepoint.aspx", private(places.sharepoint)),
        route(places.ONEDRIVE_PATH, "onedrive.aspx", private(places.onedrive)),
        route("/account/picture", "picture", private(picture.show)),
        route("/account/picture", "picture", private(picture.save), "POST"),
        route("/account/picture/image", "picture/image", private(image)),
        route("/account/sign-out", "sign-out", private(sign_out), "POST"),
        route("/help/add-your-picture", "help", partial(places.help_add, tenant)),
        route("/help/picture-sync", "help", partial(places.help_sync, tenant)),
        route("/signin", "signin", signing_in.start),
        route(SIGNED_IN_PATH, "signin-oidc", signing_in.finish),
        route(SIGNED_OUT_PATH, "signed-out", partial(signed_out, tenant)),
        route("/_home/{name}", "static", static),
    ]


async def sign_out(tenant: Tenant, visit: Visit) -> Response:
    """`POST /account/sign-out`: the authority ends the sessions and sends the browser back."""
    try:
        csrf = (await form(visit.request)).get("csrf", "")
    except Refusal:
        csrf = ""
    if not secrets.compare_digest(csrf.encode(), visit.session.csrf.encode()):
        return RedirectResponse("/", 303)
    tenant.authority.sessions.end(visit.session)
    at = here(tenant, visit.request)
    logout = f"{authority_for(tenant, at)}/{tenant.tenant_id}/oauth2/v2.0/logout"
    return RedirectResponse(f"{logout}?post_logout_redirect_uri={at}{SIGNED_OUT_PATH}", 303)


async def signed_out(tenant: Tenant, request: Request) -> Response:
    """`GET /signed-out`."""
    return page(tenant, request, "signed_out.html")


async def static(request: Request) -> Response:
    """`GET /_home/{name}`: the look and the drawings."""
    name = request.path_params["name"]
    if name not in STATIC:
        return Response(status_code=404)
    data = files("localtenant.pages").joinpath("static", name).read_bytes()
    headers = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}
    return Response(data, headers={"Content-Type": STATIC[name], **headers})
