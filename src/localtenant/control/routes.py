"""The switchboard's paths; docs/reference/control.md has their JSON."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localtenant.control import accounts, budgets, faults, pictures, portraits, time_and_behaviours
from localtenant.control.access import control
from localtenant.tenant import Tenant


def routes(tenant: Tenant) -> list[Route]:
    """Everything under `/_tenant`."""

    async def healthz(request: Request) -> Response:
        return JSONResponse({"status": "ok", "people": len(tenant.store.users)})

    async def ledger(request: Request) -> Response:
        if request.method == "DELETE":
            tenant.ledger.clear()
            tenant.judge.clear()
            tenant.budgets.history.clear()
            return Response(status_code=204)
        return JSONResponse(tenant.ledger.as_json())

    async def changes(request: Request) -> Response:
        return JSONResponse(tenant.ledger.changes_as_json())

    async def people(request: Request) -> Response:
        return JSONResponse(
            {
                "people": [
                    {
                        "id": user.id,
                        "upn": user.upn,
                        "mail": user.mail,
                        "display_name": user.display_name,
                        "case": str(user.case),
                    }
                    for user in tenant.store.users
                ]
            }
        )

    return [
        control(tenant, "/_tenant/healthz", healthz),
        control(tenant, "/_tenant/ledger", ledger, "GET", "DELETE"),
        control(tenant, "/_tenant/changes", changes),
        control(tenant, "/_tenant/people", people),
        *accounts.routes(tenant),
        *budgets.routes(tenant),
        *faults.routes(tenant),
        *pictures.routes(tenant),
        *portraits.routes(tenant),
        *time_and_behaviours.routes(tenant),
    ]
