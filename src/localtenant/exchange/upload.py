"""What an upload by Graph must be: a picture of the vendor's kinds, at most 4 MB, at least as big as the smallest size.

Page: api-reference/v1.0/api/profilephoto-update. `ValidationWidthTooSmall` is known from a 23x23 picture (facts §3.4);
where the limit lies is not, so that it is taken to be the smallest size, and the height to be judged likewise.
"""

from __future__ import annotations

from starlette.requests import Request

from localtenant.exchange.sizes import SIZES_PX
from localtenant.graph.errors import GraphError
from localtenant.store.measure import measure

MAX_BYTES = 4 * 1024 * 1024
_WORDS = "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ProfileBadRequestException' was thrown."


async def read_upload(request: Request) -> bytes:
    """The body, whatever its content type claims to be; never more than the limit is read."""
    if int(request.headers.get("content-length") or 0) > MAX_BYTES:
        raise _too_large()
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MAX_BYTES:
            raise _too_large()
    return bytes(data)


def check(data: bytes) -> None:
    """Raise GraphError where Graph would not take these bytes for a picture."""
    if len(data) > MAX_BYTES:
        raise _too_large()
    measured = measure(data)
    if measured is None:
        raise GraphError(400, "BadRequest", _WORDS)
    if measured.width_px < SIZES_PX[0]:
        raise GraphError(400, "ValidationWidthTooSmall", _WORDS)
    if measured.height_px < SIZES_PX[0]:
        raise GraphError(400, "ValidationHeightTooSmall", _WORDS)


def _too_large() -> GraphError:
    return GraphError(413, "RequestEntityTooLarge", f"The picture is larger than {MAX_BYTES} bytes.")
