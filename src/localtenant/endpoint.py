"""How an API's handler becomes a route: named for the ledger, open to faults.

Each API's `routes.py` has `routes(tenant) -> list[Route]` and makes every route with `endpoint(...)`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localtenant.ledger import LedgerKey
from localtenant.tenant import Tenant

Handler = Callable[[Request], Awaitable[Response]]
Operation = str | Callable[[Request], str]

BATCHED = "localtenant.batched"
"""Scope key that marks a request inside a `$batch`: an entry of its own in the ledger, not one on the wire."""


def endpoint(
    tenant: Tenant,
    path: str,
    handler: Handler,
    *,
    api: str,
    operation: Operation,
    methods: Sequence[str] = ("GET",),
) -> Route:
    """A route whose requests are counted under the vendor's name of the operation.

    operation: the name, or what gives it for a request (SharePoint's paths hold several).
    """

    async def counted(request: Request) -> Response:
        response = await handler(request)
        name = operation if isinstance(operation, str) else operation(request)
        key = LedgerKey(api, name, request.method, response.status_code, bool(request.scope.get(BATCHED)))
        bytes_in = int(request.headers.get("content-length") or 0)
        tenant.ledger.add(key, bytes_in, int(response.headers.get("content-length") or 0))
        return response

    return Route(path, counted, methods=list(methods))
