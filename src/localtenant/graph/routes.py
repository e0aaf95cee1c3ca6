"""Graph's own path, which is neither the directory's nor Exchange's."""

from __future__ import annotations

from starlette.routing import Route

from localtenant.graph.batch import batch
from localtenant.graph.door import graph_routes
from localtenant.tenant import Tenant


def routes(tenant: Tenant) -> list[Route]:
    """`/$batch`: its inner requests are asked for their permissions one by one."""
    return graph_routes(tenant, ["/$batch"], batch, operation="$batch", need=None, methods=("POST",))
