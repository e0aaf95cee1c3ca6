"""Which proxy leads to a host: the configured one, else what the environment names."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass


class Proxies:
    """Found out once for each host: the library would read the environment, and ~/.netrc, anew for each request.

    configured: leads to every host. trust_env: HTTPS_PROXY and its kin are asked where none is configured.
    """

    def __init__(self, configured: str | None, *, trust_env: bool) -> None:
        self._configured = configured
        self._trust_env = trust_env
        self._known: dict[tuple[str, str], str | None] = {}

    @property
    def all(self) -> list[str]:
        """Every proxy there is, whatever it is for; an address may hold a password."""
        named = getproxies().values() if self._trust_env else ()
        return [one for one in (self._configured, *named) if one]

    def of(self, url: str) -> str | None:
        """The proxy's address, with its password where it has one; None where the host is reached without."""
        if self._configured is not None or not self._trust_env:
            return self._configured
        parts = urlsplit(url)
        host = (parts.scheme, parts.hostname or "")
        if host not in self._known:
            self._known[host] = _named(*host)
        return self._known[host]


def _named(scheme: str, host: str) -> str | None:
    if proxy_bypass(host):
        return None
    proxy = getproxies().get(scheme)
    return None if proxy is None or urlsplit(proxy).scheme == "https" else proxy  # no library speaks to such a one
