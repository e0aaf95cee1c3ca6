"""How often somebody may ask: enough for any person, too little for a program that tries things out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import TooManyRequestsException
from litestar.handlers import BaseRouteHandler

from samepic.portal.roles import Role, least_role
from samepic.portal.whence import address_of, line_of
from samepic.ports.clock import Clock

WINDOW = timedelta(minutes=1)
STRANGERS = 1_200
"""What one address, or one line of IPv6 addresses, asks in a window before anybody has signed in there.

Behind it may be an office, where hundreds sign in at eight o'clock, with three of these each. Nobody guesses anything
here: passwords are the provider's.
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one person in a window. looks: pages and faces."""

    looks: int = 600
    changes: int = 60


class Turnstile:
    """Counts in fixed windows; what it holds is gone with the window, however many come."""

    def __init__(self, clock: Clock, limits: Limits | None = None) -> None:
        self._clock = clock
        self.limits = limits or Limits()
        self._until = datetime.min.replace(tzinfo=clock.now().tzinfo)
        self._counted: Counter[tuple[str, str]] = Counter()

    def passes(self, kind: str, who: str, most: int) -> timedelta | None:
        """None where one more may pass; else how long to wait."""
        now = self._clock.now()
        if not now < self._until <= now + WINDOW:  # also where the clock was set
            self._until, self._counted = now + WINDOW, Counter()
        self._counted[kind, who] += 1
        return None if self._counted[kind, who] <= most else self._until - now


def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Stands before every route but the files that pages need. Raises TooManyRequestsException."""
    site = connection.app.state.site
    visitor = connection.scope.get("user")
    changes = connection.scope.get("method") not in ("GET", "HEAD", "OPTIONS")
    if visitor is not None:
        limits = site.turnstile.limits
        kind, most = ("changes", limits.changes) if changes else ("looks", limits.looks)
        who = visitor.object_id
    elif least_role(handler) is Role.ANYBODY and str(connection.scope["path"]).startswith("/static/"):
        return
    else:
        kind, who, most = "strangers", line_of(address_of(connection, site.proxies)), STRANGERS
    wait = site.turnstile.passes(kind, who, most)
    if wait is not None:
        raise TooManyRequestsException(headers={"retry-after": str(int(wait.total_seconds()) + 1)})
