"""Who may use the switchboard: a program on this machine that holds the control token."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localtenant.tenant import Tenant

Handler = Callable[[Request], Awaitable[Response]]

LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")


def control(tenant: Tenant, path: str, handler: Handler, *methods: str) -> Route:
    """A route that answers only on loopback, under a loopback name, to the control token; never in the ledger.

    The Host header is looked at because a page that somebody's browser shows may have its own name resolve to
    127.0.0.1 (DNS rebinding); its requests then arrive from loopback but name the page's host.
    """

    async def guarded(request: Request) -> Response:
        if not _is_local(request):
            return refusal(403, "only on this machine: by a loopback address and under a loopback name")
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        given, wanted = token.strip().encode(), tenant.control_token.encode()
        if scheme.lower() != "bearer" or not wanted or not hmac.compare_digest(given, wanted):
            return refusal(401, "send Authorization: Bearer with the control_token that the tenant printed")
        response = await handler(request)
        tenant.store.commit()
        return response

    return Route(path, guarded, methods=list(methods) or ["GET"])


def refusal(status: int, words: str) -> JSONResponse:
    """An error of the switchboard: `{"error": words}`."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse({"error": words}, status, headers)


def _is_local(request: Request) -> bool:
    try:
        from_loopback = request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        from_loopback = False
    host = request.headers.get("host", "").lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return from_loopback and name in LOCAL_NAMES
