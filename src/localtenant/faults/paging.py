"""Pages that come twice, pages that never come, and cursors that are good no longer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Scope

from localtenant.faults.cutting import NEXT_PAGE, Collected
from localtenant.faults.shapes import refusal
from localtenant.graph import errors as graph

if TYPE_CHECKING:
    from localtenant.faults.fault import Fault
    from localtenant.tenant import Tenant

LINKS = (*NEXT_PAGE, "@odata.deltaLink")
IN_PATHS = "/()',$:@!*;=&+~"
CURSORS = ("$skiptoken", "%24skiptoken", "$deltatoken", "%24deltatoken")


def holder_of(body: bytes) -> tuple[Any, dict[str, Any]] | None:
    """A page of a listing, and what in it holds the link; None for anything else."""
    try:
        page = json.loads(body)
    except ValueError:
        return None
    holder = page.get("d", page) if isinstance(page, dict) else None
    return (page, holder) if isinstance(holder, dict) else None


def own_address(scope: Scope) -> str:
    """Where a request went, as a link."""
    url = Request(scope).url
    query = scope.get("query_string", b"").decode("latin-1")
    return f"{url.scheme}://{url.netloc}{quote(scope['path'], safe=IN_PATHS)}" + (f"?{query}" if query else "")


def repeated(body: bytes, own_url: str) -> bytes | None:
    """The page with a link to itself in the place of the next one: whoever follows it gets the same items again."""
    found = holder_of(body)
    link = next((name for name in NEXT_PAGE if found and name in found[1]), None)
    if found is None or link is None:
        return None
    found[1][link] = own_url
    return json.dumps(found[0], ensure_ascii=False).encode()


async def skipped(body: bytes, scope: Scope, app: ASGIApp) -> bytes | None:
    """The page with the link of the page behind the next: that one's items are never told."""
    found = holder_of(body)
    link = next((name for name in NEXT_PAGE if found and name in found[1]), None)
    if found is None or link is None:
        return None
    collected = Collected()
    query = urlsplit(str(found[1].pop(link))).query
    await app({**scope, "query_string": query.encode()}, _nothing, collected.send)
    behind = holder_of(collected.body)
    if behind is None or collected.start.get("status") != 200:
        return None
    found[1].update({name: behind[1][name] for name in LINKS if name in behind[1]})
    return json.dumps(found[0], ensure_ascii=False).encode()


def has_cursor(scope: Scope) -> bool:
    """Whether a request goes on with a listing, or asks what has changed since."""
    query = scope.get("query_string", b"").decode("latin-1").casefold()
    return any(f"{name}=" in query for name in CURSORS) and "deltatoken=latest" not in unquote(query)


def expired(tenant: Tenant, api: str, request: Request, fault: Fault) -> Response:
    """What the vendor says of a cursor that it has forgotten.

    A delta: 410 with a Location to begin again at (graph/delta-query-overview, “synchronization reset”). A page of the
    directory: 400 `Directory_ExpiredPageToken`. SharePoint's is told nowhere: 400, as for a cursor that means nothing.
    """
    if api != "graph" or fault.status or fault.code:
        return refusal(tenant, api, request, fault.status or 400, fault.code, fault.message)
    if "/delta" not in request.url.path:
        return graph.answer(request, graph.expired_token(), tenant.clock.now())
    begin = own_address({**request.scope, "query_string": b"$deltatoken="})
    words = "The sync state is not found. Start a full synchronization."
    return graph.answer(
        request, graph.GraphError(410, "syncStateNotFound", words, {"Location": begin}), tenant.clock.now()
    )


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
