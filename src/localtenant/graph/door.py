"""The one door of Graph: every route's token, permission and errors are dealt with here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localtenant.authority.principal import Principal, TokenRefused
from localtenant.authority.tokens import authenticate
from localtenant.endpoint import endpoint
from localtenant.graph.access import Need
from localtenant.graph.errors import GraphError, answer, bad_request
from localtenant.store.records import User
from localtenant.tenant import Tenant

VERSIONS = ("v1.0", "beta")


@dataclass(frozen=True, slots=True)
class Call:
    """A request that may be answered: who calls, and whom the path names (None where it names nobody or a stranger)."""

    tenant: Tenant
    request: Request
    version: str
    principal: Principal
    person: User | None

    @property
    def is_me(self) -> bool:
        """The path says `/me`."""
        return "user" not in self.request.path_params

    def named(self, parameter: str) -> str:
        """A key in the path; inside `users('…')` an apostrophe is doubled (OData URL conventions)."""
        return named(self.request, parameter)

    def url(self, path: str) -> str:
        """An absolute link into this version, on the host that the caller used."""
        return f"{self.request.scope['scheme']}://{self.request.headers['host']}/{self.version}{path}"

    def context(self, fragment: str) -> str:
        """An `@odata.context`."""
        return self.url(f"/$metadata#{fragment}")


GraphHandler = Callable[[Call], Awaitable[Response]]


def named(request: Request, parameter: str) -> str:
    """A key in the path, free of OData's quoting."""
    value = str(request.path_params[parameter])
    return value.replace("''", "'") if "('" in request.scope["path"] else value


def person_named(tenant: Tenant, key: str) -> User | None:
    """A person as Graph's paths name them: by object id or UPN, never by mail."""
    return tenant.store.users.get(key.lower()) or tenant.store.users.get(key) or tenant.store.user_by_upn(key)


def graph_routes(
    tenant: Tenant,
    paths: Sequence[str],
    handler: GraphHandler,
    *,
    operation: str,
    need: Need | None,
    methods: Sequence[str] = ("GET",),
    versions: Sequence[str] = VERSIONS,
) -> list[Route]:
    """One route per version and path; a path's `{user}`, or `/me`, is the person whom the request is about.

    need: None lets any valid token in.
    """
    return [
        endpoint(
            tenant, f"/{version}{path}", _guarded(tenant, version, path, handler, need),
            api="graph", operation=operation, methods=methods,
        )
        for version in versions
        for path in paths
    ]  # fmt: skip


def _guarded(
    tenant: Tenant, version: str, path: str, handler: GraphHandler, need: Need | None
) -> Callable[[Request], Awaitable[Response]]:
    about_me = path == "/me" or path.startswith("/me/")

    async def guarded(request: Request) -> Response:
        try:
            return await handler(_enter(tenant, request, version, need, about_me))
        except GraphError as error:
            return answer(request, error, tenant.clock.now())

    return guarded


def _enter(tenant: Tenant, request: Request, version: str, need: Need | None, about_me: bool) -> Call:
    try:
        principal = authenticate(tenant, request, "graph")
    except TokenRefused as refused:
        raise GraphError(401, "InvalidAuthenticationToken", refused.words, refused.headers) from refused
    if about_me and principal.is_app:
        raise bad_request("/me request is only valid with delegated authentication flow.")
    caller = None if principal.is_app else tenant.store.users.get(principal.user_id or "")
    person: User | None = None
    if about_me:
        person = caller
    elif "user" in request.path_params:
        person = person_named(tenant, named(request, "user"))
    is_own = person is not None and person.id == principal.user_id
    if need is not None and not need.allows(principal, caller, is_own):
        raise need.refusal()
    return Call(tenant, request, version, principal, person)


def keyed(collection: str, parameter: str, rest: str = "") -> list[str]:
    """Both ways to name one of a collection: `/users/{id}` and `/users('{id}')`."""
    return [f"/{collection}/{{{parameter}}}{rest}", f"/{collection}('{{{parameter}}}'){rest}"]


def people_paths(rest: str = "") -> list[str]:
    """All ways to name one person: by key, and `/me`."""
    return [*keyed("users", "user", rest), f"/me{rest}"]


def quoted(text: str) -> str:
    """Text as a query's value in a link."""
    return quote(text, safe="")


def json(body: dict[str, object], status: int = 200) -> Response:
    """An answer as Graph sends it, OData's version among the headers."""
    return JSONResponse(body, status, {"OData-Version": "4.0"}, media_type=MEDIA_TYPE)


MEDIA_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
