"""`/_tenant/clock`, `/_tenant/behaviours` and `/_tenant/reset`: the tenant's time, its switches, its beginning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localtenant.behaviours import UnknownBehaviour
from localtenant.control.access import control, refusal
from localtenant.control.sent import object_of
from localtenant.tenant import Tenant


def routes(tenant: Tenant) -> list[Route]:
    """What makes a running tenant another one."""

    async def clock(request: Request) -> Response:
        if request.method == "POST":
            try:
                tenant.clock.move(_span(tenant, await object_of(request)))
                tenant.remember_settings()
            except (ValueError, OverflowError) as wrong:
                return refusal(400, str(wrong))
        return JSONResponse(_time(tenant))

    async def behaviours(request: Request) -> Response:
        if request.method != "GET":
            try:
                chosen = {name: str(value) for name, value in (await object_of(request)).items()}
                tenant.behaviours.change(chosen, others_default=request.method == "PUT")
                tenant.remember_settings()
            except (ValueError, UnknownBehaviour) as wrong:
                return refusal(400, str(wrong))
        return JSONResponse(dict(tenant.behaviours))

    async def reset(request: Request) -> Response:
        tenant.reset()
        return Response(status_code=204)

    return [
        control(tenant, "/_tenant/clock", clock, "GET", "POST"),
        control(tenant, "/_tenant/behaviours", behaviours, "GET", "PATCH", "PUT"),
        control(tenant, "/_tenant/reset", reset, "POST"),
    ]


def _time(tenant: Tenant) -> dict[str, object]:
    return {"now": tenant.clock.now().isoformat(), "offset_seconds": tenant.clock.offset.total_seconds()}


def _span(tenant: Tenant, sent: dict[str, Any]) -> timedelta:
    """How far the clock moves. Raises ValueError."""
    match sent:
        case {"advance_seconds": int() | float() as seconds, **others} if not others and not isinstance(seconds, bool):
            return timedelta(seconds=seconds)
        case {"now": str() as text, **others} if not others:
            wanted = datetime.fromisoformat(text)
            return (wanted if wanted.tzinfo else wanted.replace(tzinfo=UTC)) - tenant.clock.now()
    raise ValueError('send {"advance_seconds": number} or {"now": "2026-01-31T08:00:00+00:00"}')
