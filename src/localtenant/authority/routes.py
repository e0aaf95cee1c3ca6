"""The authority's addresses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localtenant.authority import discovery
from localtenant.authority.asked import Answer, refused_as_json
from localtenant.authority.authorize import authorize
from localtenant.authority.device import devicecode, devicelogin
from localtenant.authority.logout import logout
from localtenant.authority.token import token
from localtenant.endpoint import endpoint
from localtenant.tenant import Tenant

Show = Callable[[Tenant, Request], Awaitable[Response]]


def routes(tenant: Tenant) -> list[Route]:
    """Discovery, tokens, sign-in and sign-out."""

    def json_route(path: str, operation: str, answer: Answer, *methods: str) -> Route:
        handler = refused_as_json(tenant, answer)
        return endpoint(tenant, path, handler, api="authority", operation=operation, methods=methods or ("GET",))

    async def configuration(request: Request) -> Response:
        return discovery.configuration(tenant, request)

    async def keys(request: Request) -> Response:
        return discovery.keys(tenant, request)

    async def instances(request: Request) -> Response:
        return discovery.instances(tenant, request)

    def page_route(path: str, operation: str, show: Show) -> Route:
        async def shown(request: Request) -> Response:
            return await show(tenant, request)

        return endpoint(tenant, path, shown, api="authority", operation=operation, methods=("GET", "POST"))

    async def devicecodes(request: Request) -> Response:
        return await devicecode(tenant, request)

    async def tokens(request: Request) -> Response:
        return await token(tenant, request)

    return [
        json_route("/common/discovery/instance", "discovery/instance", instances),
        json_route("/{tenant}/v2.0/.well-known/openid-configuration", "openid-configuration", configuration),
        json_route("/{tenant}/discovery/v2.0/keys", "keys", keys),
        json_route("/{tenant}/oauth2/v2.0/token", "token", tokens, "POST"),
        json_route("/{tenant}/oauth2/v2.0/devicecode", "devicecode", devicecodes, "POST"),
        page_route("/{tenant}/oauth2/v2.0/authorize", "authorize", authorize),
        page_route("/{tenant}/oauth2/v2.0/logout", "logout", logout),
        page_route("/devicelogin", "devicelogin", devicelogin),
    ]
