"""`/_tenant/faults`: post what shall go wrong, see whether it was met, let held requests go."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localtenant.control.access import control, refusal
from localtenant.faults.fault import BadFault
from localtenant.tenant import Tenant


def routes(tenant: Tenant) -> list[Route]:
    """The resources and their accounting."""

    async def collection(request: Request) -> Response:
        if request.method == "DELETE":
            tenant.faults.clear()
            return Response(status_code=204)
        if request.method == "GET":
            return JSONResponse({"faults": [fault.as_json() for fault in tenant.faults]})
        try:
            posted = json.loads(await request.body())
            fault = tenant.faults.post(posted, names_of_posted(tenant, posted))
        except BadFault as bad:
            return refusal(400, str(bad))
        except (ValueError, RecursionError):
            return refusal(400, "post a JSON object")
        return JSONResponse(fault.as_json(), 201)

    async def one(request: Request) -> Response:
        fault_id = request.path_params["fault_id"]
        if request.method == "DELETE":
            return Response(status_code=204) if tenant.faults.remove(fault_id) else _unknown(fault_id)
        fault = tenant.faults.get(fault_id)
        return JSONResponse(fault.as_json()) if fault else _unknown(fault_id)

    async def release(request: Request) -> Response:
        fault_id = request.path_params["fault_id"]
        fault = tenant.faults.release(fault_id)
        return JSONResponse(fault.as_json()) if fault else _unknown(fault_id)

    return [
        control(tenant, "/_tenant/faults", collection, "GET", "POST", "DELETE"),
        control(tenant, "/_tenant/faults/{fault_id}", one, "GET", "DELETE"),
        control(tenant, "/_tenant/faults/{fault_id}/release", release, "POST"),
    ]


def names_of_posted(tenant: Tenant, posted: object) -> tuple[str, ...]:
    """Every name that requests about the posted fault's person carry: ids, addresses, and what files are named after.

    Raises BadFault for a person who is not there.
    """
    key = posted.get("person") if isinstance(posted, dict) else None
    if not isinstance(key, str) or not key:
        return ()
    user = tenant.store.user(key)
    if user is None:
        raise BadFault(f"person: nobody is called {key!r} here")
    mangled = user.upn.replace("@", "_").replace(".", "_")
    return tuple(name for name in (user.id, user.upn, user.mail, mangled) if name)


def _unknown(fault_id: str) -> Response:
    return refusal(404, f"there is no fault {fault_id}")
