"""SharePoint's and OneDrive's routes: `/_api`, `userphoto.aspx` and the picture library's own addresses."""

from __future__ import annotations

from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from localtenant.authority.principal import TokenRefused
from localtenant.endpoint import endpoint
from localtenant.sharepoint import csom, photo
from localtenant.sharepoint.access import caller_of, check, check_digest
from localtenant.sharepoint.addresses import Target, resolve
from localtenant.sharepoint.batch import answer_batch
from localtenant.sharepoint.calls import Call
from localtenant.sharepoint.errors import SharePointError, error_answer, no_resource
from localtenant.sharepoint.names import my_site_host, origin_of
from localtenant.sharepoint.odata import query_of, segments
from localtenant.sharepoint.operations import OPERATIONS
from localtenant.sharepoint.shapes import Printer, level_of
from localtenant.tenant import Tenant

API = "sharepoint"
METHODS = ("GET", "POST", "PUT", "PATCH", "MERGE", "DELETE")

_TARGET = "localtenant.target"
"""Scope key under which the target of a request's address is kept."""


def routes(tenant: Tenant) -> list[Route]:
    """Everything under SharePoint's addresses."""

    async def rest(request: Request) -> Response:
        return await answer_rest(tenant, request)

    async def process_query(request: Request) -> Response:
        return await answer_csom(tenant, request)

    api = endpoint(tenant, "/_api/{address:path}", rest, api=API, operation=operation_name, methods=METHODS)

    async def batch(request: Request) -> Response:
        return await answer_whole_batch(tenant, request, api.app)

    csom_path = "/_vti_bin/client.svc/ProcessQuery"
    return [
        *photo.routes(tenant),
        endpoint(tenant, csom_path, process_query, api=API, operation="ProcessQuery", methods=("POST",)),
        endpoint(tenant, "/_api/$batch", batch, api=API, operation="$batch", methods=("POST",)),
        api,
    ]


def method_of(request: Request) -> str:
    """The method meant: POST carries another in X-HTTP-Method (sp-dev-docs, `working-with-folders-and-files…`)."""
    if request.method == "HEAD":
        return "GET"
    meant = request.headers.get("x-http-method") or request.headers.get("x-http-method-override") or request.method
    return meant.upper() if request.method == "POST" else request.method


def operation_name(request: Request) -> str:
    """The vendor's name for what a request asks, for the ledger and for faults."""
    try:
        kind = target_of(request).kind
    except SharePointError:
        return "unknown"
    found = OPERATIONS.get((kind, method_of(request)))
    return found.name if found is not None else "unknown"


def target_of(request: Request) -> Target:
    """What the address leads to, found out once: the ledger asks before the handler does. Raises SharePointError."""
    found = request.scope.get(_TARGET)
    if found is None:
        found = request.scope[_TARGET] = resolve(segments(request.path_params["address"], request.query_params))
    assert isinstance(found, Target)
    return found


async def answer_rest(tenant: Tenant, request: Request) -> Response:
    """One REST request, from its caller to its answer or to the error in the vendor's shape."""
    level = level_of(request)
    try:
        caller = caller_of(tenant, request)
        target = target_of(request)
        method = method_of(request)
        operation = OPERATIONS.get((target.kind, method))
        if operation is None:
            raise no_resource(target.last.name)
        if method != "GET" and operation.name != "contextinfo":
            check_digest(tenant, caller, request)
        check(tenant, caller, operation.needs)
        printer = Printer(level, origin_of(tenant, request) + "/_api/")
        query = query_of(request.query_params)
        call = Call(tenant, request, caller, target, query, printer, my_site_host(tenant, request))
        return await operation.handler(call)
    except TokenRefused as refused:
        return JSONResponse({"error_description": refused.words}, 401, refused.headers)
    except SharePointError as error:
        return error_answer(error, level)


async def answer_csom(tenant: Tenant, request: Request) -> Response:
    """One ProcessQuery; its methods are checked one by one."""
    try:
        caller = caller_of(tenant, request)
        check_digest(tenant, caller, request)
    except TokenRefused as refused:
        return JSONResponse({"error_description": refused.words}, 401, refused.headers)
    except SharePointError as error:
        return csom.failed(error, str(uuid4()), error.status)
    return csom.answer(tenant, caller, request, await request.body())


async def answer_whole_batch(tenant: Tenant, request: Request, app: ASGIApp) -> Response:
    """A batch, whose caller is checked once here and again for each request inside."""
    try:
        check_digest(tenant, caller_of(tenant, request), request)
        return await answer_batch(request, app)
    except TokenRefused as refused:
        return JSONResponse({"error_description": refused.words}, 401, refused.headers)
    except SharePointError as error:
        return error_answer(error, level_of(request))
