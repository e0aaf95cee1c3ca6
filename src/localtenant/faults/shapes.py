"""Injected errors in the shapes of the genuine ones, made by the same builders."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from localtenant.authority.asked import refused
from localtenant.authority.refusals import refuse
from localtenant.graph import errors as graph
from localtenant.sharepoint import csom
from localtenant.sharepoint import errors as sharepoint
from localtenant.sharepoint.shapes import level_of

if TYPE_CHECKING:
    from localtenant.tenant import Tenant

THROTTLED, TRANSIENT = 90055, 90033


def refusal(tenant: Tenant, api: str, request: Request, status: int, code: str | None, message: str | None) -> Response:
    """An API's error answer; code and message are the API's usual ones for the status where they are None.

    The authority's code is an AADSTS number and brings its own words.
    """
    if api == "graph":
        usual = graph.for_status(status)
        shown = graph.GraphError(status, code or usual.code, usual.message if message is None else message)
        return graph.answer(request, shown, tenant.clock.now())
    if api == "authority":
        number = int(code) if code and code.isdigit() else THROTTLED if status == 429 else TRANSIENT
        return refused(tenant, request, refuse(number), status)
    if api == "sharepoint":
        told = sharepoint.for_status(status)
        error = sharepoint.SharePointError(status, code or told.code, told.words if message is None else message)
        if request.scope["path"].casefold().endswith("/processquery"):
            return csom.failed(error, str(uuid4()), status)
        return sharepoint.error_answer(error, level_of(request))
    return PlainTextResponse(message or "", status)  # EWS and the pages have no shape of their own
