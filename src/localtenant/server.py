"""All APIs of one tenant as one web application on one origin."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from localtenant.graph import errors as graph
from localtenant.ledger import LedgerKey
from localtenant.tenant import Tenant

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
    app = Starlette(routes=list(routes))
    app.router.redirect_slashes = False
    app.router.default = _nowhere(tenant)
    app.add_exception_handler(405, _wrong_method(tenant))
    app.add_middleware(PlainPaths)
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


class PlainPaths:
    """Doubled slashes are one, as the vendor's front ends have it: Graph clients send `/v1.0//users`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "//" in scope["path"]:
            scope["path"] = re.sub("/{2,}", "/", scope["path"])
        await self._app(scope, receive, send)


def _nowhere(tenant: Tenant) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        if _is_graphs(request):
            response = graph.answer(request, graph.no_such_segment(scope["path"]), tenant.clock.now())
        else:
            response = JSONResponse({"error": {"code": "NotFound", "message": "No such path."}}, 404)
        _count(tenant, request, response)
        await response(scope, receive, send)

    return answer


def _wrong_method(tenant: Tenant) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        headers = error.headers if isinstance(error, HTTPException) else None
        if _is_graphs(request):
            response = graph.answer(request, graph.method_not_allowed(), tenant.clock.now())
            response.headers.update(headers or {})
        else:
            response = PlainTextResponse("Method Not Allowed", 405, headers)
        _count(tenant, request, response)
        return response

    return answer


def _is_graphs(request: Request) -> bool:
    return str(request.scope["path"]).startswith(("/v1.0/", "/beta/"))


def _count(tenant: Tenant, request: Request, response: Response) -> None:
    """Into the ledger, though no route answered."""
    api = "graph" if _is_graphs(request) else "home"
    key = LedgerKey(api, "unknown", request.method, response.status_code, False)
    tenant.ledger.add(key, 0, len(response.body))
