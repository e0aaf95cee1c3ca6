"""Reading what the authority is asked, and wrapping what it answers."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from localtenant.authority.refusals import Refusal, refuse
from localtenant.tenant import Tenant

MAX_FORM_BYTES = 64 * 1024
NEVER_KEPT = {"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"}

Answer = Callable[[Request], Awaitable[Response]]


async def form(request: Request) -> dict[str, str]:
    """The fields of a posted form; a repeated field is refused, as OAuth wants it (RFC 6749 §3.2)."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            raise refuse(9002313)
    try:
        return once(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=100))
    except ValueError:
        raise refuse(9002313) from None


def query(request: Request) -> dict[str, str]:
    """The fields of the address; a repeated field is refused."""
    return once(request.query_params.multi_items())


def once(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Pairs as a dictionary, refused where a name comes twice."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise refuse(9002313)
    return fields


def needed(fields: Mapping[str, str], name: str) -> str:
    """A field that must be there."""
    value = fields.get(name, "")
    if not value:
        raise refuse(900144, name=name)
    return value


def check_tenant(tenant: Tenant, request: Request, *, any_tenant: bool = True) -> None:
    """Refuse a tenant in the path that is not this one; `any_tenant` also takes `common` and `organizations`."""
    named = str(request.path_params.get("tenant", "")).casefold()
    if named in (tenant.tenant_id.casefold(), tenant.domain.casefold()):
        return
    if named in ("common", "organizations"):
        if any_tenant:
            return
        raise refuse(50059)
    raise refuse(90002, tenant=named)


def correlation_id(request: Request) -> str:
    """The caller's, if it is a UUID; else a new one."""
    given = request.headers.get("client-request-id") or request.query_params.get("client-request-id") or ""
    try:
        return str(uuid.UUID(given))
    except ValueError:
        return str(uuid.uuid4())


def refused_as_json(tenant: Tenant, handler: Answer) -> Answer:
    """A handler whose refusals become the vendor's JSON."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except Refusal as why:
            return refused(tenant, request, why)

    return answered


def refused(tenant: Tenant, request: Request, why: Refusal, status: int | None = None) -> JSONResponse:
    """A refusal as the vendor's JSON; `status` in the stead of its usual one."""
    body = why.as_json(now=tenant.clock.now(), correlation_id=correlation_id(request), url=tenant.url)
    return JSONResponse(body, status or why.status, headers=NEVER_KEPT)
