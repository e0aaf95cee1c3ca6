"""The record of what administrators and helpdesk did: entered, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from samepic.model.audit import Done, Entry, Head, Verified


class Audit(Protocol):
    """One chain for all routes, from any number of processes. Synchronous, as all of the state."""

    def enter(self, done: Done, at: datetime) -> Entry:
        """Append an entry; durable when this returns. Of several who enter at once each goes on from the one before."""
        ...

    def latest(self, limit: int, before: int | None = None) -> list[Entry]:
        """Newest first; before: only those with a smaller number."""
        ...

    def about(self, person: str, limit: int) -> list[Entry]:
        """Who looked at a person, or brought their picture, by object id; newest first."""
        ...

    def page(self, after: int, limit: int) -> list[Entry]:
        """Oldest first, beginning after a number."""
        ...

    def head(self) -> Head:
        """Where the chain ends."""
        ...

    def verify(self, noted: Head | None = None) -> Verified:
        """Walk along the chain. noted: a head that somebody wrote down earlier: the chain must still pass there."""
        ...

    def cut(self, older_than: datetime, who: Done, at: datetime) -> int:
        """Take away the entries before a time, and enter that; how many they were. The chain holds afterwards."""
        ...
