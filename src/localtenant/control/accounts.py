"""`/_tenant/apps` and `/_tenant/people/{person}/sign-in`: who may ask for tokens, and how people sign in."""

from __future__ import annotations

import json
import secrets
import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localtenant.authority.apps import App, Grants, grants, hash_of_secret
from localtenant.authority.keys import certificate_of
from localtenant.authority.passwords import password_of
from localtenant.authority.registered import all_apps
from localtenant.control.access import control, refusal
from localtenant.tenant import Tenant

APIS = ("graph", "sharepoint", "ews")
POSTED = frozenset(
    ("name", "roles", "scopes", "redirect_uris", "logout_uris", "certificate", "public", "allows_public_flows")
)


def routes(tenant: Tenant) -> list[Route]:
    """Registrations and passwords."""

    async def apps(request: Request) -> Response:
        if request.method == "GET":
            return JSONResponse({"apps": [_shown(app) for app in all_apps(tenant)]})
        secret = secrets.token_urlsafe(30)
        try:
            app = _app_of(json.loads(await request.body()), secret)
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            return refusal(400, f"an application needs a name, and permissions as lists by API ({error})")
        tenant.authority.apps.add(app)
        return JSONResponse(_shown(app) | ({} if app.public else {"client_secret": secret}), 201)

    async def one_app(request: Request) -> Response:
        app_id = request.path_params["app_id"]
        if tenant.authority.apps.get(app_id) is None:
            return refusal(404, f"no application has the id {app_id}")
        tenant.authority.apps.remove(app_id)
        return Response(status_code=204)

    async def sign_in(request: Request) -> Response:
        user = tenant.store.user(request.path_params["person"])
        if user is None:
            return refusal(404, f"nobody is {request.path_params['person']}")
        return JSONResponse({"name": user.upn, "password": password_of(tenant, user.id)})

    return [
        control(tenant, "/_tenant/apps", apps, "GET", "POST"),
        control(tenant, "/_tenant/apps/{app_id}", one_app, "DELETE"),
        control(tenant, "/_tenant/people/{person}/sign-in", sign_in),
    ]


def _app_of(posted: dict[str, Any], secret: str) -> App:
    name = posted["name"] if isinstance(posted.get("name"), str) else ""
    if not name:
        raise ValueError("name")
    unknown = set(posted) - POSTED
    if unknown:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    public = posted.get("public", False) is True
    pem = posted.get("certificate")
    return App(
        app_id=str(uuid.uuid4()),
        name=name,
        roles=_grants(posted.get("roles", {})),
        scopes=_grants(posted.get("scopes", {})),
        secret_hashes=() if public else (hash_of_secret(secret),),
        certificates=(certificate_of(pem),) if pem else (),
        redirect_uris=_texts(posted.get("redirect_uris", [])),
        logout_uris=_texts(posted.get("logout_uris", [])),
        public=public,
        allows_public_flows=posted.get("allows_public_flows", False) is True,
    )


def _grants(posted: dict[str, list[str]]) -> Grants:
    unknown = set(posted) - set(APIS)
    if unknown:
        raise ValueError(f"the APIs are {', '.join(APIS)}")
    return grants(**{api: _texts(names) for api, names in posted.items()})


def _texts(posted: list[str]) -> tuple[str, ...]:
    if not isinstance(posted, list) or not all(isinstance(text, str) for text in posted):
        raise TypeError("a list of words")
    return tuple(posted)


def _shown(app: App) -> dict[str, object]:
    return {
        "client_id": app.app_id,
        "name": app.name,
        "roles": _by_api(app.roles),
        "scopes": _by_api(app.scopes),
        "redirect_uris": list(app.redirect_uris),
        "logout_uris": list(app.logout_uris),
        "public": app.public,
        "allows_public_flows": app.allows_public_flows,
    }


def _by_api(pairs: Grants) -> dict[str, list[str]]:
    return {api: [name for where, name in pairs if where == api] for api in APIS if api in dict(pairs)}
