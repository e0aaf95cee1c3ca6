"""All APIs of one tenant as one web application on one origin."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from importlib import import_module

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localtenant.faults.shapes import refusal
from localtenant.graph import errors as graph
from localtenant.ledger import LedgerKey, method_name
from localtenant.routing import ByFirstSegment
from localtenant.tenant import Tenant
from localtenant.traffic import COUNTED

FOLDERS = ("control", "authority", "graph", "directory", "exchange", "sharepoint", "home")
"""Each has `routes.py` with `routes(tenant) -> list[Route]`; an earlier folder's route wins."""

CASELESS = re.compile(r"/(_api|_layouts|_vti_bin|ews|user photos)\b", re.IGNORECASE)
"""Paths whose case Exchange's and SharePoint's servers ignore; clients rely on it (`/_api/contextInfo`)."""


def build_app(tenant: Tenant) -> Starlette:
    """Every folder's routes, taken in the ways that clients in the wild write them."""
    routes = [route for folder in FOLDERS for route in _routes_of(folder, tenant)]
    for route in routes:
        if CASELESS.match(route.path):
            route.path_regex = re.compile(route.path_regex.pattern, re.IGNORECASE)
    app = Starlette()
    app.router = ByFirstSegment(routes, _nowhere(tenant))
    app.add_exception_handler(405, _wrong_method(tenant))
    app.add_middleware(Front, tenant=tenant)
    return app


def _routes_of(folder: str, tenant: Tenant) -> list[Route]:
    try:
        module = import_module(f"localtenant.{folder}.routes")
    except ModuleNotFoundError as missing:
        if missing.name != f"localtenant.{folder}.routes":
            raise
        return []
    routes: Callable[[Tenant], list[Route]] = module.routes
    return routes(tenant)


MOST_BODY = 64_000_000
"""Bytes of one request: a picture has 4 MB, a batch twenty of them as base64 cannot be sent to the vendor either."""


class Front:
    """What stands before every route: paths taken as clients write them, and no request left out of the ledger.

    No body is read beyond `MOST_BODY`, whichever route it is for.
    Doubled slashes are one, as the vendor's front ends have it: Graph clients send `/v1.0//users`.
    """

    def __init__(self, app: ASGIApp, tenant: Tenant) -> None:
        self._app = app
        self._tenant = tenant

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if "//" in scope["path"]:
            scope["path"] = re.sub("/{2,}", "/", scope["path"])

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start" and not scope.get(COUNTED) and not is_control(scope["path"]):
                key = LedgerKey(
                    api_of(scope["path"]), "unknown", method_name(scope["method"]), message["status"], False
                )
                self._tenant.ledger.add(key, 0, 0)
            await send(message)

        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MOST_BODY:
                raise HTTPException(413)
            return message

        return await self._app(scope, bounded, counted)


def is_control(path: str) -> bool:
    """Whether a path is the switchboard's."""
    return path == "/_tenant" or path.startswith("/_tenant/")


def api_of(path: str) -> str:
    """The API that a path would belong to if there were anything at it."""
    if path.startswith(("/v1.0/", "/beta/")):
        return "graph"
    if CASELESS.match(path):
        return "ews" if path[:4].casefold() == "/ews" else "sharepoint"
    return "authority" if re.search(r"/oauth2/|/discovery/|/\.well-known/", path) else "home"


def _nowhere(tenant: Tenant) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            request = Request(scope, receive)
            if tenant.latency_seconds and not is_control(scope["path"]):
                await asyncio.sleep(tenant.latency_seconds)
            if api_of(scope["path"]) == "graph":
                response = graph.answer(request, graph.no_such_segment(scope["path"]), tenant.clock.now())
            else:
                response = refusal(tenant, api_of(scope["path"]), request, 404, None, None)
            await response(scope, receive, send)

    return answer


def _wrong_method(tenant: Tenant) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        headers = error.headers if isinstance(error, HTTPException) else None
        if api_of(request.scope["path"]) != "graph":
            return PlainTextResponse("Method Not Allowed", 405, headers)
        response = graph.answer(request, graph.method_not_allowed(), tenant.clock.now())
        response.headers.update(headers or {})
        return response

    return answer
