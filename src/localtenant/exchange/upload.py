"""What an upload by Graph must be: a picture of the vendor's kinds, neither too large nor too small.

Page: api-reference/v1.0/api/profilephoto-update. `ValidationWidthTooSmall` is known from a 23x23 picture (facts §3.4);
the height is taken to be judged likewise. Both limits are behaviours: `max_upload_mb`, `min_upload_px`.
"""

from __future__ import annotations

from starlette.requests import Request

from localtenant.graph.errors import GraphError
from localtenant.store.measure import measure
from localtenant.tenant import Tenant

MAX_BYTES = 4 * 1024 * 1024
"""The largest upload by default."""
_WORDS = "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ProfileBadRequestException' was thrown."


def max_bytes(tenant: Tenant) -> int:
    """The largest upload that is taken now."""
    return int(tenant.behaviours["max_upload_mb"]) * 1024 * 1024


async def read_upload(tenant: Tenant, request: Request) -> bytes:
    """The body, whatever its content type claims to be; never more than the limit is read."""
    most = max_bytes(tenant)
    if int(request.headers.get("content-length") or 0) > most:
        raise _too_large(most)
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > most:
            raise _too_large(most)
    return bytes(data)


def check(tenant: Tenant, data: bytes) -> None:
    """Raise GraphError where Graph would not take these bytes for a picture."""
    least_px = int(tenant.behaviours["min_upload_px"])
    if len(data) > max_bytes(tenant):
        raise _too_large(max_bytes(tenant))
    measured = measure(data)
    if measured is None:
        raise GraphError(400, "BadRequest", _WORDS)
    if measured.width_px < least_px:
        raise GraphError(400, "ValidationWidthTooSmall", _WORDS)
    if measured.height_px < least_px:
        raise GraphError(400, "ValidationHeightTooSmall", _WORDS)


def _too_large(most: int) -> GraphError:
    return GraphError(413, "RequestEntityTooLarge", f"The picture is larger than {most} bytes.")
