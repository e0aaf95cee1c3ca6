"""Injected errors in the shapes of the genuine ones, made by the same builders."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from localtenant.tenant import Tenant


def refusal(tenant: Tenant, api: str, request: Request, status: int, code: str | None, message: str | None) -> Response:
    """An API's error answer; code and message are the API's usual ones for the status where they are None."""
    return JSONResponse({"error": {"code": code or str(status), "message": message or "Injected."}}, status)
