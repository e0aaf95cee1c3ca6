"""The authority's addresses."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localtenant.authority import discovery
from localtenant.authority.asked import Answer, refused_as_json
from localtenant.authority.token import token
from localtenant.endpoint import endpoint
from localtenant.tenant import Tenant


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

    async def tokens(request: Request) -> Response:
        return await token(tenant, request)

    return [
        json_route("/common/discovery/instance", "discovery/instance", instances),
        json_route("/{tenant}/v2.0/.well-known/openid-configuration", "openid-configuration", configuration),
        json_route("/{tenant}/discovery/v2.0/keys", "keys", keys),
        json_route("/{tenant}/oauth2/v2.0/token", "token", tokens, "POST"),
    ]
