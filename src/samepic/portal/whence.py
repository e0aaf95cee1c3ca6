"""From which address somebody comes, where a proxy stands between."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address
from typing import Any

from litestar.connection import ASGIConnection

UNKNOWN = "unknown"


def address_of(connection: ASGIConnection[Any, Any, Any, Any], proxies: Collection[str]) -> str:
    """The peer's address; where that is one of our proxies, the nearest one in X-Forwarded-For that is none of them.

    What stands further left was sent by whoever asks, and may be anything.
    """
    address = connection.client.host if connection.client else UNKNOWN
    forwarded = [one.strip() for line in connection.headers.getall("x-forwarded-for", []) for one in line.split(",")]
    for named in reversed(forwarded):
        if address not in proxies:
            break
        try:
            address = str(ip_address(named.strip("[]")))
        except ValueError:
            break
    return address
