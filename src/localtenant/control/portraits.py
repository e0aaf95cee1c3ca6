"""`/_tenant/portraits/{recipe}`: faces of people who are not in the world, for whoever plays "somebody's script"."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from localtenant.control.access import control, refusal
from localtenant.store.records import Drawn, PictureRef, Scaled
from localtenant.tenant import Tenant

LARGEST_PX = 1000


def routes(tenant: Tenant) -> list[Route]:
    """`?edge_px=N` gives it as SharePoint's thumbnail of that edge; without it, at 648 px."""

    async def portrait(request: Request) -> Response:
        drawn = Drawn(request.path_params["recipe"].partition("~")[0])
        ref: PictureRef = drawn
        edge = request.query_params.get("edge_px")
        if edge is not None:
            if not (edge.isascii() and edge.isdigit() and len(edge) < 9 and 1 <= int(edge) <= LARGEST_PX):
                return refusal(400, f"edge_px is a whole number from 1 to {LARGEST_PX}")
            ref = Scaled(drawn, int(edge), "library")
        return Response(await run_in_threadpool(tenant.store.bytes_of, ref), media_type="image/jpeg")

    return [control(tenant, "/_tenant/portraits/{recipe}", portrait)]
