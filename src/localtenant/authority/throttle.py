"""How often somebody may try to sign in: counted per account and per address, over the tenant's time.

Per account as the vendor's smart lockout (`howto-password-smart-lockout`): ten failures lock it for a minute.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from localtenant.authority.room import make_room


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many failures within a span lock for a while."""

    failures: int
    within: timedelta
    locks_for: timedelta


PER_ACCOUNT = Allowance(10, timedelta(minutes=10), timedelta(minutes=1))
PER_ADDRESS = Allowance(60, timedelta(minutes=10), timedelta(minutes=5))
MOST_NAMES = 10_000


@dataclass
class Throttle:
    """Failures by name, an account's or an address's."""

    allowance: Allowance
    _failed: dict[str, deque[datetime]] = field(default_factory=dict)

    def locked(self, name: str, now: datetime) -> bool:
        """Whether the name has to wait."""
        recent = [at for at in self._failed.get(name, ()) if at > now - self.allowance.within]
        return len(recent) >= self.allowance.failures and recent[-1] > now - self.allowance.locks_for

    def fail(self, name: str, now: datetime) -> None:
        """One failure more."""
        failed = self._failed.pop(name, None) or deque(maxlen=self.allowance.failures)
        make_room(self._failed, MOST_NAMES, living=lambda failed: failed[-1] > now - self.allowance.within)
        failed.append(now)
        self._failed[name] = failed  # the last to fail is the last to be forgotten

    def succeed(self, name: str) -> None:
        """Forget the failures of a name that proved itself."""
        self._failed.pop(name, None)

    def forgive(self, name: str) -> None:
        """Take back the latest failure: it was none."""
        if self._failed.get(name):
            self._failed[name].pop()
        if not self._failed.get(name):
            self._failed.pop(name, None)
