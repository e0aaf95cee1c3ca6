"""Injected errors in the shapes of the genuine ones, made by the same builders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from localtenant.authority.asked import refused
from localtenant.authority.refusals import refuse
from localtenant.graph import errors as graph

if TYPE_CHECKING:
    from localtenant.tenant import Tenant

THROTTLED, TRANSIENT = 90055, 90033


def refusal(tenant: Tenant, api: str, request: Request, status: int, code: str | None, message: str | None) -> Response:
    """An API's error answer; code and message are the API's usual ones for the status where they are None.

    The authority's code is an AADSTS number and brings its own words.
    """
    if api == "graph":
        usual = graph.for_status(status)
        error = graph.GraphError(status, code or usual.code, usual.message if message is None else message)
        return graph.answer(request, error, tenant.clock.now())
    if api == "authority":
        number = int(code) if code and code.isdigit() else THROTTLED if status == 429 else TRANSIENT
        return refused(tenant, request, refuse(number), status)
    return PlainTextResponse(message or "", status)
