"""Which answers go in fewer bytes: pages and what programs are told. Pictures are small already, files packed once."""

from __future__ import annotations

from typing import Any

from litestar.config.compression import CompressionConfig
from litestar.datastructures import Headers
from litestar.middleware.compression import CompressionMiddleware
from litestar.types import Receive, Scope, Send

_OPT = "as_it_is"

AS_IT_IS: dict[str, Any] = {_OPT: True}
"""What a route says of answers that nobody is to compress: `opt=open_to(Role.PERSON) | AS_IT_IS`."""

SMALLEST, LEVEL = 1_000, 5
"""Bytes from which it is worth it; a page is compressed for each answer, so not as small as it goes."""


class _WhereTaken(CompressionMiddleware):
    """Litestar's own looks for the word in the header, and finds it in `gzip;q=0` too."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the class."""
        taken = takes_gzip(Headers.from_scope(scope).get("accept-encoding", ""))
        await (super().__call__ if taken else self.app)(scope, receive, send)


def compressing() -> CompressionConfig:
    """For Litestar."""
    return CompressionConfig(
        "gzip",
        minimum_size=SMALLEST,
        gzip_compress_level=LEVEL,
        exclude_opt_key=_OPT,
        middleware_class=_WhereTaken,
    )


def takes_gzip(accepted: str) -> bool:
    """By the header's value (RFC 9110 §12.5.3); of a hostile one the beginning only."""
    for one in accepted[:500].casefold().split(","):
        coding, _, weight = one.partition(";")
        if coding.strip() in ("gzip", "x-gzip"):
            return weight.strip().replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
