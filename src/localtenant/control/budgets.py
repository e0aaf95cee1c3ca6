"""`/_tenant/budgets`, `/_tenant/pace` and `/_tenant/judgement`: what clients may call, and how they went about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localtenant.budgets.costs import COSTS
from localtenant.budgets.enforcing import UnknownBudget, figures_of
from localtenant.clock import FASTEST
from localtenant.control.access import control, refusal
from localtenant.control.sent import object_of
from localtenant.tenant import Tenant

MOST_LATENCY_MS = 60_000


def routes(tenant: Tenant) -> list[Route]:
    """Figures and use, pace and latency, conduct."""

    async def budgets(request: Request) -> Response:
        if request.method != "GET":
            try:
                figures = figures_of(await object_of(request))
            except (ValueError, UnknownBudget) as wrong:
                return refusal(400, str(wrong))
            tenant.budgets.choose(figures, others_default=request.method == "PUT")
        return JSONResponse({"budgets": tenant.budgets.as_json(), "costs": [asdict(cost) for cost in COSTS]})

    async def pace(request: Request) -> Response:
        if request.method == "PATCH":
            try:
                sent = await object_of(request)
                scale, latency = _pace_of(tenant, sent)
            except ValueError as wrong:
                return refusal(400, str(wrong))
            tenant.clock.run(scale)
            tenant.latency_seconds = latency / 1000
        return JSONResponse({"time_scale": tenant.clock.scale, "latency_ms": tenant.latency_seconds * 1000})

    async def judgement(request: Request) -> Response:
        return JSONResponse({**tenant.judge.as_json(), "spans": tenant.budgets.history.as_json()})

    return [
        control(tenant, "/_tenant/budgets", budgets, "GET", "PATCH", "PUT"),
        control(tenant, "/_tenant/pace", pace, "GET", "PATCH"),
        control(tenant, "/_tenant/judgement", judgement),
    ]


def _pace_of(tenant: Tenant, sent: Mapping[str, object]) -> tuple[float, float]:
    """Scale and latency in ms; what is not sent stays. Raises ValueError."""
    unknown = set(sent) - {"time_scale", "latency_ms"}
    scale = sent.get("time_scale", tenant.clock.scale)
    latency = sent.get("latency_ms", tenant.latency_seconds * 1000)
    if unknown or not _is_between(scale, 1, FASTEST) or not _is_between(latency, 0, MOST_LATENCY_MS):
        raise ValueError(f'send {{"time_scale": 1 to {FASTEST}, "latency_ms": 0 to {MOST_LATENCY_MS}}} or one of them')
    return float(str(scale)), float(str(latency))


def _is_between(value: object, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
