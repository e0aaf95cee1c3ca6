"""One request at SharePoint's REST service, as its handlers see it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from localtenant.sharepoint.access import Caller, Needs
from localtenant.sharepoint.addresses import Target
from localtenant.sharepoint.errors import bad_query
from localtenant.sharepoint.odata import Query
from localtenant.sharepoint.shapes import Printer
from localtenant.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose address, caller and options are understood. `host` is the My Site host's address."""

    tenant: Tenant
    request: Request
    caller: Caller
    target: Target
    query: Query
    printer: Printer
    host: str

    async def json(self) -> dict[str, Any]:
        """The body as an object, `__metadata` left out; 400 for anything else."""
        try:
            found = json.loads(await self.request.body() or b"{}")
            json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is text that nobody can be shown
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise bad_query("The body is not a valid JSON object.")
        return {name: value for name, value in found.items() if name != "__metadata"}


Handler = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Operation:
    """What a method on a kind of target does. `name` is the vendor's, as the ledger counts it."""

    name: str
    needs: Needs
    handler: Handler
