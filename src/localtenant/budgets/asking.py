"""Tells of a request who asks for what."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import Scope

from localtenant.authority import sessions
from localtenant.authority.principal import Principal, TokenRefused
from localtenant.authority.tokens import authenticate
from localtenant.budgets.ask import Ask, family_of
from localtenant.tenant import Tenant

_CHECKED = frozenset({"graph", "sharepoint", "ews"})


def ask_of(tenant: Tenant, scope: Scope, api: str, operation: str, *, batched: bool) -> Ask:
    """What a request's line and headers say. Only a valid token or session makes it somebody's."""
    request = Request(scope)
    app, person = _caller(tenant, request, api)
    method: str = scope["method"]
    family = family_of(api, operation)
    query = scope.get("query_string", b"").decode("latin-1")
    tells = method != "POST" or operation == "Files/add"
    return Ask(
        api,
        operation,
        method,
        family,
        app,
        person,
        _mailbox(tenant, scope, person) if family == "graph pictures" else "",
        _length(request),
        query,
        batched,
        f"{method} {scope['path']}?{query}" if tells else None,
    )


def _caller(tenant: Tenant, request: Request, api: str) -> tuple[str, str | None]:
    if api not in _CHECKED:
        return "", None
    if "authorization" in request.headers:
        try:
            principal: Principal = authenticate(tenant, request, api)
        except TokenRefused:
            return "", None
        return principal.app_id, principal.user_id
    return "", sessions.signed_in(tenant, request) if "cookie" in request.headers else None


def _mailbox(tenant: Tenant, scope: Scope, person: str | None) -> str:
    parameters = scope.get("path_params", {})
    if "group" in parameters:
        key = str(parameters["group"])
        return key if tenant.store.groups.get(key) is not None else ""
    if "user" not in parameters:
        return person or ""
    key = str(parameters["user"]).replace("''", "'")
    user = tenant.store.users.get(key.lower()) or tenant.store.user_by_upn(key)
    return user.id if user is not None else ""


def _length(request: Request) -> int:
    text = request.headers.get("content-length", "")
    return int(text) if text.isdecimal() and len(text) < 12 else 0
