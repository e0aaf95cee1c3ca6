"""From which address somebody comes, where a proxy stands between."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from litestar.connection import ASGIConnection

UNKNOWN = "unknown"


_ONE_LINE = 64
"""Bits of an IPv6 address that a provider gives to one line; whoever has one has 2^64 addresses (RFC 6177)."""

_MAPPED = 96
"""Bits before the IPv4 address in one that stands for it (RFC 4291 §2.5.5.2)."""


def address_of(connection: ASGIConnection[Any, Any, Any, Any], proxies: Collection[str]) -> str:
    """The peer's address; where that is one of our proxies, the nearest one in X-Forwarded-For that is none of them.

    What stands further left was sent by whoever asks, and may be anything.
    """
    address = _plain(connection.client.host) if connection.client else UNKNOWN
    forwarded = [one.strip() for line in connection.headers.getall("x-forwarded-for", []) for one in line.split(",")]
    for named in reversed(forwarded):
        if not _is_one_of(address, proxies):
            break
        try:
            address = str(_parsed(named.strip("[]")))
        except ValueError:
            break
    return address


def line_of(address: str) -> str:
    """Whose limit it counts for: an IPv4 address, or all those of one IPv6 line together."""
    try:
        parsed = _parsed(address)
    except ValueError:
        return address
    return str(parsed) if isinstance(parsed, IPv4Address) else str(IPv6Network((parsed, _ONE_LINE), strict=False))


def _parsed(address: str) -> IPv4Address | IPv6Address:
    """Raises ValueError. A socket for both kinds shows IPv4 as ::ffff:192.0.2.1."""
    parsed = ip_address(address)
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed


def _plain(address: str) -> str:
    try:
        return str(_parsed(address))
    except ValueError:
        return address


def _is_one_of(address: str, proxies: Collection[str]) -> bool:
    try:
        parsed = _parsed(address)
    except ValueError:
        return False
    return any(parsed in _network(one) for one in proxies)


def _network(proxies: str) -> IPv4Network | IPv6Network:
    """As addresses are compared: IPv4 in IPv6's notation, ::ffff:10.0.0.0/120, is IPv4."""
    found = ip_network(proxies)
    mapped = found.network_address.ipv4_mapped if isinstance(found, IPv6Network) else None
    return found if mapped is None or found.prefixlen < _MAPPED else IPv4Network((mapped, found.prefixlen - _MAPPED))
