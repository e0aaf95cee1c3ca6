"""Where people may be sent after sign-in and sign-out: only to what an application registered.

Source: "Redirect URI (reply URL) restrictions and limitations" (`reply-url`): exact match, case included; for
`localhost` and the loopback addresses the port does not count (RFC 8252 §7.3).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlencode, urlsplit

from localtenant.tenant import Tenant

LOOPBACK = re.compile(r"(http://(?:localhost|127\.0\.0\.1|\[::1\])):\d{1,5}((?:/[A-Za-z0-9._~-]+)*/?)")
PLAIN = re.compile(r"[\x21-\x7e]+")


def is_registered(tenant: Tenant, uri: str, registered: Collection[str]) -> bool:
    """Whether a redirect URI is one of the registered; `{url}` in those stands for the tenant's own address."""
    if not PLAIN.fullmatch(uri) or "\\" in uri or "#" in uri:
        return False
    known = {entry.replace("{url}", tenant.url) for entry in registered}
    loopback = LOOPBACK.fullmatch(uri)
    return uri in known or (loopback is not None and "".join(loopback.groups()) in known)


def with_answer(uri: str, answer: dict[str, str]) -> str:
    """A registered URI with an answer's fields in its query."""
    return f"{uri}{'&' if urlsplit(uri).query else '?'}{urlencode(answer)}"


def origin_of(uri: str) -> str:
    """Scheme, host and port, as a content policy names them."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"
